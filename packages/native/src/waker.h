// An eventfd that any thread may ring by its handle, and that a poller waits on.
#pragma once

#include <memory>

#include "fd.h"
#include "wrapped.h"

namespace ringside {

class Bell {
 public:
  static std::shared_ptr<Bell> create();
  static std::shared_ptr<Bell> find(uint32_t handle);
  ~Bell();

  uint32_t handle() const { return handle_; }
  int fd() const { return fd_.get(); }
  void ring() const;
  // Poller's thread. True when it had been rung.
  bool drain() const;

 private:
  Bell();

  Fd fd_;
  uint32_t handle_ = 0;
};

class Waker : public Wrapped<Waker> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Waker(const Napi::CallbackInfo& info);

  Napi::Value handle(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

 private:
  std::shared_ptr<Bell> bell_;
};

// wake(handle): any thread; nothing happens when the handle is unknown.
Napi::Value wake(const Napi::CallbackInfo& info);

}  // namespace ringside
