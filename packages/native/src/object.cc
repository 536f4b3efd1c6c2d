// The life of an object. Every method runs on the calling JavaScript thread; load and detach block it for a while.
#include "object.h"

#include <bpf/bpf.h>

#include <cerrno>
#include <cstring>

#include "btf.h"

namespace ringside {

Napi::Function Object::define(Napi::Env env) {
  return DefineClass(env, "Object",
                     {
                         method<&Object::setMaxEntries>("setMaxEntries"),
                         method<&Object::setAutocreate>("setAutocreate"),
                         method<&Object::setAutoload>("setAutoload"),
                         method<&Object::setInnerMap>("setInnerMap"),
                         method<&Object::setGlobal>("setGlobal"),
                         method<&Object::load>("load"),
                         method<&Object::programs>("programs"),
                         method<&Object::attach>("attach"),
                         method<&Object::detach>("detach"),
                         method<&Object::programFd>("programFd"),
                         method<&Object::mapFd>("mapFd"),
                         method<&Object::layout>("layout"),
                         method<&Object::close>("close"),
                     });
}

Object::Object(const Napi::CallbackInfo& info) : Wrapped<Object>(info) {
  guarded(info.Env(), [&] {
    const std::string file = textAt(info, 0);
    const LogCapture messages;
    object_.reset(bpf_object__open_file(file.c_str(), nullptr));
    if (!object_) {
      const int number = errno;
      const char* hint = number == ENOENT ? "the BPF object is not built yet, or stands elsewhere"
                                          : "the file is not a BPF object that libbpf understands";
      fail(number, "open " + file, hint, messages.tail());
    }
    phase_ = Phase::open;
  });
}

void Object::require(Phase phase, const char* operation) const {
  if (phase_ == phase) return;
  if (phase_ == Phase::closed) failClosed("object");
  failWith("EPHASE", operation, phase_ == Phase::open ? "load the object first" : "the object is loaded already");
}

bpf_object* Object::opened() const {
  if (phase_ == Phase::closed) failClosed("object");
  return object_.get();
}

bpf_map* Object::mapAt(const Napi::CallbackInfo& info, size_t index) const {
  const std::string name = textAt(info, index);
  bpf_map* map = bpf_object__find_map_by_name(opened(), name.c_str());
  if (!map) failWith("ENOENT", "map " + name, "the object has no map of this name");
  return map;
}

bpf_program* Object::programAt(const Napi::CallbackInfo& info, size_t index) const {
  const std::string name = textAt(info, index);
  bpf_program* program = bpf_object__find_program_by_name(opened(), name.c_str());
  if (!program) failWith("ENOENT", "program " + name, "the object has no program of this name");
  return program;
}

Napi::Value Object::setMaxEntries(const Napi::CallbackInfo& info) {
  require(Phase::open, "set a map's entries");
  const int result = bpf_map__set_max_entries(mapAt(info, 0), static_cast<uint32_t>(numberAt(info, 1)));
  if (result != 0) fail(result, "set a map's entries");
  return info.Env().Undefined();
}

Napi::Value Object::setAutocreate(const Napi::CallbackInfo& info) {
  require(Phase::open, "choose a map");
  const int result = bpf_map__set_autocreate(mapAt(info, 0), info[1].ToBoolean());
  if (result != 0) fail(result, "choose a map");
  return info.Env().Undefined();
}

Napi::Value Object::setAutoload(const Napi::CallbackInfo& info) {
  require(Phase::open, "choose a program");
  const int result = bpf_program__set_autoload(programAt(info, 0), info[1].ToBoolean());
  if (result != 0) fail(result, "choose a program");
  return info.Env().Undefined();
}

Napi::Value Object::setInnerMap(const Napi::CallbackInfo& info) {
  require(Phase::open, "set an inner map");
  bpf_map* outer = mapAt(info, 0);
  Fd inner(bpf_map_create(BPF_MAP_TYPE_RINGBUF, nullptr, 0, 0, static_cast<uint32_t>(numberAt(info, 1)), nullptr));
  if (!inner) fail(errno, "create an inner map");
  const int result = bpf_map__set_inner_map_fd(outer, inner.get());
  if (result != 0) fail(result, "set an inner map", "the object declares one already, or the map holds no maps");
  templates_.push_back(std::move(inner));
  return info.Env().Undefined();
}

Napi::Value Object::setGlobal(const Napi::CallbackInfo& info) {
  require(Phase::open, "set a global");
  const std::string name = textAt(info, 0);
  const Bytes value = bytesAt(info, 1);
  const auto place = findVariable(object_.get(), ".rodata", name);
  bpf_map* section = nullptr;
  bpf_object__for_each_map(section, object_.get()) {
    if (strstr(bpf_map__name(section), ".rodata")) break;
  }
  size_t bytes = 0;
  auto* data = section ? static_cast<unsigned char*>(bpf_map__initial_value(section, &bytes)) : nullptr;
  if (!place || !data) failWith("ENOENT", "global " + name, "the object has no `const volatile` of this name");
  if (place->bytes != value.size || place->offset + value.size > bytes) {
    failWith("EARG", "global " + name, "its size is " + std::to_string(place->bytes) + " bytes");
  }
  memcpy(data + place->offset, value.at, value.size);
  return info.Env().Undefined();
}

Napi::Value Object::load(const Napi::CallbackInfo& info) {
  require(Phase::open, "load");
  const LogCapture messages;
  const int result = bpf_object__load(object_.get());
  // What failed to load cannot be tried again: libbpf has let go of parts of it.
  phase_ = result == 0 ? Phase::loaded : Phase::closed;
  templates_.clear();
  if (result != 0) {
    object_.reset();
    fail(result, "load", "", messages.tail());
  }
  return info.Env().Undefined();
}

Napi::Value Object::programs(const Napi::CallbackInfo& info) {
  const bpf_object* object = opened();
  Napi::Array programs = Napi::Array::New(info.Env());
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object) {
    Napi::Object entry = Napi::Object::New(info.Env());
    entry.Set("name", bpf_program__name(program));
    entry.Set("section", bpf_program__section_name(program));
    entry.Set("autoload", bpf_program__autoload(program));
    programs.Set(programs.Length(), entry);
  }
  return programs;
}

