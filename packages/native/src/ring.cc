// Making, mapping and sharing ring buffers.
#include "ring.h"

#include <bpf/bpf.h>

#include <cerrno>

#include "elsewhere.h"
#include "pool.h"
#include "registry.h"

namespace ringside {
namespace {

using Rings = Registry<RingMemory>;

std::string sized(uint32_t bytes) { return "a ring buffer of " + std::to_string(bytes) + " bytes"; }

}  // namespace

std::shared_ptr<RingMemory> RingMemory::create(uint32_t bytes, const std::string& name) {
  const char* label = name.empty() ? nullptr : name.c_str();
  Fd fd(bpf_map_create(BPF_MAP_TYPE_RINGBUF, label, 0, 0, bytes, nullptr));
  if (!fd) fail(errno, "create " + sized(bytes));
  std::shared_ptr<RingMemory> ring(new RingMemory(std::move(fd), bytes));
  ring->handle_ = Rings::instance().add(ring);
  return ring;
}

RingMemory::RingMemory(Fd fd, uint32_t capacity) : fd_(std::move(fd)), capacity_(capacity) {
  const size_t page = sysconf(_SC_PAGESIZE);
  consumerPage_ = Mapping(fd_.get(), page, PROT_READ | PROT_WRITE, 0);
  if (!consumerPage_) fail(errno, "map the consumer page of " + sized(capacity));
  // The data stands there twice in a row, so that a record that wraps is still contiguous.
  producerPages_ = Mapping(fd_.get(), page + 2 * static_cast<size_t>(capacity), PROT_READ, page);
  if (!producerPages_) fail(errno, "map the data of " + sized(capacity));
  consumer_ = reinterpret_cast<uint64_t*>(consumerPage_.get());
  producer_ = reinterpret_cast<const uint64_t*>(producerPages_.get());
  data_ = producerPages_.get() + page;
}

RingMemory::~RingMemory() {
  if (handle_) Rings::instance().remove(handle_);
}

std::shared_ptr<RingMemory> RingMemory::find(uint32_t handle) { return Rings::instance().find(handle); }

Napi::Function Ring::define(Napi::Env env) {
  return DefineClass(env, "Ring",
                     {
                         method<&Ring::fd>("fd"),
                         method<&Ring::handle>("handle"),
                         method<&Ring::capacity>("capacity"),
                         method<&Ring::positions>("positions"),
                         method<&Ring::close>("close"),
                     });
}

Ring::Ring(const Napi::CallbackInfo& info) : Wrapped<Ring>(info) {
  guarded(info.Env(), [&] {
    if (info[0].IsExternal()) memory_ = *info[0].As<Napi::External<std::shared_ptr<RingMemory>>>().Data();
    else memory_ = RingMemory::create(static_cast<uint32_t>(numberAt(info, 0)), textAt(info, 1));
  });
}

RingMemory& Ring::memory() const {
  if (!memory_) failClosed("ring");
  return *memory_;
}

Napi::Value Ring::fd(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), memory().fd()); }

Napi::Value Ring::handle(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), memory().handle()); }

Napi::Value Ring::capacity(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), memory().capacity());
}

Napi::Value Ring::positions(const Napi::CallbackInfo& info) {
  const RingMemory& ring = memory();
  // The consumer first: it only ever moves towards the producer, so the difference is never negative.
  const double consumer = static_cast<double>(ring.consumer());
  const double producer = static_cast<double>(ring.producer());
  Napi::Object positions = Napi::Object::New(info.Env());
  positions.Set("producer", producer);
  positions.Set("consumer", consumer);
  return positions;
}

Napi::Value Ring::close(const Napi::CallbackInfo& info) {
  memory_.reset();
  return info.Env().Undefined();
}

Napi::Value createRing(const Napi::CallbackInfo& info) {
  const auto bytes = static_cast<uint32_t>(numberAt(info, 0));
  const std::string name = textAt(info, 1);
  auto made = std::make_shared<std::shared_ptr<RingMemory>>();
  return PoolTask::run(
      info.Env(),
      [=] {
        const Elsewhere elsewhere;
        *made = RingMemory::create(bytes, name);
      },
      [=](Napi::Env env) -> Napi::Value {
        return envData(env).ringClass.New({Napi::External<std::shared_ptr<RingMemory>>::New(env, made.get())});
      });
}

}  // namespace ringside
