// The memory of one BPF_MAP_TYPE_RINGBUF: its two position pages and its data, mapped once for the whole process.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "fd.h"
#include "wrapped.h"

namespace ringside {

// kernel/bpf/ringbuf.c, include/uapi/linux/bpf.h: a record is an 8-byte header {u32 length | bits, u32 page offset},
// its bytes, and padding to 8.
constexpr uint32_t kRecordBusy = 1u << 31;
constexpr uint32_t kRecordDiscarded = 1u << 30;
constexpr uint32_t kRecordHeaderBytes = 8;

class RingMemory {
 public:
  // Any thread; blocks while the kernel zeroes the pages. Throws Failure.
  static std::shared_ptr<RingMemory> create(uint32_t bytes, const std::string& name);
  static std::shared_ptr<RingMemory> find(uint32_t handle);
  ~RingMemory();
  RingMemory(const RingMemory&) = delete;
  RingMemory& operator=(const RingMemory&) = delete;

  uint32_t handle() const { return handle_; }
  uint32_t capacity() const { return capacity_; }
  int fd() const { return fd_.get(); }
  const unsigned char* data() const { return data_; }

  // Pairs with the kernel's store-release after a reservation.
  uint64_t producer() const { return __atomic_load_n(producer_, __ATOMIC_ACQUIRE); }
  uint64_t consumer() const { return __atomic_load_n(consumer_, __ATOMIC_ACQUIRE); }
  // The reader's only write. Pairs with the kernel's load-acquire in a reservation.
  void release(uint64_t position) { __atomic_store_n(consumer_, position, __ATOMIC_RELEASE); }

  // One reader at a time: two would each get every record and move the position backwards.
  bool claim() { return !claimed_.exchange(true); }
  void unclaim() { claimed_ = false; }

  std::atomic<bool> fault{false};

 private:
  RingMemory(Fd fd, uint32_t capacity);

  Fd fd_;
  uint32_t capacity_;
  uint32_t handle_ = 0;
  Mapping consumerPage_;
  Mapping producerPages_;
  uint64_t* consumer_;
  const uint64_t* producer_;
  const unsigned char* data_;
  std::atomic<bool> claimed_{false};
};

// A JavaScript reference to a ring's memory.
class Ring : public Wrapped<Ring> {
 public:
  static Napi::Function define(Napi::Env env);
  // new Ring(bytes, name), or new Ring(external) for one that a pool thread made.
  explicit Ring(const Napi::CallbackInfo& info);

  Napi::Value fd(const Napi::CallbackInfo& info);
  Napi::Value handle(const Napi::CallbackInfo& info);
  Napi::Value capacity(const Napi::CallbackInfo& info);
  Napi::Value positions(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

 private:
  RingMemory& memory() const;

  std::shared_ptr<RingMemory> memory_;
};

// createRing(bytes, name): Promise<Ring>
Napi::Value createRing(const Napi::CallbackInfo& info);

}  // namespace ringside
