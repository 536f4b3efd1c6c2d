// Base of the addon's classes and functions: registers them so that no exception crosses untyped, and reads their
// arguments. lib/ has validated these already; what is checked here keeps memory safe even without it.
#pragma once

#include <string>

#include "errors.h"

namespace ringside {

template <typename T>
class Wrapped : public Napi::ObjectWrap<T> {
 public:
  explicit Wrapped(const Napi::CallbackInfo& info) : Napi::ObjectWrap<T>(info) {}

  using Method = Napi::Value (T::*)(const Napi::CallbackInfo&);

  template <Method Body>
  static Napi::ClassPropertyDescriptor<T> method(const char* name) {
    return Napi::ObjectWrap<T>::InstanceMethod(name, static_cast<Method>(&Wrapped::template call<Body>));
  }

 private:
  template <Method Body>
  Napi::Value call(const Napi::CallbackInfo& info) {
    return guarded(info.Env(), [&] { return (static_cast<T*>(this)->*Body)(info); });
  }
};

using Function = Napi::Value (*)(const Napi::CallbackInfo&);

template <Function Body>
Napi::Value guardedFunction(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] { return Body(info); });
}

template <Function Body>
void addFunction(Napi::Object exports, const char* name) {
  exports.Set(name, Napi::Function::New<guardedFunction<Body>>(exports.Env(), name));
}

inline std::string textAt(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsString()) failWith("EARG", "argument", "a string is expected");
  return info[index].As<Napi::String>().Utf8Value();
}

inline double numberAt(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsNumber()) failWith("EARG", "argument", "a number is expected");
  return info[index].As<Napi::Number>().DoubleValue();
}

inline int64_t integerAt(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsNumber()) failWith("EARG", "argument", "a number is expected");
  return info[index].As<Napi::Number>().Int64Value();
}

struct Bytes {
  unsigned char* at;
  size_t size;
};

// The bytes belong to JavaScript: good until the native function returns.
inline Bytes bytesAt(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsTypedArray()) failWith("EARG", "argument", "a Uint8Array is expected");
  void* at = nullptr;
  size_t size = 0;
  napi_typedarray_type type;
  if (napi_get_typedarray_info(info.Env(), info[index], &type, &size, &at, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array) {
    failWith("EARG", "argument", "a Uint8Array is expected");
  }
  return {static_cast<unsigned char*>(at), at ? size : 0};
}

}  // namespace ringside
