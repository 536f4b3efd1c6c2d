// A CPU-clock event of the perf subsystem: its hrtimer is pinned to the CPU and restarts itself in the interrupt.
// A timerfd or a sleeping thread would do it only while that thread gets the CPU, which a test keeps busy.
#include "ticker.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>

#include <cerrno>

namespace ringside {

Napi::Function Ticker::define(Napi::Env env) {
  return DefineClass(env, "Ticker", {method<&Ticker::expirations>("expirations"), method<&Ticker::close>("close")});
}

Ticker::Ticker(const Napi::CallbackInfo& info) : Wrapped<Ticker>(info) {
  guarded(info.Env(), [&] {
    periodNs_ = static_cast<uint64_t>(1e9 / numberAt(info, 0));
    perf_event_attr attributes = {};
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.config = PERF_COUNT_SW_CPU_CLOCK;
    attributes.sample_period = periodNs_;
    const int cpu = static_cast<int>(integerAt(info, 1));
    event_ = Fd(static_cast<int>(syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC)));
    if (!event_) fail(errno, "start a timer on CPU " + std::to_string(cpu));
  });
}

Napi::Value Ticker::expirations(const Napi::CallbackInfo& info) {
  if (!event_) failClosed("ticker");
  // The event counts the nanoseconds for which its timer has been running.
  uint64_t ns = 0;
  if (::read(event_.get(), &ns, sizeof ns) != sizeof ns) fail(errno, "read a timer");
  return Napi::Number::New(info.Env(), static_cast<double>(ns / periodNs_));
}

Napi::Value Ticker::close(const Napi::CallbackInfo& info) {
  event_ = Fd();
  return info.Env().Undefined();
}

}  // namespace ringside
