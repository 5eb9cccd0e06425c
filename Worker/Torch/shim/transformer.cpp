// Compiled once for each instruction set; see kernels.cpp.
#include "transformer.h"

#include "attention.h"
#include "vectors.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

namespace mneme {
namespace {

// Each stretch of a row as `type`, from `i` on.
#define BY_VECTORS(count, type, i, ...)                                                         \
    by_vectors(count, [&](auto kind_, int64_t i) __attribute__((always_inline)) {               \
        using type = decltype(kind_);                                                           \
        __VA_ARGS__                                                                             \
    })

#define SUM(count, type, i, term)                                                               \
    row_sum(count, [&](auto kind_, int64_t i) __attribute__((always_inline)) {                  \
        using type = decltype(kind_);                                                           \
        return term;                                                                            \
    })

void normalise(const Norm& n, const float* bias, float* y, float* statistics) {
    for (int64_t r = 0; r < n.rows; r++, y += n.width, statistics += 2) {
        const float* x = n.x + r * n.width;
        float mean = SUM(n.width, V, i, load<V>(x + i)) / n.width;
        float variance =
            SUM(n.width, V, i, (load<V>(x + i) - mean) * (load<V>(x + i) - mean)) / n.width;
        float rate = 1 / __builtin_sqrtf(variance + n.epsilon);
        BY_VECTORS(n.width, V, i, {
            store(y + i, (load<V>(x + i) - mean) * rate * load<V>(n.weight + i)
                + load<V>(bias + i));
        });
        statistics[0] = mean;
        statistics[1] = rate;
    }
}

void normalise_backward(
    const Norm& n, const float* statistics, const float* slope_y, float* slope_x,
    float* slope_weight, float* slope_bias) {
    for (int64_t r = 0; r < n.rows; r++, slope_y += n.width, slope_x += n.width) {
        const float* x = n.x + r * n.width;
        float mean = statistics[2 * r], rate = statistics[2 * r + 1];
        float plain = SUM(n.width, V, i, load<V>(slope_y + i) * load<V>(n.weight + i)) / n.width;
        float along = SUM(
            n.width, V, i,
            load<V>(slope_y + i) * load<V>(n.weight + i) * ((load<V>(x + i) - mean) * rate))
            / n.width;
        BY_VECTORS(n.width, V, i, {
            auto slope = load<V>(slope_y + i);
            auto standard = (load<V>(x + i) - mean) * rate;
            store(slope_weight + i, load<V>(slope_weight + i) + slope * standard);
            store(slope_bias + i, load<V>(slope_bias + i) + slope);
            store(slope_x + i,
                (slope * load<V>(n.weight + i) - plain - standard * along) * rate);
        });
    }
}

void bias_relu(
    float* z, const float* bias, const float* skip, float* y, int64_t rows, int64_t width) {
    for (int64_t r = 0; r < rows; r++)
        BY_VECTORS(width, V, i, {
            float* here = z + r * width + i;
            auto a = load<V>(here) + load<V>(bias + i);
            a = a < 0.f ? V{} : a;                          // keeps what is no number
            store(here, a);
            if (skip != nullptr) store(y + r * width + i, a + load<V>(skip + r * width + i));
        });
}

void bias_relu_backward(
    const float* z, const float* slope_y, float* slope_z, float* slope_bias, int64_t rows,
    int64_t width) {
    for (int64_t r = 0; r < rows; r++)
        BY_VECTORS(width, V, i, {
            int64_t at = r * width + i;
            V slope = load<V>(z + at) > 0.f ? load<V>(slope_y + at) : V{};
            store(slope_z + at, slope);
            store(slope_bias + i, load<V>(slope_bias + i) + slope);
        });
}

// Logits of rows, as those of class 0 and of class 1.
struct Logits {
    float zero[16], one[16];
};

void read_rows(const Head& h, int64_t first, int64_t count, Logits& into) {
    for (int64_t r = 0; r < count; r++) {
        const float* x = h.x + (first + r) * h.width;
        into.zero[r] = SUM(h.width, V, i, load<V>(x + i) * load<V>(h.weight + i)) + h.bias[0];
        into.one[r] =
            SUM(h.width, V, i, load<V>(x + i) * load<V>(h.weight + h.width + i)) + h.bias[1];
    }
}

// The slope of a row's loss by the logit of class 1; that by class 0 is the opposite.
void add_slopes(const Head& h, int64_t row, float slope, const HeadSlopes& into) {
    const float *x = h.x + row * h.width, *other = h.weight + h.width;
    float *slope_x = into.x + row * h.width, *one = into.weight + h.width;
    BY_VECTORS(h.width, V, i, {
        store(slope_x + i, (load<V>(other + i) - load<V>(h.weight + i)) * slope);
        auto part = load<V>(x + i) * slope;
        store(into.weight + i, load<V>(into.weight + i) - part);
        store(one + i, load<V>(one + i) + part);
    });
    into.bias[0] -= slope;
    into.bias[1] += slope;
}

struct Judged {
    float surprise[16], wrong[16];      // -ln p(bit), 1 - p(bit)
};

// With d the advantage of the bit that comes: ln(1 + e^-d) and 1 / (1 + e^d).
Judged judge(const Logits& logits, const uint8_t* bits, int64_t count) {
    float advantage[16] = {};
    for (int64_t t = 0; t < count; t++) {
        float of_one = logits.one[t] - logits.zero[t];
        advantage[t] = bits[t] ? of_one : -of_one;
    }
    Judged found;
    auto d = load<Sixteen>(advantage);
    auto e = exp_of_negative(d < 0.f ? d : -d);
    auto surprise = log_of_one_plus(e);
    store(found.surprise, d < 0.f ? surprise - d : surprise);
    store(found.wrong, (d < 0.f ? Sixteen{} + 1.f : e) / (e + 1.f));
    return found;
}

void read_bits(
    const Head& h, float* loss, float* hits, float share, const HeadSlopes* slopes) {
    int64_t targets = h.length - 1;
    for (int64_t b = 0; b < h.samples; b++) {
        loss[b] = hits[b] = 0;
        for (int64_t from = 0; from < targets; from += 16) {
            int64_t count = targets - from < 16 ? targets - from : 16;
            const uint8_t* bits = h.bits + b * h.length + from + 1;
            Logits logits;
            read_rows(h, b * targets + from, count, logits);
            Judged judged = judge(logits, bits, count);
            for (int64_t t = 0; t < count; t++) {
                loss[b] += judged.surprise[t];
                hits[b] += (logits.one[t] > logits.zero[t]) == (bits[t] != 0);
                if (slopes == nullptr) continue;
                float slope = judged.wrong[t] * share;
                add_slopes(h, b * targets + from + t, bits[t] ? -slope : slope, *slopes);
            }
        }
        loss[b] /= targets;
        hits[b] /= targets;
    }
}

}  // namespace

extern const TransformerKernels JOIN(transformer_, MNEME_LEVEL);
const TransformerKernels JOIN(transformer_, MNEME_LEVEL) = {
    attend, attend_backward, normalise, normalise_backward, bias_relu, bias_relu_backward,
    read_bits};

}  // namespace mneme
