// One buffer as its reader sees it: two positions and the data. Pure C++: it knows neither JavaScript nor who made the
// memory, so that sanitizers and fuzzers can hand in memory of their own.
#pragma once

#include <atomic>
#include <cstdint>

namespace ringside {

class Pages {
 public:
  // `producer` is written by the kernel alone, `consumer` by the reader alone. Positions count bytes and never wrap.
  Pages(const uint64_t* producer, uint64_t* consumer, const unsigned char* data, uint32_t capacity)
      : data(data), capacity(capacity), producer_(producer), consumer_(consumer) {}
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  // Pairs with the kernel's store-release after it has made room (ring) or written records (perf).
  uint64_t producer() const { return __atomic_load_n(producer_, __ATOMIC_ACQUIRE); }
  uint64_t consumer() const { return __atomic_load_n(consumer_, __ATOMIC_ACQUIRE); }
  // The reader's only write. Pairs with the kernel's load when it looks for room.
  void release(uint64_t position) { __atomic_store_n(consumer_, position, __ATOMIC_RELEASE); }

  // One reader at a time: two would each get every record and move the position backwards.
  bool claim() { return !claimed_.exchange(true); }
  void unclaim() { claimed_ = false; }

  // Both kinds begin on a page. A ring's data stands there twice in a row, a perf buffer's once.
  const unsigned char* const data;
  // A power of two, at least 8.
  const uint32_t capacity;

  // They outlast a reader: the next one finds them.
  std::atomic<bool> fault{false};
  std::atomic<uint64_t> lost{0};
  std::atomic<uint64_t> others{0};

 private:
  const uint64_t* producer_;
  uint64_t* consumer_;
  std::atomic<bool> claimed_{false};
};

}  // namespace ringside
