// A loaded BPF program, by its descriptor: what the kernel counted about it, and running it by hand.
#pragma once

#include "fd.h"
#include "wrapped.h"

namespace ringside {

class Program : public Wrapped<Program> {
 public:
  static Napi::Function define(Napi::Env env);
  // new Program(fd): keeps a duplicate, so that the caller may close its own.
  explicit Program(const Napi::CallbackInfo& info);

  Napi::Value fd(const Napi::CallbackInfo& info);
  Napi::Value info(const Napi::CallbackInfo& info);
  // testRun(context, cpu): the program's return value; cpu -1: where the thread happens to be
  Napi::Value testRun(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

 private:
  int handle() const;

  Fd fd_;
};

}  // namespace ringside
