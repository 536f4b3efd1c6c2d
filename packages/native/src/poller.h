// An epoll set of one thread: buffers with data, and a bell by which other threads end the wait.
#pragma once

#include <map>

#include "buffer.h"
#include "waker.h"

namespace ringside {

class Poller : public Wrapped<Poller> {
 public:
  static Napi::Function define(Napi::Env env);
  // new Poller(waker handle | undefined)
  explicit Poller(const Napi::CallbackInfo& info);

  Napi::Value waker(const Napi::CallbackInfo& info);
  // add(buffer handle), remove(buffer handle)
  Napi::Value add(const Napi::CallbackInfo& info);
  Napi::Value remove(const Napi::CallbackInfo& info);
  // wait(microseconds): 1 = rung, 2 = data
  Napi::Value wait(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

 private:
  int epoll() const;
  void watch(int fd, uint32_t events, uint32_t handle);
  int collect(int64_t microseconds);

  Fd epoll_;
  std::shared_ptr<Bell> bell_;
  // Keeps a watched buffer's descriptor open: closing it first would leave it in the epoll set for ever.
  std::map<uint32_t, std::shared_ptr<BufferMemory>> buffers_;
  // Data that was there when its buffer was added, and that epoll will not tell of.
  bool untold_ = false;
};

}  // namespace ringside
