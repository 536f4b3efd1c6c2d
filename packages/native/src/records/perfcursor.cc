// Records of a perf buffer. The data stands once: a record that wraps is put together here.
#include "perfcursor.h"

#include <linux/perf_event.h>

#include <algorithm>
#include <cstring>

namespace ringside {
namespace {

// PERF_SAMPLE_RAW alone: the header, u32 raw size, the bytes. PERF_RECORD_LOST: the header, u64 id, u64 lost.
constexpr uint32_t kRawSizeOffset = sizeof(perf_event_header);
constexpr uint32_t kRawOffset = kRawSizeOffset + sizeof(uint32_t);
constexpr uint32_t kLostOffset = sizeof(perf_event_header) + sizeof(uint64_t);
constexpr uint32_t kLostBytes = kLostOffset + sizeof(uint64_t);

}  // namespace

// Records begin at multiples of 8, and so no aligned word of theirs wraps.
template <typename Word>
Word PerfCursor::wordAt(uint64_t position) const {
  Word word;
  memcpy(&word, placeOf(position), sizeof word);
  return word;
}

void PerfCursor::copyOut(unsigned char* to, uint64_t position, uint32_t bytes) const {
  const uint64_t untilEnd = pages_.capacity - (position & (pages_.capacity - 1));
  const auto first = static_cast<uint32_t>(std::min<uint64_t>(bytes, untilEnd));
  memcpy(to, placeOf(position), first);
  memcpy(to + first, pages_.data, bytes - first);
}

Took PerfCursor::copy(Room into, uint64_t there, uint64_t limit) {
  const uint64_t start = consumer();
  Took took;
  uint64_t done = 0;
  while (done < limit) {
    const uint64_t position = start + done;
    const auto header = wordAt<perf_event_header>(position);
    const uint32_t whole = header.size;
    bool sound = whole >= sizeof header && whole % 8 == 0 && whole <= there - done;
    uint32_t length = 0;
    if (sound && header.type == PERF_RECORD_SAMPLE) {
      sound = whole > kRawOffset;
      length = sound ? wordAt<uint32_t>(position + kRawSizeOffset) : 0;
      sound = sound && length <= whole - kRawOffset;
    } else if (sound && header.type == PERF_RECORD_LOST) {
      sound = whole >= kLostBytes;
    }
    if (!sound) {
      pages_.fault = true;
      break;
    }
    if (whole > limit - done) break;
    if (header.type == PERF_RECORD_SAMPLE) {
      const size_t needed = kChunkHeaderBytes + roundUpTo8(length);
      if (needed > into.size - took.bytes) {
        if (took.bytes == 0) took.needed = needed;
        break;
      }
      unsigned char* to = into.at + took.bytes;
      const uint32_t chunkHeader[] = {length, 0};
      memcpy(to, chunkHeader, sizeof chunkHeader);
      copyOut(to + kChunkHeaderBytes, position + kRawOffset, length);
      memset(to + kChunkHeaderBytes + length, 0, needed - kChunkHeaderBytes - length);
      took.bytes += needed;
    } else if (header.type == PERF_RECORD_LOST) {
      pages_.lost += wordAt<uint64_t>(position + kLostOffset);
    } else {
      pages_.others++;
    }
    done += whole;
    if (start + done - consumer() >= kReleaseBytes) releaseUpTo(start + done);
  }
  releaseUpTo(start + done);
  return took;
}

}  // namespace ringside
