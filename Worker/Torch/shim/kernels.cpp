// Compiled once for each instruction set. No header with inline functions may come in here: the
// linker would keep one copy of such a function, perhaps the one this machine cannot run.
#include "kernels.h"

#include "vectors.h"

// So that an array of registers stays in registers.
#define UNROLLED _Pragma("GCC unroll 8")
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)

namespace mneme {
namespace {

// The same sums of four rows side by side.
inline Four sums(Four a, Four b, Four c, Four d) {
    Four ab = JOINED(a, b, 0, 1, 4, 5) + JOINED(a, b, 2, 3, 6, 7);
    Four cd = JOINED(c, d, 0, 1, 4, 5) + JOINED(c, d, 2, 3, 6, 7);
    return JOINED(ab, cd, 0, 2, 4, 6) + JOINED(ab, cd, 1, 3, 5, 7);
}

inline void adam_element(
    float& parameter, float& mean, float& variance, float gradient, const AdamStep& s) {
    mean = s.beta1 * mean + s.rest1 * gradient;
    variance = s.beta2 * variance + (s.rest2 * gradient) * gradient;
    float scale = __builtin_sqrtf(variance) * s.variance_scale + s.epsilon;
    parameter = parameter * s.shrink - s.step_size * mean / scale;
}

void adam(
    float* __restrict parameter, float* __restrict mean, float* __restrict variance,
    const float* __restrict gradient, int64_t count, const AdamStep& step) {
    const AdamStep s = step;
    for (int64_t i = 0; i < count; i++)
        adam_element(parameter[i], mean[i], variance[i], gradient[i], s);
}

void adam_outer_row(
    float* __restrict parameter, float* __restrict mean, float* __restrict variance, float x,
    const float* __restrict delta, int64_t columns, const AdamStep& s) {
    for (int64_t c = 0; c < columns; c++)
        adam_element(parameter[c], mean[c], variance[c], x * delta[c], s);
}

// Some rows of the gradient, one after another.
void gradient_rows(float* __restrict rows, const Factors& g, int64_t first, int64_t count) {
    for (int64_t r = 0; r < count; r++) {
        float* row = rows + r * g.columns;
        for (int64_t c = 0; c < g.columns; c++) row[c] = g.x[first + r] * g.delta[c];
        for (int64_t b = 1; b < g.batch; b++) {
            float x = g.x[b * g.rows + first + r];
            const float* delta = g.delta + b * g.columns;
            for (int64_t c = 0; c < g.columns; c++) row[c] += x * delta[c];
        }
    }
}

void adam_factored(
    float* parameter, float* mean, float* variance, const Factors& g, float* room,
    const AdamStep& step) {
    const AdamStep s = step;
    // Long rows of one outer product are multiplied out on the fly, short ones many at a time.
    bool on_the_fly = g.batch == 1 && g.columns >= 64;
    int64_t together = on_the_fly || g.columns >= FactorRoom ? 1 : FactorRoom / g.columns;
    for (int64_t r = 0; r < g.rows; r += together) {
        int64_t at = r * g.columns, count = r + together < g.rows ? together : g.rows - r;
        float *p = parameter + at, *m = mean + at, *v = variance + at;
        if (on_the_fly) {
            adam_outer_row(p, m, v, g.x[r], g.delta, g.columns, s);
        } else {
            gradient_rows(room, g, r, count);
            adam(p, m, v, room, count * g.columns, s);
        }
    }
}

inline const Sixteen& at(const float* p) { return *reinterpret_cast<const Sixteen*>(p); }

inline Four& four_at(float* p) { return *reinterpret_cast<Four*>(p); }

// The rest of a row, followed by zeros.
struct Part {
    float values[16] = {};
    Part(const float* p, int64_t count) { memcpy(values, p, count * sizeof(float)); }
};

// Adds up the products of some rows, each in its own order; several rows at a time only to keep
// the machine busy.
template <int Rows>
inline void partial_sums(
    Four* found, const float* w, int64_t pitch, const float* x, int64_t columns) {
    Sixteen sums[Rows];
    UNROLLED for (int r = 0; r < Rows; r++) sums[r] = Sixteen{};
    int64_t c = 0;
    for (; c + 16 <= columns; c += 16) {
        Sixteen part = at(x + c);
        UNROLLED for (int r = 0; r < Rows; r++) sums[r] += at(w + r * pitch + c) * part;
    }
    if (c < columns) {
        Part part(x + c, columns - c);
        UNROLLED for (int r = 0; r < Rows; r++) {
            Part rest(w + r * pitch + c, columns - c);
            sums[r] += at(rest.values) * at(part.values);
        }
    }
    UNROLLED for (int r = 0; r < Rows; r++) found[r] = quarter(sums[r]);
}

// Rows that fill no register: their sums are taken from left to right.
inline __attribute__((always_inline)) void short_rows(
    float* __restrict y, const float* __restrict w, int64_t pitch, const float* __restrict x,
    int64_t rows, int64_t columns) {
    for (int64_t r = 0; r < rows; r++) {
        float total = w[r * pitch] * x[0];
        for (int64_t c = 1; c < columns; c++) total += w[r * pitch + c] * x[c];
        y[r] += total;
    }
}

// The same order of sums in each case; with both lengths known, many rows fill one register.
void dot_short_rows(
    float* y, const float* w, int64_t pitch, const float* x, int64_t rows, int64_t columns) {
    if (columns == 2 && pitch == 2) return short_rows(y, w, 2, x, rows, 2);
    if (columns == 4 && pitch == 4) return short_rows(y, w, 4, x, rows, 4);
    short_rows(y, w, pitch, x, rows, columns);
}

void dot_rows(
    float* y, const float* w, int64_t pitch, const float* x, int64_t rows, int64_t columns) {
    if (columns < 16) return dot_short_rows(y, w, pitch, x, rows, columns);
    Four found[8];
    int64_t r = 0;
    for (; r + 8 <= rows; r += 8) {
        partial_sums<8>(found, w + r * pitch, pitch, x, columns);
        four_at(y + r) += sums(found[0], found[1], found[2], found[3]);
        four_at(y + r + 4) += sums(found[4], found[5], found[6], found[7]);
    }
    for (; r < rows; r++) {
        partial_sums<1>(found, w + r * pitch, pitch, x, columns);
        y[r] += sum(found[0]);
    }
}

void combine_rows(
    float* __restrict y, const float* __restrict w, int64_t pitch, const float* __restrict x,
    int64_t rows, int64_t columns) {
    int64_t r = 0;
    for (; r + 4 <= rows; r += 4) {
        const float *w0 = w + r * pitch, *w1 = w0 + pitch, *w2 = w1 + pitch, *w3 = w2 + pitch;
        float x0 = x[r], x1 = x[r + 1], x2 = x[r + 2], x3 = x[r + 3];
        for (int64_t c = 0; c < columns; c++)
            y[c] = (((y[c] + x0 * w0[c]) + x1 * w1[c]) + x2 * w2[c]) + x3 * w3[c];
    }
    for (; r < rows; r++)
        for (int64_t c = 0; c < columns; c++) y[c] += x[r] * w[r * pitch + c];
}

void add_outer(
    float* __restrict y, const float* __restrict a, const float* __restrict b, int64_t rows,
    int64_t columns) {
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < columns; c++) y[r * columns + c] += a[r] * b[c];
}

void set_outer(
    float* __restrict y, const float* __restrict a, const float* __restrict b, int64_t rows,
    int64_t columns) {
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < columns; c++) y[r * columns + c] = a[r] * b[c];
}

// A float is infinite or no number exactly when all bits of its exponent are set.
bool finite(const float* values, int64_t count) {
    uint32_t bad = 0;
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        bad |= (bits & 0x7f800000u) == 0x7f800000u;
    }
    return bad == 0;
}

}  // namespace

extern const Kernels JOIN(kernels_, MNEME_LEVEL);
const Kernels JOIN(kernels_, MNEME_LEVEL) = {
    TEXT(MNEME_LEVEL), adam, adam_factored, dot_rows, combine_rows, add_outer, set_outer, finite};

}  // namespace mneme
