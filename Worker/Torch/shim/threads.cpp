// What a training thread and its process need before the first step.
#include "shim.h"

#include "allocator.h"
#include "blas.h"

#include <ATen/Parallel.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace mneme;

// One intra-op thread: two of them beside a busy neighbour turned 0.4 ms into 72 ms.
// Denormals flush to zero: one lane that underflows would slow all others 40 times.
MNEME_API int mneme_prepare_thread(int niceness) {
    return guarded([&] {
        at::set_num_threads(1);
        keep_blas_to_one_thread();
        keep_freed_tensors();
        // It prepares a primitive for every call: twice the cost of a small gelu.
        at::globalContext().setUserEnabledMkldnn(false);
        at::globalContext().setFlushDenormal(true);
        auto thread = static_cast<id_t>(syscall(SYS_gettid));
        setpriority(PRIO_PROCESS, thread, niceness);
        return getpriority(PRIO_PROCESS, thread);
    });
}

// Temporaries above 128 kB would be mapped and unmapped on every operator call.
MNEME_API void mneme_keep_freed_memory() {
    mallopt(M_MMAP_THRESHOLD, 256 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
    mallopt(M_TOP_PAD, 16 << 20);
}
