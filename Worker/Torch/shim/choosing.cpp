// Which table of kernels this machine runs.
#include "kernels.h"

#include "shim.h"
#include "transformer.h"

#include <cstring>

namespace mneme {

extern const Kernels kernels_basic;
extern const TransformerKernels transformer_basic;
#ifdef __x86_64__
extern const Kernels kernels_avx2, kernels_avx512;
extern const TransformerKernels transformer_avx2, transformer_avx512;
#endif

// Both tables of an instruction set.
struct Chosen {
    const Kernels* general;
    const TransformerKernels* transformer;
};

static Chosen find(const char* name) {
    if (std::strcmp(name, "basic") == 0) return {&kernels_basic, &transformer_basic};
#ifdef __x86_64__
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
    if (avx2 && std::strcmp(name, "avx2") == 0) return {&kernels_avx2, &transformer_avx2};
    if (avx512 && std::strcmp(name, "avx512") == 0)
        return {&kernels_avx512, &transformer_avx512};
#endif
    return {nullptr, nullptr};
}

static Chosen best() {
    for (auto name : {"avx512", "avx2"})
        if (auto found = find(name); found.general != nullptr) return found;
    return find("basic");
}

static Chosen chosen = best();

const Kernels& kernels() { return *chosen.general; }

const TransformerKernels& transformer_kernels() { return *chosen.transformer; }

bool select_kernels(const char* name) {
    auto found = name == nullptr ? best() : find(name);
    if (found.general != nullptr) chosen = found;
    return found.general != nullptr;
}

}  // namespace mneme

// Null chooses the best again; 0 when this machine cannot run the named one. For tests.
MNEME_API int mneme_select_kernels(const char* name) { return mneme::select_kernels(name); }

MNEME_API const char* mneme_kernels() { return mneme::kernels().name; }
