// Takes whole records out of one buffer, up to a position. Used by one thread at a time; knows lengths, never what a
// record means. Pure C++.
//
// A chunk is records one behind the other: 8 bytes {u32 length, u32}, the record's bytes, and padding to 8.
#pragma once

#include <cstddef>
#include <cstdint>

#include "pages.h"

namespace ringside {

constexpr uint32_t kChunkHeaderBytes = 8;
// Giving room back in steps keeps producers going during a long pass, and their cache line quiet in between.
constexpr uint64_t kReleaseBytes = 32 << 10;

constexpr uint64_t roundUpTo8(uint64_t bytes) { return (bytes + 7) & ~uint64_t{7}; }

struct Room {
  unsigned char* at;
  size_t size;
};

struct Took {
  size_t bytes = 0;
  // When not even the first record fits: what it needs. It stays in the buffer.
  size_t needed = 0;
};

class Cursor {
 public:
  static constexpr uint64_t kNoLimit = UINT64_MAX;

  explicit Cursor(Pages& pages, uint64_t releaseBytes = kReleaseBytes)
      : pages_(pages), releaseBytes_(releaseBytes), consumer_(pages.consumer()) {}
  virtual ~Cursor() = default;
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  // Copies records that end at or before `until`. A violation of the protocol is final: nothing is repaired.
  Took take(Room into, uint64_t until = kNoLimit);

  // The head record is reserved and not committed: it hides all behind it.
  virtual bool busy() const = 0;

  uint64_t consumer() const { return consumer_; }

 protected:
  // `there` bytes are written behind the consumer position; records may be taken that end within `limit` of them.
  virtual Took copy(Room into, uint64_t there, uint64_t limit) = 0;

  bool positionsAreSound(uint64_t producer) const;

  const unsigned char* placeOf(uint64_t position) const {
    return pages_.data + (position & (pages_.capacity - 1));
  }

  // At the end of a pass, and within it whenever enough has come together.
  void releaseUpTo(uint64_t position) {
    if (position != consumer_) pages_.release(consumer_ = position);
  }
  void releaseInPassing(uint64_t position) {
    if (position - consumer_ >= releaseBytes_) releaseUpTo(position);
  }

  Pages& pages_;

 private:
  const uint64_t releaseBytes_;
  // What this reader stored last. Nobody else may write it: the page is checked against it.
  uint64_t consumer_;
};

}  // namespace ringside
