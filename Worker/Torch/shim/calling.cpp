// Any operator, by name and overload, through the dispatcher with a boxed stack.
#include "shim.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include <string>

namespace mneme {

enum class Kind : int32_t {
    None, Tensor, Integer, Real, Flag, Integers, Tensors, OptionalTensors, Text, Device
};

// One argument or one result; the layout is NativeValue's in Operator.cs.
struct Value {
    Kind kind;
    int32_t count;
    union {
        int64_t integer;
        double real;
        void* pointer;
    };
};

static thread_local std::string last_error;

// Whether this thread has our own operators as other devices than the CPU have them.
static thread_local bool is_elsewhere = false;

void remember_error(const char* text) noexcept { last_error = text; }

// A list whose type is spelt without c10::optional, which later versions dropped.
static c10::IValue unpack_optional_tensors(const Value& value) {
    c10::impl::GenericList list(c10::OptionalType::ofTensor());
    auto handles = static_cast<Handle*>(value.pointer);
    for (int i = 0; i < value.count; i++) {
        auto item = tensor(handles[i]);
        list.push_back(item.defined() ? c10::IValue(item) : c10::IValue());
    }
    return list;
}

static c10::IValue unpack(const Value& value) {
    switch (value.kind) {
        case Kind::None: return {};
        case Kind::Tensor: return tensor(static_cast<Handle>(value.pointer));
        case Kind::Integer: return value.integer;
        case Kind::Real: return value.real;
        case Kind::Flag: return value.integer != 0;
        case Kind::Integers:
            return c10::IntArrayRef(static_cast<int64_t*>(value.pointer), value.count).vec();
        case Kind::Tensors: return tensors(static_cast<Handle*>(value.pointer), value.count);
        case Kind::OptionalTensors: return unpack_optional_tensors(value);
        case Kind::Text: return std::string(static_cast<const char*>(value.pointer));
        case Kind::Device: return c10::Device(static_cast<const char*>(value.pointer));
    }
    TORCH_CHECK(false, "argument of unknown kind ", static_cast<int>(value.kind));
}

static Value pack_tensor(at::Tensor&& value) {
    Value packed{value.defined() ? Kind::Tensor : Kind::None, 0, {0}};
    packed.pointer = release(std::move(value));
    return packed;
}

static Value pack(c10::IValue&& value) {
    if (value.isTensor()) return pack_tensor(std::move(value).toTensor());
    Value packed{Kind::None, 0, {0}};
    if (value.isBool()) packed = {Kind::Flag, 0, {value.toBool()}};
    if (value.isInt()) packed = {Kind::Integer, 0, {value.toInt()}};
    if (value.isDouble()) {
        packed.kind = Kind::Real;
        packed.real = value.toDouble();
    }
    return packed;
}

static int pack_all(torch::jit::Stack& stack, Value* results, int capacity) {
    int count = 0;
    for (auto& value : stack) {
        if (!value.isTensorList()) {
            TORCH_CHECK(count < capacity, "more than ", capacity, " results");
            results[count++] = pack(std::move(value));
            continue;
        }
        for (auto item : value.toTensorVector()) {
            TORCH_CHECK(count < capacity, "more than ", capacity, " results");
            results[count++] = pack_tensor(std::move(item));
        }
    }
    return count;
}

static void call(const c10::OperatorHandle& callee, torch::jit::Stack& stack) {
    if (is_elsewhere && callee.schema().name().rfind("mneme::", 0) == 0)
        callee.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CUDA), &stack);
    else
        callee.callBoxed(stack);
}

}  // namespace mneme

using namespace mneme;

MNEME_API const char* mneme_error() { return last_error.c_str(); }

// Null when this libtorch has no such operator: this is also the probe for capabilities.
MNEME_API void* mneme_operator(const char* name, const char* overload) {
    auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    return found.has_value() ? new c10::OperatorHandle(*found) : nullptr;
}

// Arguments that are left out at the end take the schema's defaults.
MNEME_API int mneme_call(
    const c10::OperatorHandle* callee, const Value* arguments, int given,
    Value* results, int capacity) {
    static thread_local torch::jit::Stack stack;
    stack.clear();
    int count = guarded([&] {
        const auto& schema = callee->schema().arguments();
        for (int i = 0; i < given; i++) stack.push_back(unpack(arguments[i]));
        for (size_t i = given; i < schema.size(); i++) {
            const auto& missing = schema[i].default_value();
            TORCH_CHECK(missing.has_value(), "argument '", schema[i].name(), "' is missing");
            stack.push_back(*missing);
        }
        call(*callee, stack);
        return pack_all(stack, results, capacity);
    });
    stack.clear();
    return count;
}

// From now on this thread calls our own operators as it would on a GPU. For tests.
MNEME_API void mneme_pretend_elsewhere(int on) { is_elsewhere = on != 0; }
