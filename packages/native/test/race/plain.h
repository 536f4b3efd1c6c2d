// Buffers in ordinary memory, filled as the kernel fills its own: what stands on the other side of the readers.
#pragma once

#include <linux/perf_event.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>

#include "../../src/records/perfcursor.h"
#include "../../src/records/ringcursor.h"
#include "../../src/registry.h"

namespace ringside {

#define HOLDS(condition)                                                             \
  do {                                                                               \
    if (!(condition)) {                                                              \
      fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                       \
    }                                                                                \
  } while (0)

// The same pages twice in a row, as the kernel maps a ring's data.
class Mirror {
 public:
  explicit Mirror(size_t bytes) : bytes_(bytes) {
    const int fd = memfd_create("mirror", MFD_CLOEXEC);
    HOLDS(fd >= 0 && ftruncate(fd, bytes) == 0);
    at_ = static_cast<unsigned char*>(mmap(nullptr, 2 * bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (unsigned char* half : {at_, at_ + bytes}) {
      HOLDS(mmap(half, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == half);
    }
    close(fd);
  }
  ~Mirror() { munmap(at_, 2 * bytes_); }
  Mirror(const Mirror&) = delete;
  Mirror& operator=(const Mirror&) = delete;

  unsigned char* at() const { return at_; }

 private:
  const size_t bytes_;
  unsigned char* at_;
};

// What is written: which stream, and its number as often as makes the length. Multiples of 8.
struct Event {
  static constexpr uint32_t kWordsMax = 40;

  Event(uint32_t stream, uint64_t number, uint32_t words) : bytes(8 + 8 * words) {
    const uint32_t head[] = {stream, words};
    memcpy(at, head, sizeof head);
    for (uint32_t i = 0; i < words; i++) memcpy(at + 8 + 8 * i, &number, sizeof number);
  }

  const uint32_t bytes;
  unsigned char at[8 + 8 * kWordsMax];
};

class PlainBuffer;
using Buffers = Registry<PlainBuffer>;

class PlainBuffer {
 public:
  explicit PlainBuffer(uint32_t capacity) : data_(capacity), pages(&producer_, &consumer_, data_.at(), capacity) {}
  virtual ~PlainBuffer() { Buffers::instance().remove(handle_); }
  virtual std::unique_ptr<Cursor> cursor() = 0;
  uint32_t enlist(const std::shared_ptr<PlainBuffer>& self) { return handle_ = Buffers::instance().add(self); }
  // False when there is no room. From any thread.
  virtual bool put(const Event& event) = 0;

 protected:
  // What the kernel reads of the reader's, and writes for it.
  uint64_t consumer() const { return __atomic_load_n(&consumer_, __ATOMIC_ACQUIRE); }
  void publish(uint64_t position) { __atomic_store_n(&producer_, position, __ATOMIC_RELEASE); }
  unsigned char* placeOf(uint64_t position) const { return data_.at() + (position & (pages.capacity - 1)); }

  Mirror data_;
  uint64_t producer_ = 0;
  uint64_t consumer_ = 0;
  uint32_t handle_ = 0;

 public:
  Pages pages;
};

// kernel/bpf/ringbuf.c: reservations under a lock, commits in any order.
class PlainRing : public PlainBuffer {
 public:
  using PlainBuffer::PlainBuffer;

  std::unique_ptr<Cursor> cursor() override { return std::make_unique<RingCursor>(pages); }

  bool put(const Event& event) override {
    unsigned char* record = reserve(event.bytes);
    if (!record) return false;
    memcpy(record + kChunkHeaderBytes, event.at, event.bytes);
    __atomic_exchange_n(reinterpret_cast<uint32_t*>(record), event.bytes, __ATOMIC_ACQ_REL);
    return true;
  }

  // A record that was reserved and is given up.
  void discard() {
    if (unsigned char* record = reserve(8)) {
      __atomic_exchange_n(reinterpret_cast<uint32_t*>(record), 8 | kRecordDiscarded, __ATOMIC_ACQ_REL);
    }
  }

 private:
  unsigned char* reserve(uint32_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const uint64_t position = producer_, end = position + kChunkHeaderBytes + bytes;
    if (end - consumer() > pages.capacity - 1) return nullptr;
    unsigned char* record = placeOf(position);
    __atomic_store_n(reinterpret_cast<uint32_t*>(record), bytes | kRecordBusy, __ATOMIC_RELAXED);
    publish(end);
    return record;
  }

  std::mutex mutex_;
};

// kernel/events/ring_buffer.c: one CPU writes whole records, and tells of losses with the next that has room.
class PlainPerf : public PlainBuffer {
 public:
  using PlainBuffer::PlainBuffer;

  std::unique_ptr<Cursor> cursor() override { return std::make_unique<PerfCursor>(pages); }

  bool put(const Event& event) override {
    constexpr uint16_t kLostBytes = 24;
    const auto whole = static_cast<uint16_t>(12 + event.bytes + kTrailingBytes);
    const uint64_t told = lost_ ? kLostBytes : 0;
    if (pages.capacity - 1 - (producer_ - consumer()) < told + whole) {
      lost_++;
      lostInAll++;
      return false;
    }
    at_ = producer_;
    if (lost_) {
      writeHeader(PERF_RECORD_LOST, kLostBytes);
      const uint64_t body[] = {0, std::exchange(lost_, 0)};
      write(body, sizeof body);
    }
    writeHeader(PERF_RECORD_SAMPLE, whole);
    const uint32_t raw = event.bytes + kTrailingBytes;
    write(&raw, sizeof raw);
    write(event.at, event.bytes);
    write(&raw, kTrailingBytes);
    publish(at_);
    return true;
  }

  uint64_t lostInAll = 0;

 private:
  // The kernel rounds the size and what is raw up to 8 together.
  static constexpr uint32_t kTrailingBytes = 4;

  void writeHeader(uint32_t type, uint16_t size) {
    const perf_event_header header = {type, 0, size};
    write(&header, sizeof header);
  }

  // The data stands once: byte by byte, since what is written here may wrap anywhere.
  void write(const void* bytes, size_t size) {
    for (size_t i = 0; i < size; i++) *placeOf(at_++) = static_cast<const unsigned char*>(bytes)[i];
  }

  uint64_t at_ = 0;
  uint64_t lost_ = 0;
};

}  // namespace ringside