Napi::Value Object::attach(const Napi::CallbackInfo& info) {
  require(Phase::loaded, "attach");
  const bpf_program* program = programAt(info, 0);
  const std::string name = bpf_program__name(program);
  if (links_.count(name)) return info.Env().Undefined();
  const LogCapture messages;
  Link link(bpf_program__attach(program));
  if (!link) fail(errno, "attach " + name, "", messages.tail());
  links_.emplace(name, std::move(link));
  return info.Env().Undefined();
}

Napi::Value Object::detach(const Napi::CallbackInfo& info) {
  require(Phase::loaded, "detach");
  links_.erase(bpf_program__name(programAt(info, 0)));
  return info.Env().Undefined();
}

Napi::Value Object::programFd(const Napi::CallbackInfo& info) {
  require(Phase::loaded, "use a program");
  const int fd = bpf_program__fd(programAt(info, 0));
  if (fd < 0) failWith("ENOENT", "program " + textAt(info, 0), "it was not loaded");
  return Napi::Number::New(info.Env(), fd);
}

Napi::Value Object::mapFd(const Napi::CallbackInfo& info) {
  require(Phase::loaded, "use a map");
  const bpf_map* map = mapAt(info, 0);
  // libbpf holds a place for the descriptor of a map that it was told not to create.
  if (!bpf_map__autocreate(map)) failWith("ENOENT", "map " + textAt(info, 0), "it was not created");
  return Napi::Number::New(info.Env(), bpf_map__fd(map));
}

Napi::Value Object::layout(const Napi::CallbackInfo& info) {
  return describeStruct(info.Env(), opened(), textAt(info, 0));
}

Napi::Value Object::close(const Napi::CallbackInfo& info) {
  phase_ = Phase::closed;
  links_.clear();
  object_.reset();
  templates_.clear();
  return info.Env().Undefined();
}

}  // namespace ringside
