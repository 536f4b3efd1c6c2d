// Takes whole records out of one ring, up to a position. Used by one thread at a time; knows lengths, never what a
// record means.
#pragma once

#include "ring.h"

namespace ringside {

class Reader : public Wrapped<Reader> {
 public:
  static Napi::Function define(Napi::Env env);
  // new Reader(handle)
  explicit Reader(const Napi::CallbackInfo& info);
  ~Reader() override { release(); }

  Napi::Value capacity(const Napi::CallbackInfo& info);
  // consume(into, until | undefined): bytes
  Napi::Value consume(const Napi::CallbackInfo& info);
  Napi::Value producer(const Napi::CallbackInfo& info);
  Napi::Value consumer(const Napi::CallbackInfo& info);
  Napi::Value busy(const Napi::CallbackInfo& info);
  Napi::Value fault(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

 private:
  RingMemory& ring() const;
  bool positionsAreSound(uint64_t producer) const;
  size_t take(Bytes into, uint64_t until);
  void release();

  std::shared_ptr<RingMemory> ring_;
  // What this reader stored last. Nobody else may write it: the page is checked against it.
  uint64_t consumer_ = 0;
};

}  // namespace ringside
