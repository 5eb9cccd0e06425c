// What the operators for transformers demand of their arguments, on every device.
#pragma once

#include <ATen/ATen.h>

namespace mneme {

// Tables [count, rows, 3 * heads * features] and, for each sample and position, a row of its
// table: places [count * samples, positions].
inline void check_tables(const at::Tensor& qkv, const at::Tensor& places, int64_t heads) {
    TORCH_CHECK(
        qkv.dim() == 3 && places.dim() == 2 && heads > 0 && qkv.size(2) % (3 * heads) == 0
            && places.numel() > 0 && places.size(0) % qkv.size(0) == 0,
        "attention over ", qkv.sizes(), " by ", places.sizes());
}

// Slopes of attention, and the weights that it gave.
inline void check_attended(
    const at::Tensor& slope, const at::Tensor& qkv, const at::Tensor& places,
    const at::Tensor& weights) {
    TORCH_CHECK(
        slope.numel() == places.numel() * (qkv.size(2) / 3)
            && weights.size(0) == places.size(0),
        "slopes ", slope.sizes(), " of attention over ", qkv.sizes());
}

// x [lane, rows, width] beside something of the lane's own [lane, width].
inline void check_rows(const at::Tensor& x, const at::Tensor& of_lane) {
    TORCH_CHECK(
        x.dim() == 3 && of_lane.dim() == 2 && of_lane.size(0) == x.size(0)
            && of_lane.size(1) == x.size(2),
        "rows ", x.sizes(), " with ", of_lane.sizes());
}

// Bits [lane, samples, length] read off x [lane, samples * (length - 1), width].
inline void check_head(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
    const at::Tensor& bits) {
    TORCH_CHECK(
        x.dim() == 3 && weight.dim() == 3 && bits.dim() == 3 && weight.size(0) == x.size(0)
            && weight.size(1) == 2 && weight.size(2) == x.size(2)
            && bias.numel() == 2 * x.size(0) && bits.size(0) == x.size(0)
            && x.size(1) == bits.size(1) * (bits.size(2) - 1),
        "bits ", bits.sizes(), " from ", x.sizes(), " by ", weight.sizes());
}

}  // namespace mneme
