// One note for the whole process: there is one reading thread at a time.
#include "elsewhere.h"

#include <atomic>

namespace ringside {
namespace {

std::atomic<int> readerCpu{-1};

}  // namespace

void noteReaderCpu() { readerCpu.store(sched_getcpu(), std::memory_order_relaxed); }

Elsewhere::Elsewhere() {
  const int avoided = readerCpu.load(std::memory_order_relaxed);
  if (avoided < 0 || sched_getaffinity(0, sizeof before_, &before_) != 0) return;
  cpu_set_t others = before_;
  CPU_CLR(avoided, &others);
  moved_ = CPU_COUNT(&others) > 0 && sched_setaffinity(0, sizeof others, &others) == 0;
}

Elsewhere::~Elsewhere() {
  if (moved_) sched_setaffinity(0, sizeof before_, &before_);
}

}  // namespace ringside
