// A kernel timer that fires in interrupt context on one chosen CPU. No thread of this process takes part in it.
#pragma once

#include "fd.h"
#include "wrapped.h"

namespace ringside {

class Ticker : public Wrapped<Ticker> {
 public:
  static Napi::Function define(Napi::Env env);
  // new Ticker(hz, cpu)
  explicit Ticker(const Napi::CallbackInfo& info);

  Napi::Value expirations(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

 private:
  Fd event_;
  uint64_t periodNs_ = 0;
};

}  // namespace ringside
