// Operators `mneme::...` for transformers of short sequences, forward and backward, on the CPU; for
// other devices see transformer_composed.cpp. All tensors have the lane axis first, and each lane
// is computed alone.
#include "shim.h"

#include "transformer.h"
#include "transformer_shapes.h"

#include <torch/library.h>

namespace mneme {

using at::Tensor;

static Tensor dense(const Tensor& t, at::ScalarType type, const char* role) {
    TORCH_CHECK(
        t.defined() && t.is_cpu() && t.scalar_type() == type, role, " must be ", type,
        " on the CPU");
    return t.contiguous();
}

static Tensor dense(const Tensor& t, const char* role) { return dense(t, at::kFloat, role); }

static float* floats(const Tensor& t) { return static_cast<float*>(t.data_ptr()); }

// The start of lane k of a dense tensor.
static float* lane(const Tensor& t, int64_t k) { return floats(t) + k * (t.numel() / t.size(0)); }

struct Tables {
    Tensor qkv, places;
    int64_t count, samples, heads;      // samples of one table

    Tables(const Tensor& given, const Tensor& rows, int64_t heads)
        : qkv(dense(given, "qkv")), places(dense(rows, at::kInt, "places")), count(qkv.size(0)),
          samples(places.size(0) / count), heads(heads) {
        check_tables(qkv, places, heads);
        auto list = static_cast<const int32_t*>(places.data_ptr());
        int32_t all = 0;                    // negative if any is
        for (int64_t i = 0; i < places.numel(); i++) all |= list[i] | (qkv.size(1) - 1 - list[i]);
        TORCH_CHECK(all >= 0, "places beyond the table");
    }

    int64_t positions() const { return places.size(1); }
    int64_t width() const { return qkv.size(2) / 3; }

