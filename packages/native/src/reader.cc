// Every method runs on the reader's JavaScript thread.
#include "reader.h"

namespace ringside {
namespace {

// Positions beyond this are not exact in JavaScript, and no buffer lives to see it.
constexpr double kMaxPosition = 9007199254740992.0;

Napi::Value number(const Napi::CallbackInfo& info, uint64_t value) {
  return Napi::Number::New(info.Env(), static_cast<double>(value));
}

}  // namespace

Napi::Function Reader::define(Napi::Env env) {
  return DefineClass(env, "Reader",
                     {
                         method<&Reader::capacity>("capacity"),
                         method<&Reader::consume>("consume"),
                         method<&Reader::producer>("producer"),
                         method<&Reader::consumer>("consumer"),
                         method<&Reader::busy>("busy"),
                         method<&Reader::fault>("fault"),
                         method<&Reader::lost>("lost"),
                         method<&Reader::others>("others"),
                         method<&Reader::close>("close"),
                     });
}

Reader::Reader(const Napi::CallbackInfo& info) : Wrapped<Reader>(info) {
  guarded(info.Env(), [&] {
    auto memory = BufferMemory::find(static_cast<uint32_t>(numberAt(info, 0)));
    const std::string kind = textAt(info, 1);
    if (!memory) failWith("ECLOSED", "open a reader", "no buffer has this handle any more");
    if (kind != (memory->kind() == BufferMemory::Kind::ring ? "ring" : "perf")) {
      failWith("EARG", "open a reader", "the handle is that of a buffer of the other kind");
    }
    if (!memory->pages().claim()) {
      failWith("EBUSY", "open a reader", "the buffer has a reader: a second would take every record twice");
    }
    memory_ = std::move(memory);
    cursor_ = memory_->cursor();
  });
}

Cursor& Reader::cursor() const {
  if (!cursor_) failClosed("reader");
  return *cursor_;
}

Pages& Reader::pages() const {
  cursor();
  return memory_->pages();
}

Napi::Value Reader::consume(const Napi::CallbackInfo& info) {
  Cursor& from = cursor();
  uint64_t until = Cursor::kNoLimit;
  if (info[1].IsNumber()) {
    const double wanted = numberAt(info, 1);
    if (!(wanted >= 0)) failWith("EARG", "consume", "`until` is a position, 0 or more");
    if (wanted < kMaxPosition) until = static_cast<uint64_t>(wanted);
  }
  const Bytes into = bytesAt(info, 0);
  const Took took = from.take({into.at, into.size}, until);
  if (took.needed) failWith("ENOBUFS", "consume", "the next record needs " + std::to_string(took.needed) + " bytes");
  return number(info, took.bytes);
}

Napi::Value Reader::capacity(const Napi::CallbackInfo& info) { return number(info, pages().capacity); }

Napi::Value Reader::producer(const Napi::CallbackInfo& info) { return number(info, pages().producer()); }

Napi::Value Reader::consumer(const Napi::CallbackInfo& info) { return number(info, cursor().consumer()); }

Napi::Value Reader::busy(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), cursor().busy()); }

Napi::Value Reader::fault(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), pages().fault.load());
}

Napi::Value Reader::lost(const Napi::CallbackInfo& info) { return number(info, pages().lost.load()); }

Napi::Value Reader::others(const Napi::CallbackInfo& info) { return number(info, pages().others.load()); }

Napi::Value Reader::close(const Napi::CallbackInfo& info) {
  release();
  return info.Env().Undefined();
}

void Reader::release() {
  if (!memory_) return;
  cursor_.reset();
  memory_->pages().unclaim();
  memory_.reset();
}

}  // namespace ringside
