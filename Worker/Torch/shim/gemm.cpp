// aten::bmm and aten::baddbmm on the CPU: each matrix of a batch is computed alone, by the same
// instructions whatever its place, so that lane k of K equals the lone lane bit for bit.
//
// A batch of one row is the main customer: such products are read-bound and need no BLAS. What is
// not plain float32 goes to libtorch's own kernels.
#include "shim.h"

#include "blas.h"
#include "kernels.h"
#include "registering.h"

#include <ATen/ops/baddbmm_cpu_dispatch.h>
#include <ATen/ops/bmm_cpu_dispatch.h>

namespace mneme {

// A batch of matrices: `rows_dense` when the elements of a row are neighbours, else those of a
// column are; the rows (or columns) lie `pitch` apart.
struct Operand {
    at::Tensor tensor;
    bool rows_dense;
    int64_t pitch;

    explicit Operand(const at::Tensor& given) : tensor(given) {
        if (!fits()) {
            tensor = given.contiguous();
            rows_dense = true;
            pitch = tensor.size(2);
        }
    }

    const float* lane(int64_t k) const {
        return static_cast<const float*>(tensor.data_ptr()) + k * tensor.stride(0);
    }

private:
    bool fits() {
        auto rows = tensor.size(1), columns = tensor.size(2);
        rows_dense = tensor.stride(2) == 1 && tensor.stride(1) >= columns;
        pitch = tensor.stride(rows_dense ? 1 : 2);
        return rows_dense || (tensor.stride(1) == 1 && pitch >= rows);
    }
};

struct Product {
    Operand a, b;
    at::Tensor c;     // [lanes, m, n], dense
    int64_t m, n, k;
    bool add;         // c holds a first summand
    float* target(int64_t lane) const { return static_cast<float*>(c.data_ptr()) + lane * m * n; }
};

static bool is_plain(const at::Tensor& t) {
    return t.scalar_type() == at::kFloat && t.layout() == at::kStrided && t.is_cpu()
        && !t.is_neg() && !t.is_conj();
}

static bool is_ours(const at::Tensor& a, const at::Tensor& b) {
    return a.dim() == 3 && b.dim() == 3 && is_plain(a) && is_plain(b) && a.size(0) == b.size(0)
        && a.size(2) == b.size(1) && a.numel() > 0 && b.numel() > 0
        && a.numel() < INT32_MAX && b.numel() < INT32_MAX;
}

static bool is_one(const at::Scalar& scalar) {
    return !scalar.isComplex() && scalar.toDouble() == 1.0;
}

// The elements of a vector side by side.
static const float* gathered(const float* v, int64_t count, int64_t stride, float* buffer) {
    if (stride == 1) return v;
    for (int64_t i = 0; i < count; i++) buffer[i] = v[i * stride];
    return buffer;
}

// y += w x, with w either dense in its rows or in its columns.
static void multiply_vector(
    float* y, const float* w, const Operand& matrix, bool rows_dense, const float* x,
    int64_t outputs, int64_t inputs) {
    if (rows_dense)
        kernels().dot_rows(y, w, matrix.pitch, x, outputs, inputs);
    else
        kernels().combine_rows(y, w, matrix.pitch, x, inputs, outputs);
}

static void outer(const Product& p, float* buffer) {
    auto set = p.add ? kernels().add_outer : kernels().set_outer;
    auto stride_a = p.a.tensor.stride(1), stride_b = p.b.tensor.stride(2);
    for (int64_t i = 0; i < p.c.size(0); i++) {
        auto a = gathered(p.a.lane(i), p.m, stride_a, buffer);
        auto b = gathered(p.b.lane(i), p.n, stride_b, buffer + p.m);
        set(p.target(i), a, b, p.m, p.n);
    }
}

static void row_by_matrix(const Product& p, float* buffer) {
    for (int64_t i = 0; i < p.c.size(0); i++) {
        auto x = gathered(p.a.lane(i), p.k, p.a.tensor.stride(2), buffer);
        multiply_vector(p.target(i), p.b.lane(i), p.b, !p.b.rows_dense, x, p.n, p.k);
    }
}

static void matrix_by_column(const Product& p, float* buffer) {
    for (int64_t i = 0; i < p.c.size(0); i++) {
        auto x = gathered(p.b.lane(i), p.k, p.b.tensor.stride(1), buffer);
        multiply_vector(p.target(i), p.a.lane(i), p.a, p.a.rows_dense, x, p.m, p.k);
    }
}

// Fortran counts by columns: it is asked for the transposed product, c' = b' a'.
static void matrix_by_matrix(const Product& p, Sgemm sgemm) {
    int m = p.m, n = p.n, k = p.k, pitch_a = p.a.pitch, pitch_b = p.b.pitch;
    const char *form_a = p.a.rows_dense ? "N" : "T", *form_b = p.b.rows_dense ? "N" : "T";
    float one = 1, keep = p.add ? 1 : 0;
    for (int64_t i = 0; i < p.c.size(0); i++)
        sgemm(
            form_b, form_a, &n, &m, &k, &one, p.b.lane(i), &pitch_b, p.a.lane(i), &pitch_a, &keep,
            p.target(i), &n);
}

static void compute(const Product& p, Sgemm sgemm) {
    if (p.m > 1 && p.n > 1 && p.k > 1) return matrix_by_matrix(p, sgemm);
    std::vector<float> buffer(p.m + p.n + p.k);
    if (p.k == 1) return outer(p, buffer.data());
    if (!p.add) p.c.zero_();
    return p.m == 1 ? row_by_matrix(p, buffer.data()) : matrix_by_column(p, buffer.data());
}

static at::Tensor bmm(const at::Tensor& a, const at::Tensor& b) {
    static const Sgemm sgemm = find_sgemm();
    if (sgemm == nullptr || !is_ours(a, b)) return at::cpu::bmm(a, b);
    auto c = at::empty({a.size(0), a.size(1), b.size(2)}, a.options());
    compute({Operand(a), Operand(b), c, a.size(1), b.size(2), a.size(2), false}, sgemm);
    return c;
}

static at::Tensor baddbmm(
    const at::Tensor& first, const at::Tensor& a, const at::Tensor& b, const at::Scalar& beta,
    const at::Scalar& alpha) {
    static const Sgemm sgemm = find_sgemm();
    if (sgemm == nullptr || !is_ours(a, b) || !is_plain(first) || !is_one(beta) || !is_one(alpha))
        return at::cpu::baddbmm(first, a, b, beta, alpha);
    auto c = at::empty({a.size(0), a.size(1), b.size(2)}, a.options());
    c.copy_(first);
    compute({Operand(a), Operand(b), c, a.size(1), b.size(2), a.size(2), true}, sgemm);
    return c;
}

static const torch::Library products = replace_on_cpu([](torch::Library& library) {
    library.impl("bmm", bmm);
    library.impl("baddbmm", baddbmm);
});

}  // namespace mneme
