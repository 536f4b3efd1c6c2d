// Records of a ring buffer. The data stands twice in a row, so that one that wraps is contiguous.
#include "ringcursor.h"

#include <cstring>

namespace ringside {

// Pairs with the kernel's store-release (xchg) when it commits the record.
uint32_t RingCursor::headerAt(uint64_t position) const {
  return __atomic_load_n(reinterpret_cast<const uint32_t*>(placeOf(position)), __ATOMIC_ACQUIRE);
}

bool RingCursor::busy() const {
  const uint64_t producer = pages_.producer();
  const bool head = !pages_.fault && producer != consumer() && positionsAreSound(producer);
  return head && (headerAt(consumer()) & kRecordBusy) != 0;
}

Took RingCursor::copy(Room into, uint64_t there, uint64_t limit) {
  const uint64_t start = consumer();
  Took took;
  uint64_t done = 0;
  while (done < limit) {
    const uint32_t header = headerAt(start + done);
    if (header & kRecordBusy) break;
    const uint32_t length = header & ~kRecordDiscarded;
    const uint64_t whole = roundUpTo8(uint64_t{length} + kChunkHeaderBytes);
    if (whole > there - done) {
      pages_.fault = true;
      break;
    }
    if (whole > limit - done) break;
    if (!(header & kRecordDiscarded)) {
      if (whole > into.size - took.bytes) {
        if (took.bytes == 0) took.needed = whole;
        break;
      }
      memcpy(into.at + took.bytes, placeOf(start + done), whole);
      took.bytes += whole;
    }
    done += whole;
    releaseInPassing(start + done);
  }
  releaseUpTo(start + done);
  return took;
}

}  // namespace ringside
