// A BPF map as bytes: looked up and updated by key, or read and written in place where the kernel lets it be mapped.
#pragma once

#include <bpf/bpf.h>

#include <memory>

#include "fd.h"
#include "wrapped.h"

namespace ringside {

class Map : public Wrapped<Map> {
 public:
  static Napi::Function define(Napi::Env env);
  // new Map(fd): keeps a duplicate, so that the caller may close its own.
  explicit Map(const Napi::CallbackInfo& info);

  Napi::Value describe(const Napi::CallbackInfo& info);
  Napi::Value lookup(const Napi::CallbackInfo& info);
  Napi::Value update(const Napi::CallbackInfo& info);
  Napi::Value updateAsync(const Napi::CallbackInfo& info);
  Napi::Value remove(const Napi::CallbackInfo& info);
  Napi::Value deleteAsync(const Napi::CallbackInfo& info);
  Napi::Value drainAsync(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value write(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

 private:
  void map();
  const Fd& fd() const;
  Bytes keyAt(const Napi::CallbackInfo& info, size_t index) const;
  Bytes valueAt(const Napi::CallbackInfo& info, size_t index) const;
  size_t placeAt(const Napi::CallbackInfo& info, Bytes bytes) const;

  // Shared with updates under way on pool threads, which must not find the number reused.
  std::shared_ptr<Fd> fd_;
  bpf_map_info info_ = {};
  size_t valueBytes_ = 0;
  Mapping memory_;
  size_t mappedBytes_ = 0;
  bool writable_ = false;
};

}  // namespace ringside
