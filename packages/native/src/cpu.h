// CPUs, the calling thread's place on them, and the kernel's clock.
#pragma once

#include "wrapped.h"

namespace ringside {

Napi::Value possibleCpus(const Napi::CallbackInfo& info);
Napi::Value onlineCpus(const Napi::CallbackInfo& info);
// pinThread(cpu): -1 lets the thread run anywhere
Napi::Value pinThread(const Napi::CallbackInfo& info);
Napi::Value setTimerSlack(const Napi::CallbackInfo& info);
Napi::Value monotonicNs(const Napi::CallbackInfo& info);
Napi::Value pageBytes(const Napi::CallbackInfo& info);

}  // namespace ringside
