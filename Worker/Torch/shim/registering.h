// Kernels of ours that take the place of libtorch's on the CPU.
#pragma once

#include <torch/library.h>
#include <torch/version.h>

namespace mneme {

// libtorch warns of every kernel that is replaced; these are meant.
struct Silence : c10::WarningHandler {
#if TORCH_VERSION_MAJOR >= 2
    void process(const c10::Warning&) override {}
#else
    void process(const c10::SourceLocation&, const std::string&, bool) override {}
#endif
};

#if TORCH_VERSION_MAJOR >= 2
using SilenceGuard = c10::WarningUtils::WarningHandlerGuard;
#else
using SilenceGuard = c10::Warning::WarningHandlerGuard;
#endif

template <class Registrations>
torch::Library replace_on_cpu(Registrations&& registrations) {
    Silence silence;
    SilenceGuard guard(&silence);
    torch::Library library(
        torch::Library::IMPL, "aten", c10::DispatchKey::CPU, __FILE__, __LINE__);
    registrations(library);
    return library;
}

}  // namespace mneme
