// What a transformer of short sequences computes between its products, as one table for each
// instruction set. As in kernels.h every table gives the same bits. Each function sees one lane.
#pragma once

#include <stdint.h>

namespace mneme {

// Causal attention whose queries, keys and values lie in a table of rows [rows, 3 * heads *
// features]; a sample names a row for each position, so that equal inputs share one.
struct Attention {
    int64_t samples, positions, heads, features, rows;
    const float* qkv;         // [rows, 3, heads, features]
    const int32_t* places;    // [samples, positions]: which row
};

// Rows of `width` floats, to be normalised and scaled.
struct Norm {
    int64_t rows, width;
    const float *x, *weight;
    float epsilon;
};

// Two classes from each row: bits[b][t + 1] from row b * (length - 1) + t.
struct Head {
    int64_t samples, length, width;
    const float* x;           // [samples, length - 1, width]
    const float* weight;      // [2, width]
    const float* bias;        // [2]
    const uint8_t* bits;      // [samples, length]
};

// All of them are added to, `x` is overwritten.
struct HeadSlopes {
    float *x, *weight, *bias;
};

struct TransformerKernels {
    // y [samples, positions, heads, features], weights [samples, heads, positions, positions
    // rounded up to 16].
    void (*attend)(const Attention& a, float* y, float* weights);

    // slope_qkv as qkv; overwritten.
    void (*attend_backward)(
        const Attention& a, const float* weights, const float* slope_y, float* slope_qkv);

    // statistics [rows, 2]: mean, 1 / deviation
    void (*normalise)(const Norm& n, const float* bias, float* y, float* statistics);

    // slope_x is overwritten, the others are added to.
    void (*normalise_backward)(
        const Norm& n, const float* statistics, const float* slope_y, float* slope_x,
        float* slope_weight, float* slope_bias);

    // z becomes relu(z + bias); y = z + skip, unless skip is null.
    void (*bias_relu)(
        float* z, const float* bias, const float* skip, float* y, int64_t rows, int64_t width);

    // slope_z = slope_y where z > 0; slope_bias is added to.
    void (*bias_relu_backward)(
        const float* z, const float* slope_y, float* slope_z, float* slope_bias, int64_t rows,
        int64_t width);

    // Mean surprise and share of hits of each sample. With slopes: of the loss averaged over
    // samples and positions, times `share`.
    void (*read_bits)(
        const Head& h, float* loss, float* hits, float share, const HeadSlopes* slopes);
};

// Belongs to the table that kernels() gives.
const TransformerKernels& transformer_kernels();

}  // namespace mneme
