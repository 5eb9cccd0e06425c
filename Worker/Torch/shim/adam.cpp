// One Adam step of many tensors with a lane axis, in one pass over each lane's parameters.
#include "shim.h"

#include "kernels.h"

#include <cmath>

namespace mneme {

// The layout is NativeAdamEntry's in FusedAdam.cs.
struct AdamEntry {
    Handle parameter, mean, variance;
    Handle gradient;    // [lane, ...] as the parameter; or null, and the two factors of it:
    Handle x, delta;    // [lane, batch, rows], [lane, batch, columns]
};

struct AdamSettings {
    Handle learning_rate;   // [lane] float32
    Handle weight_decay;    // [lane] float32, or null
    Handle steps;           // [lane] int64, counted up here
    Handle active;          // [lane] bool, or null for all; others stay as they are
    double beta1, beta2, epsilon;
};

// A tensor whose lanes each lie in one piece.
struct Lanes {
    at::Tensor tensor;
    float* data;
    int64_t lane_stride, count;

    Lanes(const at::Tensor& given, const char* role, int64_t lanes, bool may_copy) {
        TORCH_CHECK(given.defined(), role, " is missing");
        TORCH_CHECK(
            given.is_cpu() && given.scalar_type() == at::kFloat && given.dim() > 0
                && given.size(0) == lanes,
            role, " ", given.sizes(), " is not float32 [", lanes, ", ...] on the CPU");
        bool dense = given.select(0, 0).is_contiguous();
        TORCH_CHECK(dense || may_copy, role, " ", given.sizes(), " has gaps inside a lane");
        tensor = dense ? given : given.contiguous();
        data = static_cast<float*>(tensor.data_ptr());
        lane_stride = tensor.stride(0);
        count = tensor.numel() / lanes;
    }

    float* lane(int64_t k) const { return data + k * lane_stride; }
};

struct AdamTensors {
    Lanes parameter, mean, variance;
    std::vector<Lanes> gradient;    // one, or the two factors

    AdamTensors(const AdamEntry& entry, int64_t lanes)
        : parameter(tensor(entry.parameter), "the parameter", lanes, false),
          mean(tensor(entry.mean), "the mean", lanes, false),
          variance(tensor(entry.variance), "the variance", lanes, false) {
        if (entry.gradient != nullptr) {
            gradient.emplace_back(tensor(entry.gradient), "the gradient", lanes, true);
        } else {
            gradient.emplace_back(tensor(entry.x), "the factor x", lanes, true);
            gradient.emplace_back(tensor(entry.delta), "the factor delta", lanes, true);
        }
        check();
    }

    void check() const {
        const auto& p = parameter.tensor;
        TORCH_CHECK(
            mean.count == parameter.count && variance.count == parameter.count,
            "the moments do not fit the parameter ", p.sizes());
        const auto& first = gradient[0].tensor;
        if (gradient.size() == 1) {
            TORCH_CHECK(
                first.sizes() == p.sizes(), "gradient ", first.sizes(), " of parameter ",
                p.sizes());
            return;
        }
        const auto& second = gradient[1].tensor;
        TORCH_CHECK(
            p.dim() == 3 && first.dim() == 3 && second.dim() == 3
                && first.size(1) == second.size(1) && first.size(2) == p.size(1)
                && second.size(2) == p.size(2),
            "factors ", first.sizes(), " and ", second.sizes(), " of parameter ", p.sizes());
    }

    void step(int64_t k, const AdamStep& step, float* room) const {
        auto p = parameter.lane(k), m = mean.lane(k), v = variance.lane(k);
        if (gradient.size() == 1)
            return kernels().adam(p, m, v, gradient[0].lane(k), parameter.count, step);
        Factors factors{
            gradient[0].lane(k), gradient[1].lane(k), gradient[0].tensor.size(1),
            gradient[0].tensor.size(2), gradient[1].tensor.size(2)};
        kernels().adam_factored(p, m, v, factors, room, step);
    }

    int64_t row_length() const {
        return gradient.size() == 1 ? 0 : gradient[1].tensor.size(2);
    }
};

template <class T>
static T* per_lane(const at::Tensor& t, const char* role, at::ScalarType type, int64_t lanes) {
    TORCH_CHECK(
        t.is_cpu() && t.scalar_type() == type && t.is_contiguous() && t.numel() == lanes, role,
        " ", t.sizes(), " is not a dense ", type, " [", lanes, "] on the CPU");
    return static_cast<T*>(t.data_ptr());
}

static AdamStep constants(const AdamSettings& s, double rate, double decay, int64_t t) {
    AdamStep step;
    step.beta1 = static_cast<float>(s.beta1);
    step.rest1 = static_cast<float>(1 - s.beta1);
    step.beta2 = static_cast<float>(s.beta2);
    step.rest2 = static_cast<float>(1 - s.beta2);
    step.epsilon = static_cast<float>(s.epsilon);
    step.step_size = static_cast<float>(rate / (1 - std::pow(s.beta1, t)));
    step.variance_scale = static_cast<float>(1 / std::sqrt(1 - std::pow(s.beta2, t)));
    step.shrink = static_cast<float>(1 - rate * decay);
    return step;
}

static void adam(const std::vector<AdamTensors>& all, const AdamSettings& s, int64_t lanes) {
    auto rate = per_lane<float>(tensor(s.learning_rate), "the rate", at::kFloat, lanes);
    auto steps = per_lane<int64_t>(tensor(s.steps), "the step counter", at::kLong, lanes);
    auto decay = s.weight_decay == nullptr
        ? nullptr
        : per_lane<float>(tensor(s.weight_decay), "the weight decay", at::kFloat, lanes);
    auto active = s.active == nullptr
        ? nullptr
        : per_lane<bool>(tensor(s.active), "the mask", at::kBool, lanes);
    int64_t longest = FactorRoom;
    for (const auto& tensors : all) longest = std::max(longest, tensors.row_length());
    std::vector<float> room(longest);
    for (int64_t k = 0; k < lanes; k++) {
        if (active != nullptr && !active[k]) continue;
        auto step = constants(s, rate[k], decay == nullptr ? 0 : decay[k], ++steps[k]);
        for (const auto& tensors : all) tensors.step(k, step, room.data());
    }
}

}  // namespace mneme

using namespace mneme;

MNEME_API int mneme_adam(const AdamEntry* entries, int count, const AdamSettings* settings) {
    return guarded([&] {
        int64_t lanes = tensor(settings->steps).numel();
        std::vector<AdamTensors> all;
        all.reserve(count);
        for (int i = 0; i < count; i++) all.emplace_back(entries[i], lanes);
        adam(all, *settings, lanes);
        return 0;
    });
}

// Writes into `finite` [lane] whether all of a lane's elements in all tensors are finite.
MNEME_API int mneme_finite(const Handle* handles, int count, Handle finite) {
    return guarded([&] {
        auto result = tensor(finite);
        int64_t lanes = result.numel();
        auto flags = per_lane<bool>(result, "the result", at::kBool, lanes);
        std::fill(flags, flags + lanes, true);
        for (int i = 0; i < count; i++) {
            Lanes one(tensor(handles[i]), "a tensor", lanes, true);
            for (int64_t k = 0; k < lanes; k++)
                flags[k] = flags[k] && kernels().finite(one.lane(k), one.count);
        }
        return 0;
    });
}
