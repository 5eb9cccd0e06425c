// The BLAS that libtorch uses, as far as the shim must know of it.
#pragma once

namespace mneme {

// Fortran's calling convention: everything by reference, matrices by columns.
using Sgemm = void (*)(
    const char* transpose_a, const char* transpose_b, const int* m, const int* n, const int* k,
    const float* alpha, const float* a, const int* lda, const float* b, const int* ldb,
    const float* beta, float* c, const int* ldc);

// Null when libtorch keeps its BLAS to itself.
Sgemm find_sgemm();

// A BLAS with threads of its own must not start any beside training threads.
void keep_blas_to_one_thread();

}  // namespace mneme
