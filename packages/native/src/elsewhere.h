// Keeps long kernel work off the CPU that a reader needs. Making a ring of 64 MiB takes 13 ms and more inside the kernel,
// which does not let go of the CPU meanwhile when it is built without preemption; a reader that wakes there is that late.
#pragma once

#include <sched.h>

namespace ringside {

// The reader's thread, right before it waits: it will wake on this CPU, if that is free.
void noteReaderCpu();

// While it lives, the calling thread stays off the CPU on which a reader waited last, where there is another.
class Elsewhere {
 public:
  Elsewhere();
  ~Elsewhere();
  Elsewhere(const Elsewhere&) = delete;
  Elsewhere& operator=(const Elsewhere&) = delete;

 private:
  cpu_set_t before_;
  bool moved_ = false;
};

}  // namespace ringside
