// Making and mapping ring buffers.
#include "ring.h"

#include <bpf/bpf.h>

#include <cerrno>

namespace ringside {
namespace {

std::string sized(uint32_t bytes) { return "a ring buffer of " + std::to_string(bytes) + " bytes"; }

size_t pageBytes() { return sysconf(_SC_PAGESIZE); }

}  // namespace

std::shared_ptr<BufferMemory> RingMemory::create(uint32_t bytes, const std::string& name) {
  const char* label = name.empty() ? nullptr : name.c_str();
  Fd fd(bpf_map_create(BPF_MAP_TYPE_RINGBUF, label, 0, 0, bytes, nullptr));
  if (!fd) fail(errno, "create " + sized(bytes));
  Mapping consumer(fd.get(), pageBytes(), PROT_READ | PROT_WRITE, 0);
  if (!consumer) fail(errno, "map the consumer page of " + sized(bytes));
  // The data stands there twice in a row, so that a record that wraps is still contiguous.
  Mapping producer(fd.get(), pageBytes() + 2 * static_cast<size_t>(bytes), PROT_READ, pageBytes());
  if (!producer) fail(errno, "map the data of " + sized(bytes));
  return enlisted(std::shared_ptr<BufferMemory>(
      new RingMemory(std::move(fd), std::move(consumer), std::move(producer), bytes)));
}

RingMemory::RingMemory(Fd fd, Mapping consumerPage, Mapping producerPages, uint32_t capacity)
    : BufferMemory(std::move(fd)),
      consumerPage_(std::move(consumerPage)),
      producerPages_(std::move(producerPages)),
      pages_(reinterpret_cast<const uint64_t*>(producerPages_.get()),
             reinterpret_cast<uint64_t*>(consumerPage_.get()), producerPages_.get() + pageBytes(), capacity) {}

}  // namespace ringside
