// The JavaScript face of a cursor: the one reader of one buffer, of either kind. Used by one thread at a time.
#pragma once

#include "buffer.h"

namespace ringside {

class Reader : public Wrapped<Reader> {
 public:
  static Napi::Function define(Napi::Env env);
  // new Reader(handle, 'ring' | 'perf')
  explicit Reader(const Napi::CallbackInfo& info);
  ~Reader() override { release(); }

  Napi::Value capacity(const Napi::CallbackInfo& info);
  // consume(into, until | undefined): bytes
  Napi::Value consume(const Napi::CallbackInfo& info);
  Napi::Value producer(const Napi::CallbackInfo& info);
  Napi::Value consumer(const Napi::CallbackInfo& info);
  Napi::Value busy(const Napi::CallbackInfo& info);
  Napi::Value fault(const Napi::CallbackInfo& info);
  Napi::Value lost(const Napi::CallbackInfo& info);
  Napi::Value others(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

 private:
  Cursor& cursor() const;
  Pages& pages() const;
  void release();

  std::shared_ptr<BufferMemory> memory_;
  std::unique_ptr<Cursor> cursor_;
};

}  // namespace ringside
