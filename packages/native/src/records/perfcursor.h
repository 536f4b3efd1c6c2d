// The reader's half of kernel/events/ring_buffer.c's protocol, for an event whose samples are raw bytes. Pure C++.
#pragma once

#include "cursor.h"

namespace ringside {

// A record is {u32 type, u16 misc, u16 size} and its body, `size` in all. All of what stands before data_head is whole.
class PerfCursor : public Cursor {
 public:
  using Cursor::Cursor;

  bool busy() const override { return false; }

 protected:
  Took copy(Room into, uint64_t there, uint64_t limit) override;

 private:
  struct Record {
    uint32_t type;
    uint32_t size;
    uint32_t length;  // of a sample's bytes
  };

  // Whether a record stands at `position` that ends within `left` bytes.
  bool readRecord(uint64_t position, uint64_t left, Record& record) const;
  template <typename Word>
  Word wordAt(uint64_t position) const;
  void writeSample(unsigned char* to, uint64_t position, uint32_t length) const;
};

}  // namespace ringside
