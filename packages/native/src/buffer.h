// The memory of one buffer of the kernel's, mapped once for the whole process and shared by its threads by handle.
#pragma once

#include <cstdint>
#include <memory>

#include "fd.h"
#include "records/cursor.h"
#include "wrapped.h"

namespace ringside {

class BufferMemory {
 public:
  enum class Kind { ring, perf };

  static std::shared_ptr<BufferMemory> find(uint32_t handle);
  virtual ~BufferMemory();
  BufferMemory(const BufferMemory&) = delete;
  BufferMemory& operator=(const BufferMemory&) = delete;

  virtual Kind kind() const = 0;
  virtual Pages& pages() = 0;
  virtual std::unique_ptr<Cursor> cursor() = 0;

  uint32_t handle() const { return handle_; }
  int fd() const { return fd_.get(); }

 protected:
  explicit BufferMemory(Fd fd) : fd_(std::move(fd)) {}
  // Gives it a handle; rings and perf buffers are numbered together.
  static std::shared_ptr<BufferMemory> enlisted(std::shared_ptr<BufferMemory> buffer);

 private:
  Fd fd_;
  uint32_t handle_ = 0;
};

// A JavaScript reference to a buffer's memory.
class Buffer : public Wrapped<Buffer> {
 public:
  static Napi::Function define(Napi::Env env);
  // new Buffer(external): made by the functions that create rings and perf buffers.
  explicit Buffer(const Napi::CallbackInfo& info);

  Napi::Value fd(const Napi::CallbackInfo& info);
  Napi::Value handle(const Napi::CallbackInfo& info);
  Napi::Value capacity(const Napi::CallbackInfo& info);
  Napi::Value positions(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

 private:
  BufferMemory& memory() const;

  std::shared_ptr<BufferMemory> memory_;
};

// createRing(bytes, name): Promise<Buffer>, createRingSync(bytes, name): Buffer
Napi::Value createRing(const Napi::CallbackInfo& info);
Napi::Value createRingSync(const Napi::CallbackInfo& info);
// createPerf(bytes, cpu, wake bytes): Promise<Buffer>, createPerfSync(bytes, cpu, wake bytes): Buffer
Napi::Value createPerf(const Napi::CallbackInfo& info);
Napi::Value createPerfSync(const Napi::CallbackInfo& info);

}  // namespace ringside
