// Memory for tensors on the CPU. A step makes and frees the same few dozen tensors, so a training
// thread keeps what it freed, by size, and gives it out again: malloc with alignment was a fifth
// of a small step.
#include "allocator.h"

#include "shim.h"

#include <c10/core/CPUAllocator.h>
#include <torch/version.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace mneme {

constexpr size_t Alignment = 64;
constexpr size_t LargestKept = size_t(64) << 20;
constexpr size_t MostKept = size_t(256) << 20;      // per thread

// Sizes are rounded up to four steps in each power of two, so that a quarter is lost at most.
struct SizeClass {
    int index;
    size_t bytes;

    explicit SizeClass(size_t wanted) {
        size_t least = wanted < 4 * Alignment ? 4 * Alignment : wanted;
        int power = 63 - __builtin_clzll(least - 1);
        size_t step = size_t(1) << (power - 2);
        bytes = (least + step - 1) / step * step;
        index = power * 4 + static_cast<int>((bytes >> (power - 2)) - 4);
    }
};

class Kept {
public:
    void* take(const SizeClass& size) {
        auto& list = lists[size.index];
        if (list.empty()) return nullptr;
        void* block = list.back();
        list.pop_back();
        total -= size.bytes;
        return block;
    }

    bool keep(void* block, const SizeClass& size) {
        if (size.bytes > LargestKept || total + size.bytes > MostKept) return false;
        lists[size.index].push_back(block);
        total += size.bytes;
        return true;
    }

    ~Kept() {
        keeping = false;
        for (auto& list : lists)
            for (void* block : list) std::free(block);
    }

    // Only between a training thread's preparation and its end: other threads hold no hoards, and
    // a tensor may be freed after its thread's lists are gone.
    static thread_local bool keeping;

private:
    std::array<std::vector<void*>, 256> lists;
    size_t total = 0;
};

thread_local bool Kept::keeping = false;
static thread_local Kept kept;

void keep_freed_tensors() { Kept::keeping = true; }

// The block's size class is found again from the size that stands before the elements.
static void* element_of(void* block, size_t bytes) {
    *static_cast<size_t*>(block) = bytes;
    return static_cast<char*>(block) + Alignment;
}

static void release_elements(void* elements) {
    if (elements == nullptr) return;
    void* block = static_cast<char*>(elements) - Alignment;
    SizeClass size(*static_cast<size_t*>(block));
    if (!Kept::keeping || !kept.keep(block, size)) std::free(block);
}

static void* allocate_elements(size_t bytes) {
    if (bytes == 0) return nullptr;
    SizeClass size(bytes + Alignment);
    void* block = Kept::keeping ? kept.take(size) : nullptr;
    if (block == nullptr && posix_memalign(&block, Alignment, size.bytes) != 0)
        TORCH_CHECK(false, "no memory for a tensor of ", bytes, " bytes");
    return element_of(block, bytes + Alignment);
}

// The base class changed between versions: `allocate` lost its const, `copy_data` came.
struct KeepingAllocator : c10::Allocator {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 3)
    c10::DataPtr allocate(size_t bytes) override { return make(bytes); }
#else
    c10::DataPtr allocate(size_t bytes) const override { return make(bytes); }
#endif
    c10::DeleterFnPtr raw_deleter() const override { return release_elements; }

    virtual void copy_data(void* to, const void* from, std::size_t bytes) const {
        std::memcpy(to, from, bytes);
    }

private:
    static c10::DataPtr make(size_t bytes) {
        void* elements = allocate_elements(bytes);
        return {elements, elements, release_elements, c10::Device(c10::kCPU)};
    }
};

static const bool installed = [] {
    // Never freed: tensors may outlive every destructor that could run at the end.
    c10::SetCPUAllocator(new KeepingAllocator(), 1);
    return true;
}();

}  // namespace mneme
