// Which libtorch this process has.
#include "shim.h"

#include <torch/version.h>

MNEME_API const char* mneme_version() { return TORCH_VERSION; }

MNEME_API int mneme_cuda_available() { return at::hasCUDA(); }
