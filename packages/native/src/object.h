// A BPF object file: open → configure → load → attach → close. A method out of its phase fails with EPHASE.
#pragma once

#include <bpf/libbpf.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fd.h"
#include "wrapped.h"

namespace ringside {

class Object : public Wrapped<Object> {
 public:
  static Napi::Function define(Napi::Env env);
  // new Object(file)
  explicit Object(const Napi::CallbackInfo& info);

  Napi::Value setMaxEntries(const Napi::CallbackInfo& info);
  Napi::Value setAutocreate(const Napi::CallbackInfo& info);
  Napi::Value setAutoload(const Napi::CallbackInfo& info);
  Napi::Value setInnerMap(const Napi::CallbackInfo& info);
  Napi::Value setGlobal(const Napi::CallbackInfo& info);
  Napi::Value load(const Napi::CallbackInfo& info);
  Napi::Value programs(const Napi::CallbackInfo& info);
  Napi::Value attach(const Napi::CallbackInfo& info);
  Napi::Value detach(const Napi::CallbackInfo& info);
  Napi::Value programFd(const Napi::CallbackInfo& info);
  Napi::Value mapFd(const Napi::CallbackInfo& info);
  Napi::Value layout(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

 private:
  enum class Phase { open, loaded, closed };
  template <auto Release>
  struct Releaser {
    template <typename T>
    void operator()(T* held) const {
      Release(held);
    }
  };
  using Link = std::unique_ptr<bpf_link, Releaser<bpf_link__destroy>>;

  void require(Phase phase, const char* operation) const;
  bpf_object* opened() const;
  bpf_map* mapAt(const Napi::CallbackInfo& info, size_t index) const;
  bpf_program* programAt(const Napi::CallbackInfo& info, size_t index) const;

  Phase phase_ = Phase::closed;
  // Released in reverse: links first, then the object, then the templates that it was loaded with.
  std::vector<Fd> templates_;
  std::unique_ptr<bpf_object, Releaser<bpf_object__close>> object_;
  std::map<std::string, Link> links_;
};

}  // namespace ringside
