// Which libtorch and which BLAS this process has.
#include "shim.h"

#include "blas.h"

#include <dlfcn.h>
#include <torch/version.h>

#include <climits>
#include <cstdlib>
#include <string>

namespace mneme {

// The BLAS that libtorch itself uses: the symbol is looked up among what this library depends on,
// because a symbol that libtorch resolved is not visible to the whole process.
static void* symbol(const char* name) {
    Dl_info self;
    if (dladdr(reinterpret_cast<void*>(&remember_error), &self) == 0) return nullptr;
    void* library = dlopen(self.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    return library == nullptr ? nullptr : dlsym(library, name);
}

Sgemm find_sgemm() { return reinterpret_cast<Sgemm>(symbol("sgemm_")); }

static std::string describe_blas() {
    void* found = symbol("sgemm_");
    Dl_info where;
    if (found == nullptr || dladdr(found, &where) == 0) return "inside libtorch";
    char path[PATH_MAX];
    std::string text = realpath(where.dli_fname, path) != nullptr ? path : where.dli_fname;
    auto config = reinterpret_cast<const char* (*)()>(symbol("openblas_get_config"));
    return config == nullptr ? text : std::string(config()) + ", " + text;
}

}  // namespace mneme

MNEME_API const char* mneme_version() { return TORCH_VERSION; }

MNEME_API const char* mneme_blas() {
    static const std::string text = mneme::describe_blas();
    return text.c_str();
}

MNEME_API int mneme_cuda_available() { return at::hasCUDA(); }
