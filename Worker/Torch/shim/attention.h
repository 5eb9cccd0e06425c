// A part of transformer.cpp. Scores are computed once for each pair of rows of the table, not of
// positions: with tokens of one bit there are two rows for a position, however large the batch is.
#pragma once

#include "transformer.h"
#include "vectors.h"

namespace mneme {
namespace {

inline int64_t whole(int64_t count) { return (count + 15) / 16 * 16; }

// Room for the numbers of one head, freed at the end.
struct Room {
    float* floats;
    explicit Room(int64_t count)
        : floats(static_cast<float*>(__builtin_calloc(count, sizeof(float)))) {}
    ~Room() { __builtin_free(floats); }
    Room(const Room&) = delete;
    void operator=(const Room&) = delete;
};

// One head of a table.
struct HeadOf {
    const Attention& a;
    int64_t pitch, padded;
    const float *q, *k, *v;
    float scale;

    HeadOf(const Attention& a, int64_t head)
        : a(a), pitch(3 * a.heads * a.features), padded(whole(a.rows)),
          q(a.qkv + head * a.features), k(q + a.heads * a.features),
          v(k + a.heads * a.features), scale(1 / __builtin_sqrtf(a.features)) {}

    // Columns side by side, so that sums over features run through whole registers.
    void transpose(const float* from, float* into) const {
        for (int64_t r = 0; r < a.rows; r++)
            for (int64_t f = 0; f < a.features; f++) into[f * padded + r] = from[r * pitch + f];
    }

    // into[r] = sum over features of x[f] * columns[f][r], for all rows.
    void against_all(const float* x, const float* columns, float* into) const {
        for (int64_t r = 0; r < padded; r += 16) {
            Sixteen sums{};
            for (int64_t f = 0; f < a.features; f++)
                sums += load<Sixteen>(columns + f * padded + r) * x[f];
            store(into + r, sums);
        }
    }
};

// Scores become weights: e^score over their sum, and zeros after `count` to a whole vector.
inline void softmax(float* scores, int64_t count) {
    auto highest = Sixteen{} - __builtin_inff();
    for (int64_t s = 0; s < count; s += 16) {
        auto part = first(count - s, load<Sixteen>(scores + s), highest);
        highest = part > highest ? part : highest;
    }
    float most = greatest(highest);
    Sixteen sums{};
    for (int64_t s = 0; s < count; s += 16) {
        auto part = exp_of_negative(load<Sixteen>(scores + s) - most);
        part = first(count - s, part, Sixteen{});
        store(scores + s, part);
        sums += part;
    }
    auto total = Sixteen{} + sum(quarter(sums));
    for (int64_t s = 0; s < count; s += 16) store(scores + s, load<Sixteen>(scores + s) / total);
}

// into[t][s] = from[place of t][place of s], for s <= t. A loop of its own: what was written one by
// one cannot be read as a vector at once.
inline void gather(
    const float* from, int64_t pitch, const int32_t* places, int64_t count, float* into,
    int64_t into_pitch) {
    for (int64_t t = 0; t < count; t++) {
        const float* row = from + places[t] * pitch;
        for (int64_t s = 0; s <= t; s++) into[t * into_pitch + s] = row[places[s]];
    }
}

// y = sum over s of weights[s] * values of its place
inline void combine(
    const HeadOf& h, const float* weights, const int32_t* places, int64_t count, float* y) {
    by_vectors(h.a.features, [&](auto kind, int64_t f) __attribute__((always_inline)) {
        auto even = kind, odd = kind;           // two sums, for the machine to do at once
        int64_t s = 0;
        for (; s + 2 <= count; s += 2) {
            even += load<decltype(kind)>(h.v + places[s] * h.pitch + f) * weights[s];
            odd += load<decltype(kind)>(h.v + places[s + 1] * h.pitch + f) * weights[s + 1];
        }
        if (s < count) even += load<decltype(kind)>(h.v + places[s] * h.pitch + f) * weights[s];
        store(y + f, even + odd);
    });
}

void attend(const Attention& a, float* y, float* weights) {
    int64_t width = a.heads * a.features, count = a.positions, pitch = whole(count);
    int64_t padded = whole(a.rows);
    Room columns(a.features * padded), scores(a.rows * padded);
    for (int64_t head = 0; head < a.heads; head++) {
        HeadOf h(a, head);
        h.transpose(h.k, columns.floats);
        for (int64_t r = 0; r < a.rows; r++)
            h.against_all(h.q + r * h.pitch, columns.floats, scores.floats + r * padded);
        for (int64_t r = 0; r < a.rows * padded; r++) scores.floats[r] *= h.scale;
        for (int64_t b = 0; b < a.samples; b++) {
            const int32_t* places = a.places + b * count;
            float* own = weights + (b * a.heads + head) * count * pitch;
            gather(scores.floats, padded, places, count, own, pitch);
            for (int64_t t = 0; t < count; t++) softmax(own + t * pitch, t + 1);
            for (int64_t t = 0; t < count; t++)
                combine(
                    h, own + t * pitch, places, t + 1,
                    y + (b * count + t) * width + head * a.features);
        }
    }
}

// The slopes of one head's scores and values, over all samples.
struct HeadSlope {
    const HeadOf& h;
    const float* columns;     // of the values
    float *scores, *values;   // [rows, padded], [rows, pitch]
    float *all, *slopes;      // room: [positions, padded], [positions, positions in sixteens]

