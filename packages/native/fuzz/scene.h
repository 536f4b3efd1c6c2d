// One situation that a reader may find, made of a fuzzer's bytes: a buffer's memory, its two positions, and what is
// asked of the reader. Every byte string is one. All memory is allocated to the byte, so that the sanitizer sees each
// step outside.
//
// Layout, little-endian: u8 choice of the capacity, u8 flags, u16 bytes of the room, u64 consumer position,
// u64 producer − consumer, u16 until − consumer, then the data from the buffer's first byte (what is missing is 0).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "../src/records/cursor.h"

namespace ringside {

// Ends the run: the fuzzer keeps the bytes that led here.
#define HOLDS(condition)                                                        \
  do {                                                                          \
    if (!(condition)) {                                                         \
      fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      abort();                                                                  \
    }                                                                           \
  } while (0)

class Scene {
 public:
  static constexpr uint8_t kHasUntil = 1, kMovedByOther = 2;
  static constexpr uint64_t kAskedMax = uint64_t{1} << 53;

  Scene(const uint8_t* bytes, size_t size, unsigned copies) : at_(bytes), left_(size) {
    capacity = capacityOf(next<uint8_t>());
    const auto flags = next<uint8_t>();
    // Not so small that a buffer of empty records takes thousands of calls.
    roomBytes = std::max(next<uint16_t>() % (capacity + 16), capacity / 16);
    consumer = next<uint64_t>();
    const auto there = next<uint64_t>();
    producer = consumer + there;
    const auto wanted = next<uint16_t>();
    // Nobody can ask for a position near the end of 64 bits; the kernel's own may be forged to stand there.
    if ((flags & kHasUntil) && consumer < kAskedMax) until = consumer + wanted;
    movedByOther = flags & kMovedByOther;
    data = allocate(size_t{copies} * capacity);
    memset(data.get(), 0, size_t{copies} * capacity);
    const size_t given = left_ < capacity ? left_ : capacity;
    for (unsigned copy = 0; copy < copies && given > 0; copy++) {
      memcpy(data.get() + size_t{copy} * capacity, at_, given);
    }
  }

  unsigned char byteAt(uint64_t position) const { return data.get()[position % capacity]; }

  template <typename Word>
  Word wordAt(uint64_t position) const {
    Word word = 0;
    for (size_t i = 0; i < sizeof word; i++) word |= static_cast<Word>(Word{byteAt(position + i)} << (8 * i));
    return word;
  }

  using Memory = std::unique_ptr<unsigned char, decltype(&free)>;
  // malloc and not new: aligned to 16, with a red zone behind the last byte.
  static Memory allocate(size_t bytes) { return Memory(static_cast<unsigned char*>(malloc(bytes)), free); }

  // From 8 bytes to a page, which is what real rings have at least.
  static uint32_t capacityOf(uint8_t choice) { return 8u << choice % 10; }

  uint32_t capacity;
  uint32_t roomBytes;
  uint64_t consumer;
  uint64_t producer;
  std::optional<uint64_t> until;
  bool movedByOther;
  Memory data{nullptr, free};

 private:
  template <typename Word>
  Word next() {
    Word word = 0;
    const size_t taken = left_ < sizeof word ? left_ : sizeof word;
    if (taken > 0) memcpy(&word, at_, taken);
    at_ += taken;
    left_ -= taken;
    return word;
  }

  const uint8_t* at_;
  size_t left_;
};

// What a second, slower reading of the same memory says; each kind has its own.
struct Expected {
  std::vector<unsigned char> chunk;
  uint64_t consumer = 0;
  uint64_t lost = 0;
  uint64_t others = 0;
  bool fault = false;
  bool busy = false;
};

inline void append(std::vector<unsigned char>& chunk, uint32_t word) {
  for (int shift = 0; shift < 32; shift += 8) chunk.push_back(static_cast<unsigned char>(word >> shift));
}

// Takes all there is with rooms of the scene's size, checking each step; gives what came and where it ended.
template <typename Kind>
Expected taken(const Scene& scene, Pages& pages, Kind& cursor, uint64_t until) {
  static const std::vector<unsigned char> untouched(2 * 4096, 0xa5);
  Expected end;
  size_t roomBytes = scene.roomBytes;
  // Each record takes 8 bytes and more, and one round may ask for a larger room.
  const uint32_t roundsMax = 2 * (scene.capacity / 8) + 2;
  for (uint32_t round = 0;; round++) {
    HOLDS(round < roundsMax);
    const auto room = Scene::allocate(roomBytes ? roomBytes : 1);
    memcpy(room.get(), untouched.data(), roomBytes);
    const uint64_t before = cursor.consumer();
    const Took took = cursor.take({room.get(), roomBytes}, until);
    HOLDS(took.bytes <= roomBytes && took.bytes % 8 == 0);
    HOLDS(took.needed == 0 || (took.bytes == 0 && took.needed > roomBytes && took.needed <= scene.capacity + 8));
    HOLDS(cursor.consumer() - before <= scene.capacity);
    HOLDS(took.bytes == 0 || cursor.consumer() != before);
    HOLDS(memcmp(room.get() + took.bytes, untouched.data(), roomBytes - took.bytes) == 0);
    end.chunk.insert(end.chunk.end(), room.get(), room.get() + took.bytes);
    if (took.needed) roomBytes = took.needed;
    else if (took.bytes == 0) break;
  }
  end.consumer = cursor.consumer();
  end.fault = pages.fault;
  end.lost = pages.lost;
  end.others = pages.others;
  end.busy = cursor.busy();
  return end;
}

inline void expectSame(const Expected& found, const Expected& expected) {
  HOLDS(found.fault == expected.fault);
  HOLDS(found.consumer == expected.consumer);
  HOLDS(found.chunk == expected.chunk);
  HOLDS(found.lost == expected.lost);
  HOLDS(found.others == expected.others);
  HOLDS(found.busy == expected.busy);
}

// Reads the scene up to `until`, then to its end, against `expect(scene, from, until)`.
template <typename Kind, typename Expect>
void play(const Scene& scene, unsigned copies, Expect expect) {
  uint64_t producer = scene.producer, consumer = scene.consumer;
  const size_t bytes = size_t{copies} * scene.capacity;
  const auto copy = Scene::allocate(bytes);
  memcpy(copy.get(), scene.data.get(), bytes);
  Pages pages(&producer, &consumer, scene.data.get(), scene.capacity);
  constexpr uint64_t kReleaseOften = 64;
  Kind cursor(pages, kReleaseOften);
  if (scene.movedByOther) consumer += 8;
  Expected before;
  before.consumer = scene.consumer;
  if (scene.until) {
    before = expect(scene, before, scene.until);
    expectSame(taken(scene, pages, cursor, *scene.until), before);
    before.chunk.clear();
  }
  const Expected whole = expect(scene, before, std::nullopt);
  expectSame(taken(scene, pages, cursor, Cursor::kNoLimit), whole);
  // Nothing else was written: not the data, not the producer's position, and the consumer's only by releases.
  HOLDS(memcmp(copy.get(), scene.data.get(), bytes) == 0);
  HOLDS(producer == scene.producer);
  HOLDS(scene.movedByOther || consumer == whole.consumer);
  HOLDS(whole.fault || whole.busy || whole.consumer == producer);
}

}  // namespace ringside
