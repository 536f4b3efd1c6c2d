// The memory of one BPF_MAP_TYPE_RINGBUF: its two position pages and its data.
#pragma once

#include <string>

#include "buffer.h"
#include "records/ringcursor.h"

namespace ringside {

class RingMemory : public BufferMemory {
 public:
  // Any thread; blocks while the kernel zeroes the pages. Throws Failure.
  static std::shared_ptr<BufferMemory> create(uint32_t bytes, const std::string& name);

  Kind kind() const override { return Kind::ring; }
  Pages& pages() override { return pages_; }
  std::unique_ptr<Cursor> cursor() override { return std::make_unique<RingCursor>(pages_); }

 private:
  RingMemory(Fd fd, Mapping consumerPage, Mapping producerPages, uint32_t capacity);

  Mapping consumerPage_;
  Mapping producerPages_;
  Pages pages_;
};

}  // namespace ringside
