// libtorch computes the last few elements of a float32 tensor with other code than the rest, and
// for these functions the two differ in the last bit: an element's value would depend on how many
// lanes lie beside it. So they are computed on a copy that is padded to whole vectors.
//
// tests/Worker/Torch/LaneIndependenceTests.cs holds the list of operators that need no padding.
#include "shim.h"

#include "registering.h"

#include <ATen/CPUFunctions.h>

namespace mneme {

// Two registers of the widest instruction set are 32 floats.
constexpr int64_t Whole = 64;

static bool is_single(const at::Tensor& t) { return t.scalar_type() == at::kFloat; }

static at::Tensor padded(const at::Tensor& t, at::IntArrayRef shape) {
    auto dense = t.expand(shape).contiguous();
    auto count = dense.numel(), whole = (count + Whole - 1) / Whole * Whole;
    if (count == whole) return dense.view({count});
    auto copy = at::empty({whole}, t.options());
    copy.narrow(0, 0, count).copy_(dense.view({count}));
    copy.narrow(0, count, whole - count).fill_(0.5);
    return copy;
}

template <class Function>
static at::Tensor by_whole_vectors(Function&& function, const at::Tensor& x) {
    if (!is_single(x)) return function(x);
    auto whole = padded(x, x.sizes());
    return function(whole).narrow(0, 0, x.numel()).view(x.sizes());
}

template <class Function>
static at::Tensor by_whole_vectors(Function&& f, const at::Tensor& x, const at::Tensor& y) {
    if (!is_single(x) || !is_single(y)) return f(x, y);
    auto shape = at::infer_size(x.sizes(), y.sizes());
    auto whole_x = padded(x, shape), whole_y = padded(y, shape);
    return f(whole_x, whole_y).narrow(0, 0, c10::multiply_integers(shape)).view(shape);
}

static at::Tensor gelu(const at::Tensor& x, c10::string_view approximate) {
    return by_whole_vectors([&](auto& x) { return at::cpu::gelu(x, approximate); }, x);
}

static at::Tensor gelu_backward(
    const at::Tensor& grad, const at::Tensor& x, c10::string_view approximate) {
    return by_whole_vectors(
        [&](auto& grad, auto& x) { return at::cpu::gelu_backward(grad, x, approximate); }, grad, x);
}

static at::Tensor sigmoid(const at::Tensor& x) {
    return by_whole_vectors([](auto& x) { return at::cpu::sigmoid(x); }, x);
}

static at::Tensor silu(const at::Tensor& x) {
    return by_whole_vectors([](auto& x) { return at::cpu::silu(x); }, x);
}

static at::Tensor silu_backward(const at::Tensor& grad, const at::Tensor& x) {
    return by_whole_vectors(
        [](auto& grad, auto& x) { return at::cpu::silu_backward(grad, x); }, grad, x);
}

static at::Tensor softplus(
    const at::Tensor& x, const at::Scalar& beta, const at::Scalar& threshold) {
    return by_whole_vectors([&](auto& x) { return at::cpu::softplus(x, beta, threshold); }, x);
}

static at::Tensor softplus_backward(
    const at::Tensor& grad, const at::Tensor& x, const at::Scalar& beta,
    const at::Scalar& threshold) {
    return by_whole_vectors(
        [&](auto& grad, auto& x) { return at::cpu::softplus_backward(grad, x, beta, threshold); },
        grad, x);
}

static at::Tensor elu(
    const at::Tensor& x, const at::Scalar& alpha, const at::Scalar& scale,
    const at::Scalar& input_scale) {
    return by_whole_vectors([&](auto& x) { return at::cpu::elu(x, alpha, scale, input_scale); }, x);
}

static at::Tensor elu_backward(
    const at::Tensor& grad, const at::Scalar& alpha, const at::Scalar& scale,
    const at::Scalar& input_scale, bool is_result, const at::Tensor& x) {
    return by_whole_vectors(
        [&](auto& grad, auto& x) {
            return at::cpu::elu_backward(grad, alpha, scale, input_scale, is_result, x);
        },
        grad, x);
}

static at::Tensor power(const at::Tensor& x, const at::Scalar& exponent) {
    return by_whole_vectors([&](auto& x) { return at::cpu::pow(x, exponent); }, x);
}

static at::Tensor powers(const at::Tensor& x, const at::Tensor& exponent) {
    return by_whole_vectors([](auto& x, auto& y) { return at::cpu::pow(x, y); }, x, exponent);
}

static at::Tensor logaddexp(const at::Tensor& x, const at::Tensor& y) {
    return by_whole_vectors([](auto& x, auto& y) { return at::cpu::logaddexp(x, y); }, x, y);
}

static at::Tensor sinh(const at::Tensor& x) {
    return by_whole_vectors([](auto& x) { return at::cpu::sinh(x); }, x);
}

// The derivative of sinh.
static at::Tensor cosh(const at::Tensor& x) {
    return by_whole_vectors([](auto& x) { return at::cpu::cosh(x); }, x);
}

static const torch::Library functions = replace_on_cpu([](torch::Library& library) {
    library.impl("gelu", gelu);
    library.impl("gelu_backward", gelu_backward);
    library.impl("sigmoid", sigmoid);
    library.impl("silu", silu);
    library.impl("silu_backward", silu_backward);
    library.impl("softplus", softplus);
    library.impl("softplus_backward", softplus_backward);
    library.impl("elu", elu);
    library.impl("elu_backward", elu_backward);
    library.impl("pow.Tensor_Scalar", power);
    library.impl("pow.Tensor_Tensor", powers);
    library.impl("logaddexp", logaddexp);
    library.impl("sinh", sinh);
    library.impl("cosh", cosh);
});

}  // namespace mneme
