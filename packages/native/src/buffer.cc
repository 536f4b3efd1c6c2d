// Sharing buffers between threads, and making them on the calling thread or on one of the pool.
#include "buffer.h"

#include <functional>

#include "elsewhere.h"
#include "perf.h"
#include "pool.h"
#include "registry.h"
#include "ring.h"

namespace ringside {
namespace {

using Buffers = Registry<BufferMemory>;
using Making = std::function<std::shared_ptr<BufferMemory>()>;

Making ringOf(const Napi::CallbackInfo& info) {
  return [bytes = static_cast<uint32_t>(numberAt(info, 0)), name = textAt(info, 1)] {
    return RingMemory::create(bytes, name);
  };
}

Making perfOf(const Napi::CallbackInfo& info) {
  return [bytes = static_cast<uint32_t>(numberAt(info, 0)), cpu = static_cast<int>(integerAt(info, 1)),
          wake = static_cast<uint32_t>(numberAt(info, 2))] { return PerfMemory::create(bytes, cpu, wake); };
}

Napi::Value wrap(Napi::Env env, std::shared_ptr<BufferMemory> memory) {
  return envData(env).bufferClass.New({Napi::External<std::shared_ptr<BufferMemory>>::New(env, &memory)});
}

Napi::Value onThePool(Napi::Env env, Making make) {
  auto made = std::make_shared<std::shared_ptr<BufferMemory>>();
  return PoolTask::run(
      env,
      [=] {
        const Elsewhere elsewhere;
        *made = make();
      },
      [=](Napi::Env env) { return wrap(env, std::move(*made)); });
}

}  // namespace

std::shared_ptr<BufferMemory> BufferMemory::enlisted(std::shared_ptr<BufferMemory> buffer) {
  buffer->handle_ = Buffers::instance().add(buffer);
  return buffer;
}

std::shared_ptr<BufferMemory> BufferMemory::find(uint32_t handle) { return Buffers::instance().find(handle); }

BufferMemory::~BufferMemory() {
  if (handle_) Buffers::instance().remove(handle_);
}

Napi::Function Buffer::define(Napi::Env env) {
  return DefineClass(env, "Buffer",
                     {
                         method<&Buffer::fd>("fd"),
                         method<&Buffer::handle>("handle"),
                         method<&Buffer::capacity>("capacity"),
                         method<&Buffer::positions>("positions"),
                         method<&Buffer::close>("close"),
                     });
}

Buffer::Buffer(const Napi::CallbackInfo& info) : Wrapped<Buffer>(info) {
  guarded(info.Env(), [&] {
    if (!info[0].IsExternal()) failWith("EARG", "open a buffer", "buffers are made by their create functions");
    memory_ = *info[0].As<Napi::External<std::shared_ptr<BufferMemory>>>().Data();
  });
}

BufferMemory& Buffer::memory() const {
  if (!memory_) failClosed("buffer");
  return *memory_;
}

Napi::Value Buffer::fd(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), memory().fd()); }

Napi::Value Buffer::handle(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), memory().handle());
}

Napi::Value Buffer::capacity(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), memory().pages().capacity);
}

Napi::Value Buffer::positions(const Napi::CallbackInfo& info) {
  const Pages& pages = memory().pages();
  // The consumer first: it only ever moves towards the producer, so the difference is never negative.
  const auto consumer = static_cast<double>(pages.consumer());
  const auto producer = static_cast<double>(pages.producer());
  Napi::Object positions = Napi::Object::New(info.Env());
  positions.Set("producer", producer);
  positions.Set("consumer", consumer);
  return positions;
}

Napi::Value Buffer::close(const Napi::CallbackInfo& info) {
  memory_.reset();
  return info.Env().Undefined();
}

Napi::Value createRing(const Napi::CallbackInfo& info) { return onThePool(info.Env(), ringOf(info)); }
Napi::Value createRingSync(const Napi::CallbackInfo& info) { return wrap(info.Env(), ringOf(info)()); }
Napi::Value createPerf(const Napi::CallbackInfo& info) { return onThePool(info.Env(), perfOf(info)); }
Napi::Value createPerfSync(const Napi::CallbackInfo& info) { return wrap(info.Env(), perfOf(info)()); }

}  // namespace ringside
