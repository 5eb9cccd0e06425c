// Sixteen floats at a time, in an order of sums that is the same for every instruction set. Only
// for files that are compiled once for each: everything here is internal to such a file.
#pragma once

#include <stdint.h>
#include <string.h>

#define JOINED __builtin_shufflevector

namespace mneme {
namespace {

typedef float Sixteen __attribute__((vector_size(64), aligned(4), may_alias));
typedef float Eight __attribute__((vector_size(32), aligned(4), may_alias));
typedef float Four __attribute__((vector_size(16), aligned(4), may_alias));
typedef int32_t Integers __attribute__((vector_size(64), aligned(4), may_alias));

// Copies and not casts: as an argument of a template a type forgets that it may lie anywhere.
template <class V>
inline V load(const float* p) {
    V v;
    memcpy(&v, p, sizeof v);
    return v;
}

template <class V>
inline void store(float* p, V v) { memcpy(p, &v, sizeof v); }

// Sixteen partial sums become four, and those one.
inline Four quarter(Sixteen s) {
    auto eight = JOINED(s, s, 0, 1, 2, 3, 4, 5, 6, 7)
        + JOINED(s, s, 8, 9, 10, 11, 12, 13, 14, 15);
    return JOINED(eight, eight, 0, 1, 2, 3)
        + JOINED(eight, eight, 4, 5, 6, 7);
}

inline float sum(Four s) { return (s[0] + s[2]) + (s[1] + s[3]); }

inline float greatest(Sixteen s) {
    auto larger = [](auto a, auto b) { return a > b ? a : b; };
    auto eight = larger(
        JOINED(s, s, 0, 1, 2, 3, 4, 5, 6, 7), JOINED(s, s, 8, 9, 10, 11, 12, 13, 14, 15));
    auto four = larger(JOINED(eight, eight, 0, 1, 2, 3), JOINED(eight, eight, 4, 5, 6, 7));
    auto two = larger(four, JOINED(four, four, 2, 3, 0, 1));
    return two[0] > two[1] ? two[0] : two[1];
}

// The first `count` elements of one, then those of another.
inline Sixteen first(int64_t count, Sixteen s, Sixteen rest) {
    const Integers lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return lane < static_cast<int32_t>(count) ? s : rest;
}

// Calls with each stretch of 16, 8, 4 and 1 floats of a row: `call(kind, from)`.
template <class Call>
inline __attribute__((always_inline)) void by_vectors(int64_t count, Call&& call) {
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) call(Sixteen{}, i);
    if (i + 8 <= count) call(Eight{}, i), i += 8;
    if (i + 4 <= count) call(Four{}, i), i += 4;
    for (; i < count; i++) call(0.f, i);
}

// Sum over i of term(i), a row's sixteen partial sums first and what is left from left to right.
template <class Term>
inline __attribute__((always_inline)) float row_sum(int64_t count, Term&& term) {
    Sixteen sums{};
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) sums += term(Sixteen{}, i);
    float total = sum(quarter(sums));
    for (; i < count; i++) total += term(0.f, i);
    return total;
}

// e^x for x <= 0 to about 2 units in the last place; below -87 a number near the smallest normal
// one. Cephes' polynomial (Moshier), on x = n ln 2 + r.
inline Sixteen exp_of_negative(Sixteen x) {
    const Sixteen least = Sixteen{} - 87.f;
    x = x < least ? least : x;
    // Adding 1.5 * 2^23 rounds to a whole number, which then is in the lowest bits.
    Sixteen shifted = x * 1.44269504088896341f + 12582912.f;
    Sixteen n = shifted - 12582912.f;
    Sixteen r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    Sixteen p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    Sixteen fraction = (p * r) * r + r + 1.f;
    Integers bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits << 23) + (127 << 23);
    Sixteen power;
    memcpy(&power, &bits, sizeof power);
    return fraction * power;
}

// ln(1 + z) for 0 <= z <= 1: 2 artanh(z / (2 + z)), whose series ends below 1e-9.
inline Sixteen log_of_one_plus(Sixteen z) {
    Sixteen s = z / (z + 2.f), q = s * s;
    Sixteen p = q * (1 / 17.f) + 1 / 15.f;
    p = p * q + 1 / 13.f;
    p = p * q + 1 / 11.f;
    p = p * q + 1 / 9.f;
    p = p * q + 1 / 7.f;
    p = p * q + 1 / 5.f;
    p = p * q + 1 / 3.f;
    return (p * q + 1.f) * (s * 2.f);
}

}  // namespace
}  // namespace mneme
