// What every file of the shim shares: handles, and errors that leave as text.
//
// A handle is a TensorImpl whose reference count includes the one the caller owns, so a tensor
// crosses the boundary without an allocation of its own.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <exception>
#include <vector>

#define MNEME_API extern "C" __attribute__((visibility("default")))

namespace mneme {

using Handle = c10::TensorImpl*;
using Pointer = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

inline at::Tensor tensor(Handle handle) {
    return handle == nullptr ? at::Tensor() : at::Tensor(Pointer::reclaim_copy(handle));
}

inline Handle release(at::Tensor&& tensor) {
    return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

inline std::vector<at::Tensor> tensors(const Handle* handles, int count) {
    std::vector<at::Tensor> list;
    list.reserve(count);
    for (int i = 0; i < count; i++) list.push_back(tensor(handles[i]));
    return list;
}

void remember_error(const char* text) noexcept;

// Runs the body; an exception becomes -1 and a text that mneme_error() returns.
template <class Body>
int guarded(Body&& body) noexcept {
    try {
        return body();
    } catch (const c10::Error& error) {
        remember_error(error.what_without_backtrace());
    } catch (const std::exception& error) {
        remember_error(error.what());
    } catch (...) {
        remember_error("an exception that carries no text");
    }
    return -1;
}

}  // namespace mneme
