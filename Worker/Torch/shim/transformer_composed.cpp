// The operators `mneme::...` composed of libtorch's own, for devices that the shim has no kernel
// for. As in transformer_operators.cpp, sums run within a lane; results agree to rounding.
#include "transformer_shapes.h"

#include <torch/library.h>

#include <cmath>
#include <limits>

namespace mneme {
namespace {

using at::Tensor;

// Which rows of the tables the samples' positions name, in one product for each sample and head.
struct Gathered {
    int64_t samples, positions, heads, features;
    Tensor index;             // [sample * position], counted through the rows of all tables

    Gathered(const Tensor& qkv, const Tensor& places, int64_t heads)
        : samples(places.size(0)), positions(places.size(1)), heads(heads),
          features(qkv.size(2) / (3 * heads)) {
        auto first = at::arange(qkv.size(0), places.options().dtype(at::kLong)) * qkv.size(1);
        index = (places.reshape({qkv.size(0), -1}) + first.unsqueeze(1)).reshape({-1});
    }

    double scale() const { return 1 / std::sqrt(static_cast<double>(features)); }

    // -> queries, keys and values [3, sample * head, position, feature]
    Tensor rows(const Tensor& qkv) const {
        return qkv.reshape({-1, qkv.size(2)}).index_select(0, index)
            .view({samples, positions, 3, heads, features}).permute({2, 0, 3, 1, 4})
            .reshape({3, samples * heads, positions, features});
    }

    // [3, sample * head, position, feature] -> summed up for each row of the tables
    Tensor added(const Tensor& rows, const Tensor& qkv) const {
        auto by_position = rows.view({3, samples, heads, positions, features})
            .permute({1, 3, 0, 2, 4}).reshape({index.size(0), qkv.size(2)});
        // index_add_ takes its terms in any order on a GPU, index_put_ in the order of the index.
        c10::List<decltype(c10::IValue().toOptional<Tensor>())> places;
        places.push_back(index);
        return at::zeros({qkv.size(0) * qkv.size(1), qkv.size(2)}, qkv.options())
            .index_put_(places, by_position, true).view(qkv.sizes());
    }

    // [sample, position, head * feature] -> [sample * head, position, feature]
    Tensor by_head(const Tensor& y) const {
        return y.reshape({samples, positions, heads, features}).transpose(1, 2)
            .reshape({samples * heads, positions, features});
    }

