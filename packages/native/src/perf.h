// The memory of one perf buffer: the samples that BPF programs write on one CPU.
#pragma once

#include "buffer.h"
#include "records/perfcursor.h"

namespace ringside {

class PerfMemory : public BufferMemory {
 public:
  // Any thread; blocks while the kernel zeroes the pages. A reader is woken each time when more than `wakeBytes` have
  // been written since the last time. Throws Failure.
  static std::shared_ptr<BufferMemory> create(uint32_t bytes, int cpu, uint32_t wakeBytes);

  Kind kind() const override { return Kind::perf; }
  Pages& pages() override { return pages_; }
  std::unique_ptr<Cursor> cursor() override { return std::make_unique<PerfCursor>(pages_); }

 private:
  PerfMemory(Fd fd, Mapping mapping, uint32_t capacity);

  Mapping mapping_;
  Pages pages_;
};

}  // namespace ringside
