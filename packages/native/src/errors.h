// How failures travel: C++ code throws Failure on any thread, and the boundary turns it into the NativeError class
// that JavaScript handed in. No other exception leaves a native function.
#pragma once

#include <exception>
#include <string>

#include "env.h"

namespace ringside {

struct Failure : std::exception {
  int number = 0;  // errno, 0 where the kernel was not asked
  std::string code;
  std::string operation;
  std::string hint;
  std::string log;

  const char* what() const noexcept override { return operation.c_str(); }
};

// `number` is an errno, positive or negative as libbpf returns it.
[[noreturn]] void fail(int number, const std::string& operation, const std::string& hint = "",
                       const std::string& log = "");
// For what is refused before the kernel is asked: ECLOSED, EPHASE, EARG, …
[[noreturn]] void failWith(const char* code, const std::string& operation, const std::string& hint);
[[noreturn]] void failClosed(const char* what);

// JavaScript thread only.
Napi::Value toNativeError(Napi::Env env, const Failure& failure);
Failure describe(const std::exception& error);

// Collects what libbpf prints on this thread while it lives: verifier logs come that way.
class LogCapture {
 public:
  LogCapture();
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  // The end of the verifier's log if there is one, else of libbpf's own messages.
  std::string tail() const;

  static void install();

 private:
  friend int capturePrint(const char* format, va_list arguments);
  std::string text_;
  LogCapture* outer_;
};

// Runs `body`, with every C++ exception turned into a pending NativeError. JavaScript thread only.
template <typename Body>
auto guarded(Napi::Env env, Body&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const Napi::Error&) {
    throw;
  } catch (const Failure& failure) {
    throw Napi::Error(env, toNativeError(env, failure));
  } catch (const std::exception& error) {
    throw Napi::Error(env, toNativeError(env, describe(error)));
  }
}

}  // namespace ringside