    Tensor by_sample(const Tensor& y) const {
        return y.view({samples, heads, positions, features}).transpose(1, 2)
            .reshape({samples, positions, heads * features});
    }
};

// -> y [sample, position, width], weights [sample, head, position, position]
std::tuple<Tensor, Tensor> attention(const Tensor& qkv, const Tensor& places, int64_t heads) {
    check_tables(qkv, places, heads);
    Gathered g(qkv, places, heads);
    auto rows = g.rows(qkv);
    auto future = at::ones({g.positions, g.positions}, qkv.options().dtype(at::kBool)).triu(1);
    auto weights = at::softmax(
        at::bmm(rows[0] * g.scale(), rows[1].transpose(1, 2))
            .masked_fill_(future, -std::numeric_limits<float>::infinity()),
        -1);
    return {
        g.by_sample(at::bmm(weights, rows[2])),
        weights.view({g.samples, heads, g.positions, g.positions})};
}

Tensor attention_backward(
    const Tensor& slope_y, const Tensor& qkv, const Tensor& places, const Tensor& given) {
    check_tables(qkv, places, given.size(1));
    check_attended(slope_y, qkv, places, given);
    Gathered g(qkv, places, given.size(1));
    auto rows = g.rows(qkv), slope = g.by_head(slope_y), slopes = at::empty_like(rows);
    auto weights = given.reshape({-1, g.positions, g.positions});
    auto of_scores = at::_softmax_backward_data(
        at::bmm(slope, rows[2].transpose(1, 2)), weights, -1, at::kFloat).mul_(g.scale());
    slopes[0].copy_(at::bmm(of_scores, rows[1]));
    slopes[1].copy_(at::bmm(of_scores.transpose(1, 2), rows[0]));
    slopes[2].copy_(at::bmm(weights.transpose(1, 2), slope));
    return g.added(slopes, qkv);
}

// -> y, statistics [lane, rows, 2]: mean, 1 / deviation
std::tuple<Tensor, Tensor> normalise(
    const Tensor& x, const Tensor& weight, const Tensor& bias, double epsilon) {
    check_rows(x, weight);
    check_rows(x, bias);
    auto [standard, mean, rate] = at::native_layer_norm(x, {x.size(2)}, {}, {}, epsilon);
    return {
        at::addcmul(bias.unsqueeze(1), standard, weight.unsqueeze(1)),
        at::cat({mean, rate}, -1)};
}

// -> slopes of x, weight, bias
std::tuple<Tensor, Tensor, Tensor> normalise_backward(
    const Tensor& slope, const Tensor& x, const Tensor& statistics, const Tensor& weight) {
    check_rows(x, weight);
    auto mean = statistics.narrow(2, 0, 1), rate = statistics.narrow(2, 1, 1);
    auto standard = (x - mean).mul_(rate), scaled = slope * weight.unsqueeze(1);
    auto plain = scaled.mean(-1, true), along = (scaled * standard).mean(-1, true);
    auto of_weight = (slope * standard).sum(1);
    return {
        scaled.sub_(plain).sub_(standard.mul_(along)).mul_(rate), of_weight, slope.sum(1)};
}

Tensor& bias_relu(Tensor& z, const Tensor& bias) {
    check_rows(z, bias);
    return z.add_(bias.unsqueeze(1)).relu_();
}

Tensor bias_relu_skip(Tensor& z, const Tensor& bias, const Tensor& skip) {
    TORCH_CHECK(skip.sizes() == z.sizes(), "skip ", skip.sizes(), " of ", z.sizes());
    return bias_relu(z, bias) + skip;
}

std::tuple<Tensor, Tensor> bias_relu_backward(const Tensor& slope, const Tensor& z) {
    TORCH_CHECK(slope.sizes() == z.sizes(), "slopes ", slope.sizes(), " of ", z.sizes());
    auto of_z = slope.masked_fill(z.gt(0).logical_not_(), 0);
    return {of_z, of_z.sum(1)};
}

struct Judged {
    Tensor loss, hits;        // [lane, sample]
    Tensor slope;             // of a bit's loss by the logit of class 1   // [lane, row]
};

Judged judge(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& bits) {
    check_head(x, weight, bias, bits);
    auto logits = at::baddbmm(bias.view({-1, 1, 2}), x, weight.transpose(1, 2));
    auto of_one = logits.select(2, 1) - logits.select(2, 0);
    auto is_one = bits.narrow(2, 1, bits.size(2) - 1).reshape(of_one.sizes()).to(at::kBool);
    auto sign = is_one.to(at::kFloat).mul_(2).sub_(1), advantage = of_one * sign;
    auto mean = [&](const Tensor& of_bits) {
        return of_bits.to(at::kFloat).view({x.size(0), bits.size(1), -1}).mean(2);
    };
    return {
        mean(at::log_sigmoid(advantage)).neg_(), mean(of_one.gt(0).eq(is_one)),
        advantage.neg_().sigmoid_().mul_(sign).neg_()};
}

std::tuple<Tensor, Tensor> judge_bits(
    const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& bits) {
    auto judged = judge(x, weight, bias, bits);
    return {judged.loss, judged.hits};
}

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> learn_bits(
    const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& bits, double share) {
    auto judged = judge(x, weight, bias, bits);
    auto slope = judged.slope.mul_(share).unsqueeze(2);                     // [lane, row, 1]
    auto apart = weight.narrow(1, 1, 1) - weight.narrow(1, 0, 1);           // [lane, 1, width]
    auto of_weight = at::bmm(slope.transpose(1, 2), x), of_bias = slope.sum(1);
    return {
        judged.loss, judged.hits, slope * apart, at::cat({-of_weight, of_weight}, 1),
        at::cat({-of_bias, of_bias}, 1).view(bias.sizes())};
}

}  // namespace

TORCH_LIBRARY_IMPL(mneme, CompositeExplicitAutograd, library) {
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
