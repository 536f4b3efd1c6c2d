// Opening and mapping perf buffers.
#include "perf.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>

#include <cerrno>

namespace ringside {
namespace {

std::string placed(uint32_t bytes, int cpu) {
  return "a perf buffer of " + std::to_string(bytes) + " bytes for CPU " + std::to_string(cpu);
}

size_t pageBytes() { return sysconf(_SC_PAGESIZE); }

perf_event_mmap_page& headOf(const Mapping& mapping) {
  return *reinterpret_cast<perf_event_mmap_page*>(mapping.get());
}

// data_head and data_tail are __u64, which is another type than uint64_t of the same size.
uint64_t* wordOf(__u64& word) { return reinterpret_cast<uint64_t*>(&word); }

}  // namespace

std::shared_ptr<BufferMemory> PerfMemory::create(uint32_t bytes, int cpu, uint32_t wakeBytes) {
  perf_event_attr attributes = {};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_BPF_OUTPUT;
  attributes.sample_type = PERF_SAMPLE_RAW;
  attributes.sample_period = 1;
  attributes.watermark = 1;
  attributes.wakeup_watermark = wakeBytes;
  Fd fd(static_cast<int>(syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC)));
  if (!fd) fail(errno, "open " + placed(bytes, cpu), errno == ENODEV ? "the CPU is not online" : "");
  Mapping mapping(fd.get(), pageBytes() + bytes, PROT_READ | PROT_WRITE, 0);
  if (!mapping) {
    const char* hint = errno == EPERM ? "give the process CAP_IPC_LOCK, or raise kernel.perf_event_mlock_kb" : "";
    fail(errno, "map " + placed(bytes, cpu), hint);
  }
  return enlisted(std::shared_ptr<BufferMemory>(new PerfMemory(std::move(fd), std::move(mapping), bytes)));
}

PerfMemory::PerfMemory(Fd fd, Mapping mapping, uint32_t capacity)
    : BufferMemory(std::move(fd)),
      mapping_(std::move(mapping)),
      pages_(wordOf(headOf(mapping_).data_head), wordOf(headOf(mapping_).data_tail), mapping_.get() + pageBytes(),
             capacity) {}

}  // namespace ringside
