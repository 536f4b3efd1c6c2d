// The reader of kernel/bpf/ringbuf.c's protocol.
#include "reader.h"

#include <cmath>
#include <cstring>

namespace ringside {
namespace {

// Giving room back in steps keeps producers going during a long pass, and their cache line quiet in between.
constexpr uint64_t kReleaseBytes = 32 << 10;
// Positions beyond this are not exact in JavaScript, and no ring lives to see it.
constexpr double kMaxPosition = 9007199254740992.0;

// Pairs with the kernel's store-release (xchg) when it commits the record.
uint32_t headerAt(const RingMemory& ring, uint64_t position) {
  const auto* header = reinterpret_cast<const uint32_t*>(ring.data() + (position & (ring.capacity() - 1)));
  return __atomic_load_n(header, __ATOMIC_ACQUIRE);
}

}  // namespace

Napi::Function Reader::define(Napi::Env env) {
  return DefineClass(env, "Reader",
                     {
                         method<&Reader::capacity>("capacity"),
                         method<&Reader::consume>("consume"),
                         method<&Reader::producer>("producer"),
                         method<&Reader::consumer>("consumer"),
                         method<&Reader::busy>("busy"),
                         method<&Reader::fault>("fault"),
                         method<&Reader::close>("close"),
                     });
}

Reader::Reader(const Napi::CallbackInfo& info) : Wrapped<Reader>(info) {
  guarded(info.Env(), [&] {
    auto ring = RingMemory::find(static_cast<uint32_t>(numberAt(info, 0)));
    if (!ring) failWith("ECLOSED", "open a reader", "no ring has this handle any more");
    if (!ring->claim()) {
      failWith("EBUSY", "open a reader", "the ring has a reader: a second would take every record twice");
    }
    ring_ = std::move(ring);
    consumer_ = ring_->consumer();
  });
}

RingMemory& Reader::ring() const {
  if (!ring_) failClosed("reader");
  return *ring_;
}

bool Reader::positionsAreSound(uint64_t producer) const {
  return ring_->consumer() == consumer_ && consumer_ % 8 == 0 && producer - consumer_ <= ring_->capacity();
}

// Copies records that end at or before `until`. A violation of the protocol is final: nothing is repaired.
size_t Reader::take(Bytes into, uint64_t until) {
  RingMemory& ring = *ring_;
  if (ring.fault) return 0;
  const uint64_t producer = ring.producer();
  if (!positionsAreSound(producer)) {
    ring.fault = true;
    return 0;
  }
  const uint64_t mask = ring.capacity() - 1;
  const uint64_t end = std::min(producer, until);
  uint64_t position = consumer_;
  size_t taken = 0;
  while (position < end) {
    const uint32_t header = headerAt(ring, position);
    if (header & kRecordBusy) break;
    const uint32_t length = header & ~kRecordDiscarded;
    const uint64_t whole = (static_cast<uint64_t>(length) + kRecordHeaderBytes + 7) & ~7ull;
    if (whole > ring.capacity() || position + whole > producer) {
      ring.fault = true;
      break;
    }
    if (position + whole > end) break;
    if (!(header & kRecordDiscarded)) {
      if (taken + whole > into.size) {
        if (taken > 0) break;
        failWith("ENOBUFS", "consume", "the next record needs " + std::to_string(whole) + " bytes");
      }
      memcpy(into.at + taken, ring.data() + (position & mask), whole);
      taken += whole;
    }
    position += whole;
    if (position - consumer_ >= kReleaseBytes) ring.release(consumer_ = position);
  }
  if (position != consumer_) ring.release(consumer_ = position);
  return taken;
}

Napi::Value Reader::consume(const Napi::CallbackInfo& info) {
  ring();
  uint64_t until = UINT64_MAX;
  if (info[1].IsNumber()) {
    const double wanted = numberAt(info, 1);
    if (!(wanted >= 0)) failWith("EARG", "consume", "`until` is a position, 0 or more");
    if (wanted < kMaxPosition) until = static_cast<uint64_t>(wanted);
  }
  return Napi::Number::New(info.Env(), static_cast<double>(take(bytesAt(info, 0), until)));
}

Napi::Value Reader::capacity(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), ring().capacity());
}

Napi::Value Reader::producer(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(ring().producer()));
}

Napi::Value Reader::consumer(const Napi::CallbackInfo& info) {
  ring();
  return Napi::Number::New(info.Env(), static_cast<double>(consumer_));
}

Napi::Value Reader::busy(const Napi::CallbackInfo& info) {
  const RingMemory& memory = ring();
  const bool head = !memory.fault && memory.producer() != consumer_ && positionsAreSound(memory.producer());
  return Napi::Boolean::New(info.Env(), head && (headerAt(memory, consumer_) & kRecordBusy) != 0);
}

Napi::Value Reader::fault(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), ring().fault.load());
}

Napi::Value Reader::close(const Napi::CallbackInfo& info) {
  release();
  return info.Env().Undefined();
}

void Reader::release() {
  if (!ring_) return;
  ring_->unclaim();
  ring_.reset();
}

}  // namespace ringside
