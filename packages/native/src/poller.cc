// Blocking in epoll without getting stuck there.
#include "poller.h"

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <utility>

#include "elsewhere.h"

namespace ringside {
namespace {

constexpr int kRung = 1;
constexpr int kData = 2;
constexpr int kMaxEvents = 16;
// How long a worker that is being terminated may still stand in a wait.
constexpr int64_t kSliceMicros = 50'000;

int64_t nowMicros() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000ll + now.tv_nsec / 1000;
}

// Kernels before 5.11 do not have it (ENOSYS), and old seccomp profiles do not know it (EPERM): asked once.
std::atomic<bool> hasMicros{true};

int waitMicros(int epoll, epoll_event* events, int64_t microseconds) {
#ifdef SYS_epoll_pwait2
  if (hasMicros.load(std::memory_order_relaxed)) {
    const timespec timeout = {microseconds / 1'000'000, microseconds % 1'000'000 * 1000};
    const int found = syscall(SYS_epoll_pwait2, epoll, events, kMaxEvents, &timeout, nullptr, 0);
    if (found >= 0 || (errno != ENOSYS && errno != EPERM)) return found;
    hasMicros.store(false, std::memory_order_relaxed);
  }
#endif
  return epoll_wait(epoll, events, kMaxEvents, static_cast<int>((microseconds + 999) / 1000));
}

// worker.terminate() and process.exit() wait for this thread to come back, and have no way to interrupt it.
bool isBeingTornDown(Napi::Env env) {
  napi_value receiver, result;
  return napi_get_undefined(env, &receiver) != napi_ok ||
         napi_call_function(env, receiver, envData(env).probe.Value(), 0, nullptr, &result) != napi_ok;
}

}  // namespace

Napi::Function Poller::define(Napi::Env env) {
  return DefineClass(env, "Poller",
                     {
                         method<&Poller::waker>("waker"),
                         method<&Poller::add>("add"),
                         method<&Poller::remove>("remove"),
                         method<&Poller::wait>("wait"),
                         method<&Poller::close>("close"),
                     });
}

Poller::Poller(const Napi::CallbackInfo& info) : Wrapped<Poller>(info) {
  guarded(info.Env(), [&] {
    auto bell = info[0].IsNumber() ? Bell::find(static_cast<uint32_t>(numberAt(info, 0))) : Bell::create();
    if (!bell) failWith("ECLOSED", "create a poller", "no waker has this handle any more");
    epoll_ = Fd(epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_) fail(errno, "create an epoll set");
    watch(bell->fd(), EPOLLIN, 0);
    bell_ = std::move(bell);
  });
}

int Poller::epoll() const {
  if (!epoll_) failClosed("poller");
  return epoll_.get();
}

void Poller::watch(int fd, uint32_t events, uint32_t handle) {
  epoll_event event = {};
  event.events = events;
  event.data.u32 = handle;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) fail(errno, "add to an epoll set");
}

Napi::Value Poller::waker(const Napi::CallbackInfo& info) {
  epoll();
  return Napi::Number::New(info.Env(), bell_->handle());
}

Napi::Value Poller::add(const Napi::CallbackInfo& info) {
  epoll();
  const auto handle = static_cast<uint32_t>(numberAt(info, 0));
  if (buffers_.count(handle)) return info.Env().Undefined();
  auto buffer = BufferMemory::find(handle);
  if (!buffer) failWith("ECLOSED", "add to a poller", "no buffer has this handle any more");
  // Edge-triggered: a ring whose head is busy, or that was not emptied, is "ready" all the time.
  watch(buffer->fd(), EPOLLIN | EPOLLET, handle);
  // kernel/events/core.c, perf_poll: a perf buffer is "ready" once for each wake-up, and adding it was that once.
  const Pages& pages = buffer->pages();
  if (buffer->kind() == BufferMemory::Kind::perf && pages.producer() != pages.consumer()) untold_ = true;
  buffers_.emplace(handle, std::move(buffer));
  return info.Env().Undefined();
}

Napi::Value Poller::remove(const Napi::CallbackInfo& info) {
  epoll();
  const auto at = buffers_.find(static_cast<uint32_t>(numberAt(info, 0)));
  if (at == buffers_.end()) return info.Env().Undefined();
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, at->second->fd(), nullptr);
  buffers_.erase(at);
  return info.Env().Undefined();
}

int Poller::collect(int64_t microseconds) {
  epoll_event events[kMaxEvents];
  const int found = waitMicros(epoll_.get(), events, untold_ ? 0 : microseconds);
  if (found < 0 && errno != EINTR) fail(errno, "wait for data");
  int mask = std::exchange(untold_, false) ? kData : 0;
  for (int i = 0; i < found; i++) {
    if (events[i].data.u32 != 0) mask |= kData;
    else if (bell_->drain()) mask |= kRung;
  }
  return mask;
}

Napi::Value Poller::wait(const Napi::CallbackInfo& info) {
  epoll();
  const int64_t deadline = nowMicros() + integerAt(info, 0);
  int mask = 0;
  noteReaderCpu();
  for (;;) {
    const int64_t left = std::max<int64_t>(0, deadline - nowMicros());
    mask = collect(std::min(left, kSliceMicros));
    if (mask != 0 || left <= kSliceMicros || isBeingTornDown(info.Env())) break;
  }
  return Napi::Number::New(info.Env(), mask);
}

Napi::Value Poller::close(const Napi::CallbackInfo& info) {
  epoll_ = Fd();
  bell_.reset();
  buffers_.clear();
  return info.Env().Undefined();
}

}  // namespace ringside
