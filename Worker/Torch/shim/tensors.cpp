// Bytes in, bytes out, what a tensor is, and its end.
#include "shim.h"

#include <cstring>

namespace mneme {

// The layout is NativeFacts' in TensorFacts.cs.
struct Facts {
    int64_t elements;
    int32_t dimensions;
    int32_t dtype;
    int32_t contiguous;
    int32_t requires_grad;
    int64_t sizes[16];
};

static size_t checked_bytes(const at::Tensor& tensor, int64_t bytes) {
    TORCH_CHECK(
        static_cast<int64_t>(tensor.nbytes()) == bytes, "the tensor holds ", tensor.nbytes(),
        " bytes, the buffer ", bytes);
    return tensor.nbytes();
}

static bool plain(const at::Tensor& tensor) {
    return tensor.is_cpu() && tensor.is_contiguous() && !tensor.is_neg() && !tensor.is_conj();
}

}  // namespace mneme

using namespace mneme;

MNEME_API void mneme_free(const Handle* handles, int count) {
    for (int i = 0; i < count; i++)
        if (handles[i] != nullptr) Pointer::reclaim(handles[i]);
}

MNEME_API Handle mneme_from_bytes(
    const void* data, int64_t bytes, const int64_t* sizes, int dimensions, int dtype,
    const char* device) {
    Handle handle = nullptr;
    guarded([&] {
        auto type = static_cast<c10::ScalarType>(dtype);
        auto made = at::empty(c10::IntArrayRef(sizes, dimensions), at::TensorOptions(type));
        std::memcpy(made.data_ptr(), data, checked_bytes(made, bytes));
        handle = release(device == nullptr ? std::move(made) : made.to(c10::Device(device)));
        return 0;
    });
    return handle;
}

MNEME_API int mneme_write(Handle handle, const void* data, int64_t bytes) {
    return guarded([&] {
        auto target = tensor(handle).detach();
        checked_bytes(target, bytes);
        if (plain(target)) {
            std::memcpy(target.data_ptr(), data, bytes);
            return 0;
        }
        auto options = target.options().device(c10::kCPU);
        target.copy_(at::from_blob(const_cast<void*>(data), target.sizes(), options));
        return 0;
    });
}

MNEME_API int mneme_read(Handle handle, void* data, int64_t bytes) {
    return guarded([&] {
        auto source = tensor(handle).detach();
        checked_bytes(source, bytes);
        if (!plain(source)) source = source.cpu().contiguous().resolve_neg().resolve_conj();
        std::memcpy(data, source.data_ptr(), bytes);
        return 0;
    });
}

MNEME_API int mneme_facts(Handle handle, Facts* facts) {
    return guarded([&] {
        TORCH_CHECK(handle->dim() <= 16, "a tensor of ", handle->dim(), " dimensions");
        facts->elements = handle->numel();
        facts->dimensions = static_cast<int32_t>(handle->dim());
        facts->dtype = static_cast<int32_t>(c10::typeMetaToScalarType(handle->dtype()));
        facts->contiguous = handle->is_contiguous();
        facts->requires_grad = tensor(handle).requires_grad();
        for (int i = 0; i < facts->dimensions; i++) facts->sizes[i] = handle->size(i);
        return 0;
    });
}

// Writes "cpu", "cuda:0" ... and returns the length.
MNEME_API int mneme_device(Handle handle, char* text, int capacity) {
    return guarded([&] {
        auto name = handle->device().str();
        TORCH_CHECK(static_cast<int>(name.size()) < capacity, "device name too long");
        std::memcpy(text, name.c_str(), name.size() + 1);
        return static_cast<int>(name.size());
    });
}
