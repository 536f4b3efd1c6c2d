// The reader's half of kernel/bpf/ringbuf.c's protocol. Pure C++.
#pragma once

#include "cursor.h"

namespace ringside {

// include/uapi/linux/bpf.h: a record is an 8-byte header {u32 length | bits, u32 page offset}, its bytes, and padding
// to 8. A chunk holds it as it stands in the ring.
constexpr uint32_t kRecordBusy = 1u << 31;
constexpr uint32_t kRecordDiscarded = 1u << 30;

class RingCursor : public Cursor {
 public:
  using Cursor::Cursor;

  bool busy() const override;

 protected:
  Took copy(Room into, uint64_t there, uint64_t limit) override;

 private:
  uint32_t headerAt(uint64_t position) const;
};

}  // namespace ringside
