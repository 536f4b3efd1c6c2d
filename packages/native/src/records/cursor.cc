// What every pass over a buffer begins with.
#include "cursor.h"

#include <algorithm>

namespace ringside {

bool Cursor::positionsAreSound(uint64_t producer) const {
  return pages_.consumer() == consumer_ && consumer_ % 8 == 0 && producer - consumer_ <= pages_.capacity;
}

Took Cursor::take(Room into, uint64_t until) {
  if (pages_.fault) return {};
  const uint64_t producer = pages_.producer();
  if (!positionsAreSound(producer)) {
    pages_.fault = true;
    return {};
  }
  // Differences, since a position that was forged may be about to wrap.
  const uint64_t there = producer - consumer_;
  if (until == kNoLimit) return copy(into, there, there);
  const uint64_t wanted = until >= consumer_ ? until - consumer_ : 0;
  return copy(into, there, std::min(wanted, there));
}

}  // namespace ringside
