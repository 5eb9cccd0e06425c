// The arithmetic that is our own, as one table for each instruction set.
//
// Every table gives the same bits: the order of each sum is written out, sums of rows are kept in
// sixteen fixed partial sums whatever the width of a register, and nothing depends on alignment.
#pragma once

#include <stdint.h>

namespace mneme {

// One lane's constants of a step; see "Lane rules" 3 of the experiments' README.
struct AdamStep {
    float beta1, rest1;       // rest = 1 - beta
    float beta2, rest2;
    float epsilon;
    float step_size;          // learning rate / (1 - beta1^t)
    float variance_scale;     // 1 / sqrt(1 - beta2^t)
    float shrink;             // 1 - learning rate * weight decay
};

// A gradient that is a sum of outer products: g[r][c] = sum over b of x[b][r] * delta[b][c].
struct Factors {
    const float* x;
    const float* delta;
    int64_t batch, rows, columns;
};

// Floats of room that adam_factored needs, if a row is not longer.
constexpr int64_t FactorRoom = 512;

struct Kernels {
    const char* name;

    void (*adam)(
        float* parameter, float* mean, float* variance, const float* gradient, int64_t count,
        const AdamStep& step);

    void (*adam_factored)(
        float* parameter, float* mean, float* variance, const Factors& gradient, float* room,
        const AdamStep& step);

    // y[r] += sum over c of w[r][c] * x[c]; the rows of w lie `pitch` apart.
    void (*dot_rows)(
        float* y, const float* w, int64_t pitch, const float* x, int64_t rows, int64_t columns);

    // y[c] += sum over r of x[r] * w[r][c]
    void (*combine_rows)(
        float* y, const float* w, int64_t pitch, const float* x, int64_t rows, int64_t columns);

    // y[r][c] += a[r] * b[c]; y is dense.
    void (*add_outer)(float* y, const float* a, const float* b, int64_t rows, int64_t columns);

    // y[r][c] = a[r] * b[c]
    void (*set_outer)(float* y, const float* a, const float* b, int64_t rows, int64_t columns);

    bool (*finite)(const float* values, int64_t count);
};

// The best table for this machine, or the one that select_kernels() forced.
const Kernels& kernels();
bool select_kernels(const char* name);

}  // namespace mneme