    // From the slopes of what a sample's positions got.
    void add(const float* y, const float* weights, const int32_t* places) {
        const Attention& a = h.a;
        int64_t width = a.heads * a.features, count = a.positions, pitch = whole(count);
        for (int64_t t = 0; t < count; t++) {
            h.against_all(y + t * width, columns, all + t * h.padded);
            const float* row = all + t * h.padded;
            for (int64_t s = 0; s <= t; s++) slopes[t * pitch + s] = row[places[s]];
        }
        for (int64_t t = 0; t < count; t++) of_scores(weights + t * pitch, slopes + t * pitch, t);
        for (int64_t t = 0; t < count; t++) {
            float* own = scores + places[t] * h.padded;
            for (int64_t s = 0; s <= t; s++) own[places[s]] += slopes[t * pitch + s];
            of_values(y + t * width, weights + t * pitch, places, t);
        }
    }

    // Slopes of weights become those of scores; weights after t are zero.
    static void of_scores(const float* weights, float* slopes, int64_t t) {
        Sixteen sums{};
        for (int64_t s = 0; s <= t; s += 16)
            sums += load<Sixteen>(weights + s) * load<Sixteen>(slopes + s);
        float mean = sum(quarter(sums));
        for (int64_t s = 0; s <= t; s += 16)
            store(slopes + s, load<Sixteen>(weights + s) * (load<Sixteen>(slopes + s) - mean));
    }

    void of_values(const float* y, const float* weights, const int32_t* places, int64_t t) {
        by_vectors(h.a.features, [&](auto kind, int64_t f) __attribute__((always_inline)) {
            auto part = load<decltype(kind)>(y + f);
            for (int64_t s = 0; s <= t; s++) {
                float* value = values + places[s] * h.pitch + f;
                store(value, load<decltype(kind)>(value) + part * weights[s]);
            }
        });
    }
};

// into[r] += sum over the rows s of factors(r, s) * from[s], times the scale of scores.
template <class Factors>
inline void mix(const HeadOf& h, const float* from, float* into, Factors&& factors) {
    for (int64_t r = 0; r < h.a.rows; r++)
        by_vectors(h.a.features, [&](auto kind, int64_t f) __attribute__((always_inline)) {
            auto sums = kind;
            for (int64_t s = 0; s < h.a.rows; s++)
                sums += load<decltype(kind)>(from + s * h.pitch + f) * factors(r, s);
            store(into + r * h.pitch + f, sums * h.scale);
        });
}

void attend_backward(
    const Attention& a, const float* weights, const float* slope_y, float* slope_qkv) {
    int64_t width = a.heads * a.features, count = a.positions, pitch = whole(count);
    int64_t padded = whole(a.rows);
    memset(slope_qkv, 0, a.rows * 3 * width * sizeof(float));
    Room columns(a.features * padded), scores(a.rows * padded);
    Room all(count * padded), slopes(count * pitch);
    for (int64_t head = 0; head < a.heads; head++) {
        HeadOf h(a, head);
        h.transpose(h.v, columns.floats);
        memset(scores.floats, 0, a.rows * padded * sizeof(float));
        float* slope_q = slope_qkv + head * a.features;
        HeadSlope slope{
            h, columns.floats, scores.floats, slope_q + 2 * width, all.floats, slopes.floats};
        for (int64_t b = 0; b < a.samples; b++)
            slope.add(
                slope_y + b * count * width + head * a.features,
                weights + (b * a.heads + head) * count * pitch, a.places + b * count);
        const float* own = scores.floats;
        mix(h, h.k, slope_q, [&](int64_t r, int64_t s) { return own[r * padded + s]; });
        mix(h, h.q, slope_q + width, [&](int64_t r, int64_t s) { return own[s * padded + r]; });
    }
}

}  // namespace
}  // namespace mneme
