// Map access. Every method runs on the calling JavaScript thread; what is Async asks the kernel on a pool thread.
#include "map.h"

#include <bpf/libbpf.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "drain.h"
#include "pool.h"
#include "words.h"

namespace ringside {
namespace {

size_t roundUp8(size_t bytes) { return (bytes + 7) & ~size_t{7}; }

// What a system call reads and writes for one element: per-CPU maps hold a value per possible CPU, each padded to 8.
size_t userValueBytes(const bpf_map_info& info) {
  switch (info.type) {
    case BPF_MAP_TYPE_PERCPU_ARRAY:
    case BPF_MAP_TYPE_PERCPU_HASH:
    case BPF_MAP_TYPE_LRU_PERCPU_HASH:
    case BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE:
      return roundUp8(info.value_size) * libbpf_num_possible_cpus();
    default:
      return info.value_size;
  }
}

Napi::Value bytesFrom(Napi::Env env, const std::vector<unsigned char>& bytes) {
  Napi::Uint8Array copy = Napi::Uint8Array::New(env, bytes.size());
  if (!bytes.empty()) memcpy(copy.Data(), bytes.data(), bytes.size());
  return copy;
}

}  // namespace

Napi::Function Map::define(Napi::Env env) {
  return DefineClass(env, "Map",
                     {
                         method<&Map::describe>("describe"),
                         method<&Map::lookup>("lookup"),
                         method<&Map::update>("update"),
                         method<&Map::updateAsync>("updateAsync"),
                         method<&Map::remove>("remove"),
                         method<&Map::deleteAsync>("deleteAsync"),
                         method<&Map::drainAsync>("drainAsync"),
                         method<&Map::read>("read"),
                         method<&Map::write>("write"),
                         method<&Map::close>("close"),
                     });
}

Map::Map(const Napi::CallbackInfo& info) : Wrapped<Map>(info) {
  guarded(info.Env(), [&] {
    auto fd = std::make_shared<Fd>(duplicateBpf(static_cast<int>(integerAt(info, 0)), "bpf-map"));
    if (!*fd) fail(errno, "open a map", "the descriptor is not an open map's");
    uint32_t bytes = sizeof info_;
    if (bpf_obj_get_info_by_fd(fd->get(), &info_, &bytes) != 0) fail(errno, "ask for a map's properties");
    valueBytes_ = userValueBytes(info_);
    fd_ = std::move(fd);
    if (info_.map_flags & BPF_F_MMAPABLE) map();
  });
}

void Map::map() {
  // kernel/bpf/arraymap.c: a mappable array's elements stand at a distance of value_size rounded up to 8.
  mappedBytes_ = roundUp8(info_.value_size) * info_.max_entries;
  const size_t page = sysconf(_SC_PAGESIZE);
  const size_t whole = (mappedBytes_ + page - 1) / page * page;
  memory_ = Mapping(fd_->get(), whole, PROT_READ | PROT_WRITE, 0);
  writable_ = static_cast<bool>(memory_);
  // A frozen map can still be read.
  if (!memory_ && errno == EPERM) memory_ = Mapping(fd_->get(), whole, PROT_READ, 0);
  if (!memory_) fail(errno, std::string("map the memory of ") + info_.name);
}

const Fd& Map::fd() const {
  if (!fd_) failClosed("map");
  return *fd_;
}

Bytes Map::keyAt(const Napi::CallbackInfo& info, size_t index) const {
  const Bytes key = bytesAt(info, index);
  if (key.size != info_.key_size) failWith("EARG", info_.name, "the key's size is not the map's");
  return key;
}

Bytes Map::valueAt(const Napi::CallbackInfo& info, size_t index) const {
  const Bytes value = bytesAt(info, index);
  if (value.size != valueBytes_) failWith("EARG", info_.name, "the value's size is not the map's");
  return value;
}

Napi::Value Map::describe(const Napi::CallbackInfo& info) {
  Napi::Object about = Napi::Object::New(info.Env());
  about.Set("fd", fd().get());
  about.Set("id", info_.id);
  about.Set("name", static_cast<const char*>(info_.name));
  about.Set("keyBytes", info_.key_size);
  about.Set("valueBytes", static_cast<double>(valueBytes_));
  about.Set("maxEntries", info_.max_entries);
  about.Set("mappedBytes", static_cast<double>(memory_ ? mappedBytes_ : 0));
  return about;
}

Napi::Value Map::lookup(const Napi::CallbackInfo& info) {
  const int map = fd().get();
  const Bytes key = keyAt(info, 0);
  if (bpf_map_lookup_elem(map, key.at, valueAt(info, 1).at) != 0) {
    if (errno != ENOENT) fail(errno, std::string("look up in ") + info_.name);
    return Napi::Boolean::New(info.Env(), false);
  }
  return Napi::Boolean::New(info.Env(), true);
}

Napi::Value Map::update(const Napi::CallbackInfo& info) {
  const int map = fd().get();
  const Bytes key = keyAt(info, 0);
  if (bpf_map_update_elem(map, key.at, valueAt(info, 1).at, BPF_ANY) != 0) {
    fail(errno, std::string("update ") + info_.name);
  }
  return info.Env().Undefined();
}

Napi::Value Map::updateAsync(const Napi::CallbackInfo& info) {
  fd();
  const Bytes key = keyAt(info, 0), value = valueAt(info, 1);
  auto work = [map = fd_, name = std::string(info_.name), keyCopy = std::vector<unsigned char>(key.at, key.at + key.size),
               valueCopy = std::vector<unsigned char>(value.at, value.at + value.size)] {
    if (bpf_map_update_elem(map->get(), keyCopy.data(), valueCopy.data(), BPF_ANY) != 0) {
      fail(errno, "update " + name);
    }
  };
  return PoolTask::run(info.Env(), work, [](Napi::Env env) { return env.Undefined(); });
}

Napi::Value Map::remove(const Napi::CallbackInfo& info) {
  const int map = fd().get();
  if (bpf_map_delete_elem(map, keyAt(info, 0).at) != 0) {
    if (errno != ENOENT) fail(errno, std::string("delete from ") + info_.name);
    return Napi::Boolean::New(info.Env(), false);
  }
  return Napi::Boolean::New(info.Env(), true);
}

Napi::Value Map::deleteAsync(const Napi::CallbackInfo& info) {
  fd();
  const Bytes key = keyAt(info, 0);
  const auto found = std::make_shared<bool>(true);
  auto work = [map = fd_, found, name = std::string(info_.name),
               keyCopy = std::vector<unsigned char>(key.at, key.at + key.size)] {
    if (bpf_map_delete_elem(map->get(), keyCopy.data()) == 0) return;
    if (errno != ENOENT) fail(errno, "delete from " + name);
    *found = false;
  };
  return PoolTask::run(info.Env(), work, [found](Napi::Env env) { return Napi::Boolean::New(env, *found); });
}

Napi::Value Map::drainAsync(const Napi::CallbackInfo& info) {
  fd();
  if (!isHash(info_.type)) failWith("EARG", info_.name, "only a hash can be drained");
  const auto drained = std::make_shared<Drained>();
  auto work = [map = fd_, about = info_, bytes = valueBytes_, drained] { *drained = drain(map->get(), about, bytes); };
  return PoolTask::run(info.Env(), work, [drained](Napi::Env env) {
    Napi::Object entries = Napi::Object::New(env);
    entries.Set("keys", bytesFrom(env, drained->keys));
    entries.Set("values", bytesFrom(env, drained->values));
    return entries;
  });
}

size_t Map::placeAt(const Napi::CallbackInfo& info, Bytes bytes) const {
  fd();
  if (!memory_) failWith("ENOTMAPPED", info_.name, "the map lacks BPF_F_MMAPABLE: use lookup and update");
  const double offset = numberAt(info, 0);
  if (!(offset >= 0) || offset + bytes.size > mappedBytes_) {
    failWith("EARG", info_.name, "the range is outside of the map");
  }
  return static_cast<size_t>(offset);
}

Napi::Value Map::read(const Napi::CallbackInfo& info) {
  const Bytes into = bytesAt(info, 1);
  readWords(memory_.get(), placeAt(info, into), into.at, into.size);
  return info.Env().Undefined();
}

Napi::Value Map::write(const Napi::CallbackInfo& info) {
  const Bytes bytes = bytesAt(info, 1);
  const size_t offset = placeAt(info, bytes);
  if (!writable_) failWith("EPERM", info_.name, "the map is frozen");
  writeWords(memory_.get(), offset, bytes.at, bytes.size);
  return info.Env().Undefined();
}

Napi::Value Map::close(const Napi::CallbackInfo& info) {
  memory_ = Mapping();
  fd_.reset();
  return info.Env().Undefined();
}

}  // namespace ringside
