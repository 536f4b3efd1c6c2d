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

bool PerfCursor::readRecord(uint64_t position, uint64_t left, Record& record) const {
  const auto header = wordAt<perf_event_header>(position);
  record = {header.type, header.size, 0};
  if (record.size < sizeof header || record.size % 8 != 0 || record.size > left) return false;
  if (record.type == PERF_RECORD_LOST) return record.size >= kLostBytes;
  if (record.type != PERF_RECORD_SAMPLE) return true;
  if (record.size < kRawOffset) return false;
  record.length = wordAt<uint32_t>(position + kRawSizeOffset);
  return record.length <= record.size - kRawOffset;
}

void PerfCursor::writeSample(unsigned char* to, uint64_t position, uint32_t length) const {
  const uint32_t header[] = {length, 0};
  memcpy(to, header, sizeof header);
  to += sizeof header;
  const uint64_t from = position + kRawOffset;
  const uint64_t untilEnd = pages_.capacity - (from & (pages_.capacity - 1));
  const size_t first = std::min<uint64_t>(length, untilEnd);
  memcpy(to, placeOf(from), first);
  memcpy(to + first, pages_.data, length - first);
  memset(to + length, 0, roundUpTo8(length) - length);
}

Took PerfCursor::copy(Room into, uint64_t there, uint64_t limit) {
  const uint64_t start = consumer();
  Took took;
  uint64_t done = 0;
  while (done < limit) {
    Record record;
    if (!readRecord(start + done, there - done, record)) {
      pages_.fault = true;
      break;
    }
    if (record.size > limit - done) break;
    if (record.type == PERF_RECORD_SAMPLE) {
      const size_t needed = kChunkHeaderBytes + roundUpTo8(record.length);
      if (needed > into.size - took.bytes) {
        if (took.bytes == 0) took.needed = needed;
        break;
      }
      writeSample(into.at + took.bytes, start + done, record.length);
      took.bytes += needed;
    } else if (record.type == PERF_RECORD_LOST) {
      pages_.lost += wordAt<uint64_t>(start + done + kLostOffset);
    } else {
      pages_.others++;
    }
    done += record.size;
    releaseInPassing(start + done);
  }
  releaseUpTo(start + done);
  return took;
}

}  // namespace ringside
