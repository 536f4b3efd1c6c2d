// Runs blocking work on one of the process's pool threads and settles a promise with its outcome.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "errors.h"

namespace ringside {

class PoolTask : public Napi::AsyncWorker {
 public:
  // `work` runs on a pool thread and may throw Failure; `result` makes the promise's value on the JavaScript thread.
  static Napi::Promise run(Napi::Env env, std::function<void()> work,
                           std::function<Napi::Value(Napi::Env)> result) {
    auto* task = new PoolTask(env, std::move(work), std::move(result));
    task->Queue();
    return task->deferred_.Promise();
  }

 protected:
  void Execute() override {  // pool thread
    try {
      work_();
    } catch (const Failure& failure) {
      failure_ = failure;
    } catch (const std::exception& error) {
      failure_ = describe(error);
    }
  }

  void OnOK() override {  // JavaScript thread
    if (failure_) deferred_.Reject(toNativeError(Env(), *failure_));
    else deferred_.Resolve(result_(Env()));
  }

 private:
  PoolTask(Napi::Env env, std::function<void()> work, std::function<Napi::Value(Napi::Env)> result)
      : Napi::AsyncWorker(env), deferred_(env), work_(std::move(work)), result_(std::move(result)) {}

  Napi::Promise::Deferred deferred_;
  std::function<void()> work_;
  std::function<Napi::Value(Napi::Env)> result_;
  std::optional<Failure> failure_;
};

}  // namespace ringside
