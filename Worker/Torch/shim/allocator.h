// Memory for tensors on the CPU.
#pragma once

namespace mneme {

// From now on the calling thread keeps the memory of freed tensors for its next ones.
void keep_freed_tensors();

}  // namespace mneme