    Attention of(int64_t k) const {
        return {samples, positions(), heads, width() / heads, qkv.size(1), lane(qkv, k),
                static_cast<int32_t*>(places.data_ptr()) + k * samples * positions()};
    }
};

// -> y [samples, positions, width], weights [samples, heads, positions, positions in sixteens]
static std::tuple<Tensor, Tensor> attention(
    const Tensor& qkv, const Tensor& places, int64_t heads) {
    Tables t(qkv, places, heads);
    auto rows = t.places.size(0), positions = t.positions();
    auto y = at::empty({rows, positions, t.width()}, t.qkv.options());
    auto weights = at::empty({rows, heads, positions, (positions + 15) / 16 * 16}, t.qkv.options());
    for (int64_t k = 0; k < t.count; k++)
        transformer_kernels().attend(
            t.of(k), floats(y) + k * (y.numel() / t.count),
            floats(weights) + k * (weights.numel() / t.count));
    return {y, weights};
}

static Tensor attention_backward(
    const Tensor& slope_y, const Tensor& qkv, const Tensor& places, const Tensor& weights) {
    Tables t(qkv, places, weights.size(1));
    auto slope = dense(slope_y, "the slope"), own = dense(weights, "weights");
    check_attended(slope, t.qkv, t.places, own);
    auto found = at::empty_like(t.qkv);
    for (int64_t k = 0; k < t.count; k++)
        transformer_kernels().attend_backward(
            t.of(k), floats(own) + k * (own.numel() / t.count),
            floats(slope) + k * (slope.numel() / t.count), lane(found, k));
    return found;
}

// x [lane, rows, width], weight and bias [lane, width] -> y, statistics [lane, rows, 2]
static std::tuple<Tensor, Tensor> normalise(
    const Tensor& given, const Tensor& weight, const Tensor& bias, double epsilon) {
    auto x = dense(given, "x"), w = dense(weight, "weight"), b = dense(bias, "bias");
    check_rows(x, w);
    check_rows(x, b);
    auto y = at::empty_like(x), statistics = at::empty({x.size(0), x.size(1), 2}, x.options());
    for (int64_t k = 0; k < x.size(0); k++)
        transformer_kernels().normalise(
            {x.size(1), x.size(2), lane(x, k), lane(w, k), static_cast<float>(epsilon)},
            lane(b, k), lane(y, k), lane(statistics, k));
    return {y, statistics};
}

// -> slopes of x, weight, bias
static std::tuple<Tensor, Tensor, Tensor> normalise_backward(
    const Tensor& slope_y, const Tensor& given, const Tensor& statistics, const Tensor& weight) {
    auto x = dense(given, "x"), w = dense(weight, "weight"), slope = dense(slope_y, "the slope");
    auto known = dense(statistics, "statistics");
    check_rows(x, w);
    TORCH_CHECK(slope.numel() == x.numel(), "slopes ", slope.sizes(), " of ", x.sizes());
    auto of_x = at::empty_like(x), of_weight = at::zeros_like(w), of_bias = at::zeros_like(w);
    for (int64_t k = 0; k < x.size(0); k++)
        transformer_kernels().normalise_backward(
            {x.size(1), x.size(2), lane(x, k), lane(w, k), 0}, lane(known, k), lane(slope, k),
            lane(of_x, k), lane(of_weight, k), lane(of_bias, k));
    return {of_x, of_weight, of_bias};
}

static Tensor bias_relu_past(Tensor& z, const Tensor& bias, const Tensor& skip, Tensor y) {
    auto b = dense(bias, "bias");
    check_rows(z, b);
    TORCH_CHECK(z.is_contiguous() && z.scalar_type() == at::kFloat, "z is not dense float32");
    for (int64_t k = 0; k < z.size(0); k++)
        transformer_kernels().bias_relu(
            lane(z, k), lane(b, k), skip.defined() ? lane(skip, k) : nullptr, lane(y, k),
            z.size(1), z.size(2));
    return y;
}

// z [lane, rows, width] becomes relu(z + bias)
static Tensor& bias_relu(Tensor& z, const Tensor& bias) {
    bias_relu_past(z, bias, {}, z);
    return z;
}

// The same -> z + skip
static Tensor bias_relu_skip(Tensor& z, const Tensor& bias, const Tensor& skip) {
    TORCH_CHECK(skip.sizes() == z.sizes(), "skip ", skip.sizes(), " of ", z.sizes());
    return bias_relu_past(z, bias, dense(skip, "skip"), at::empty_like(z));
}

// -> slopes of z and of the bias
static std::tuple<Tensor, Tensor> bias_relu_backward(const Tensor& slope_y, const Tensor& given) {
    auto z = dense(given, "z"), slope = dense(slope_y, "the slope");
    TORCH_CHECK(slope.sizes() == z.sizes(), "slopes ", slope.sizes(), " of ", z.sizes());
    auto of_z = at::empty_like(z), of_bias = at::zeros({z.size(0), z.size(2)}, z.options());
    for (int64_t k = 0; k < z.size(0); k++)
        transformer_kernels().bias_relu_backward(
            lane(z, k), lane(slope, k), lane(of_z, k), lane(of_bias, k), z.size(1), z.size(2));
    return {of_z, of_bias};
}

struct Read {
    Tensor loss, hits, x, weight, bias;   // the last three: slopes
};

static Read read_bits(
    const Tensor& given, const Tensor& weight, const Tensor& bias, const Tensor& bits,
    double share, bool learns) {
    auto x = dense(given, "x"), w = dense(weight, "weight"), b = dense(bias, "bias");
    auto sequences = dense(bits, at::kByte, "bits");      // [lane, samples, length]
    int64_t lanes = x.size(0), samples = sequences.size(1), length = sequences.size(2);
    check_head(x, w, b, sequences);
    Read found{at::empty({lanes, samples}, x.options()), at::empty({lanes, samples}, x.options())};
    if (learns)
        std::tie(found.x, found.weight, found.bias) =
            std::tuple(at::empty_like(x), at::zeros_like(w), at::zeros_like(b));
    for (int64_t k = 0; k < lanes; k++) {
        auto own = static_cast<uint8_t*>(sequences.data_ptr()) + k * samples * length;
        HeadSlopes slopes{};
        if (learns) slopes = {lane(found.x, k), lane(found.weight, k), lane(found.bias, k)};
        transformer_kernels().read_bits(
            {samples, length, x.size(2), lane(x, k), lane(w, k), lane(b, k), own},
            lane(found.loss, k), lane(found.hits, k), static_cast<float>(share),
            learns ? &slopes : nullptr);
    }
    return found;
}

// -> mean surprise and share of hits of each sample [lane, samples]
static std::tuple<Tensor, Tensor> judge_bits(
    const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& bits) {
    auto read = read_bits(x, weight, bias, bits, 0, false);
    return {read.loss, read.hits};
}

// -> the same, and the slopes of x, weight and bias by the sum of surprises times `share`
static std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> learn_bits(
    const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& bits, double share) {
    auto read = read_bits(x, weight, bias, bits, share, true);
    return {read.loss, read.hits, read.x, read.weight, read.bias};
}

TORCH_LIBRARY(mneme, library) {
    library.def("attention(Tensor qkv, Tensor places, int heads) -> (Tensor, Tensor)");
    library.def(
        "attention_backward(Tensor slope, Tensor qkv, Tensor places, Tensor weights) -> Tensor");
    library.def(
        "normalise(Tensor x, Tensor weight, Tensor bias, float epsilon) -> (Tensor, Tensor)");
    library.def(
        "normalise_backward(Tensor slope, Tensor x, Tensor statistics, Tensor weight)"
        " -> (Tensor, Tensor, Tensor)");
    library.def("bias_relu(Tensor(a!) z, Tensor bias) -> Tensor(a!)");
    library.def("bias_relu_skip(Tensor(a!) z, Tensor bias, Tensor skip) -> Tensor");
    library.def("bias_relu_backward(Tensor slope, Tensor z) -> (Tensor, Tensor)");
    library.def(
        "judge_bits(Tensor x, Tensor weight, Tensor bias, Tensor bits) -> (Tensor, Tensor)");
    library.def(
        "learn_bits(Tensor x, Tensor weight, Tensor bias, Tensor bits, float share)"
        " -> (Tensor, Tensor, Tensor, Tensor, Tensor)");
}

TORCH_LIBRARY_IMPL(mneme, CPU, library) {
    library.impl("attention", attention);
    library.impl("attention_backward", attention_backward);
    library.impl("normalise", normalise);
    library.impl("normalise_backward", normalise_backward);
    library.impl("bias_relu", bias_relu);
    library.impl("bias_relu_skip", bias_relu_skip);
    library.impl("bias_relu_backward", bias_relu_backward);
    library.impl("judge_bits", judge_bits);
    library.impl("learn_bits", learn_bits);
}

}  // namespace mneme
