// Waking a thread that blocks in a poller: nothing else interrupts a native call.
#include "waker.h"

#include <sys/eventfd.h>

#include <cerrno>

#include "registry.h"

namespace ringside {
namespace {

using Bells = Registry<Bell>;

}  // namespace

Bell::Bell() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_) fail(errno, "create an eventfd");
}

Bell::~Bell() {
  if (handle_) Bells::instance().remove(handle_);
}

std::shared_ptr<Bell> Bell::create() {
  std::shared_ptr<Bell> bell(new Bell);
  bell->handle_ = Bells::instance().add(bell);
  return bell;
}

std::shared_ptr<Bell> Bell::find(uint32_t handle) { return Bells::instance().find(handle); }

void Bell::ring() const {
  const uint64_t one = 1;
  // Fails only when the counter is full, and then the bell has long been rung.
  (void)!write(fd_.get(), &one, sizeof one);
}

bool Bell::drain() const {
  uint64_t count = 0;
  return read(fd_.get(), &count, sizeof count) == sizeof count;
}

Napi::Function Waker::define(Napi::Env env) {
  return DefineClass(env, "Waker", {method<&Waker::handle>("handle"), method<&Waker::close>("close")});
}

Waker::Waker(const Napi::CallbackInfo& info) : Wrapped<Waker>(info) {
  guarded(info.Env(), [&] { bell_ = Bell::create(); });
}

Napi::Value Waker::handle(const Napi::CallbackInfo& info) {
  if (!bell_) failClosed("waker");
  return Napi::Number::New(info.Env(), bell_->handle());
}

Napi::Value Waker::close(const Napi::CallbackInfo& info) {
  bell_.reset();
  return info.Env().Undefined();
}

Napi::Value wake(const Napi::CallbackInfo& info) {
  if (const auto bell = Bell::find(static_cast<uint32_t>(numberAt(info, 0)))) bell->ring();
  return info.Env().Undefined();
}

}  // namespace ringside
