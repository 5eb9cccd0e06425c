// What autograd offers beside its operators.
#include "shim.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

using namespace mneme;

// Entries of `gradients` stay null where `allow_unused` and an input was not used.
MNEME_API int mneme_grad(
    const Handle* outputs, int output_count, const Handle* inputs, int input_count,
    const Handle* grad_outputs, int create_graph, int retain_graph, int allow_unused,
    Handle* gradients) {
    return guarded([&] {
        std::vector<at::Tensor> seeds;
        if (grad_outputs != nullptr) seeds = tensors(grad_outputs, output_count);
        auto made = torch::autograd::grad(
            tensors(outputs, output_count), tensors(inputs, input_count), seeds,
            retain_graph != 0, create_graph != 0, allow_unused != 0);
        for (int i = 0; i < input_count; i++) gradients[i] = release(std::move(made[i]));
        return 0;
    });
}

MNEME_API int mneme_backward(Handle output, Handle grad_output) {
    return guarded([&] {
        std::vector<at::Tensor> seeds;
        if (grad_output != nullptr) seeds.push_back(tensor(grad_output));
        torch::autograd::backward({tensor(output)}, seeds);
        return 0;
    });
}

MNEME_API int mneme_set_requires_grad(Handle handle, int on) {
    return guarded([&] {
        tensor(handle).requires_grad_(on != 0);
        return 0;
    });
}

// Null when the tensor has no gradient yet.
MNEME_API Handle mneme_gradient(Handle handle) {
    Handle gradient = nullptr;
    guarded([&] {
        gradient = release(at::Tensor(tensor(handle).grad()));
        return 0;
    });
    return gradient;
}

// Returns whether gradients were recorded before.
MNEME_API int mneme_grad_mode(int on) {
    bool before = c10::GradMode::is_enabled();
    c10::GradMode::set_enabled(on != 0);
    return before;
}
