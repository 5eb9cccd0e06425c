// An OpenBLAS built without threads (Debian's libopenblas0-serial) also lacks locks: two threads
// that multiply at once share a buffer, and one product in a hundred was wrong. libtorch's calls
// come to the functions below first, because this library stands before BLAS in the search order.
// They let callers take turns if that is the BLAS in use, and cost a few nanoseconds if not.
#include "blas.h"

#include "shim.h"

#include <dlfcn.h>

#include <climits>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>

namespace mneme {

static void* next(const char* name) { return dlsym(RTLD_NEXT, name); }

static const char* openblas_config() {
    auto config = reinterpret_cast<const char* (*)()>(next("openblas_get_config"));
    return config == nullptr ? nullptr : config();
}

static bool lacks_locks() {
    static const bool lacks = [] {
        auto config = openblas_config();
        return config != nullptr && std::strstr(config, "SINGLE_THREADED") != nullptr;
    }();
    return lacks;
}

static std::mutex turn;

template <class Routine, class... Arguments>
static void in_turn(Routine routine, Arguments... arguments) {
    std::unique_lock<std::mutex> lock(turn, std::defer_lock);
    if (lacks_locks()) lock.lock();
    routine(arguments...);
}

void keep_blas_to_one_thread() {
    auto set = reinterpret_cast<void (*)(int)>(next("openblas_set_num_threads"));
    if (set != nullptr) set(1);
}

static std::string describe() {
    void* found = next("sgemm_");
    Dl_info where;
    if (found == nullptr || dladdr(found, &where) == 0) return "inside libtorch";
    char path[PATH_MAX];
    std::string text = realpath(where.dli_fname, path) != nullptr ? path : where.dli_fname;
    auto config = openblas_config();
    return config == nullptr ? text : std::string(config) + ", " + text;
}

}  // namespace mneme

using namespace mneme;

#define MNEME_GEMM(name, T)                                                                     \
    MNEME_API void name(                                                                        \
        const char* ta, const char* tb, const int* m, const int* n, const int* k,               \
        const T* alpha, const T* a, const int* lda, const T* b, const int* ldb, const T* beta,  \
        T* c, const int* ldc) {                                                                 \
        static const auto routine = reinterpret_cast<decltype(&name)>(next(#name));             \
        in_turn(routine, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);                 \
    }

#define MNEME_GEMV(name, T)                                                                     \
    MNEME_API void name(                                                                        \
        const char* trans, const int* m, const int* n, const T* alpha, const T* a,              \
        const int* lda, const T* x, const int* incx, const T* beta, T* y, const int* incy) {    \
        static const auto routine = reinterpret_cast<decltype(&name)>(next(#name));             \
        in_turn(routine, trans, m, n, alpha, a, lda, x, incx, beta, y, incy);                   \
    }

MNEME_GEMM(sgemm_, float)
MNEME_GEMM(dgemm_, double)
MNEME_GEMV(sgemv_, float)
MNEME_GEMV(dgemv_, double)

Sgemm mneme::find_sgemm() { return next("sgemm_") == nullptr ? nullptr : &sgemm_; }

MNEME_API const char* mneme_blas() {
    static const std::string text = describe();
    return text.c_str();
}
