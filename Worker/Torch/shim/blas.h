// The one BLAS routine that is called directly, with Fortran's calling convention.
#pragma once

namespace mneme {

using Sgemm = void (*)(
    const char* transpose_a, const char* transpose_b, const int* m, const int* n, const int* k,
    const float* alpha, const float* a, const int* lda, const float* b, const int* ldb,
    const float* beta, float* c, const int* ldc);

// Null when libtorch keeps its BLAS to itself.
Sgemm find_sgemm();

}  // namespace mneme
