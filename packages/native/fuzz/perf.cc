// Fuzzes the reader of perf buffers: against any bytes it ends, in records or fault, and copies exactly.
#include "../src/records/perfcursor.h"

#include "scene.h"

namespace ringside {
namespace {

constexpr unsigned kCopies = 1;
constexpr uint32_t kLost = 2, kSample = 9;  // include/uapi/linux/perf_event.h

void expectSample(const Scene& scene, uint64_t at, uint32_t length, std::vector<unsigned char>& chunk) {
  append(chunk, length);
  append(chunk, 0);
  for (uint32_t i = 0; i < length; i++) chunk.push_back(scene.byteAt(at + 12 + i));
  while (chunk.size() % 8 != 0) chunk.push_back(0);
}

Expected expectPerf(const Scene& scene, Expected now, std::optional<uint64_t> until) {
  now.fault |= scene.movedByOther || scene.consumer % 8 != 0 || scene.producer - scene.consumer > scene.capacity;
  while (!now.fault && now.consumer != scene.producer) {
    const uint64_t at = now.consumer, left = scene.producer - at;
    if (until && *until - scene.consumer <= at - scene.consumer) break;
    const auto type = scene.wordAt<uint32_t>(at);
    const auto size = scene.wordAt<uint16_t>(at + 6);
    const auto length = scene.wordAt<uint32_t>(at + 8);
    now.fault = size < 8 || size % 8 != 0 || size > left || (type == kLost && size < 24) ||
                (type == kSample && (size < 16 || length > size - 12u));
    if (now.fault || (until && *until - scene.consumer < at - scene.consumer + size)) break;
    if (type == kSample) expectSample(scene, at, length, now.chunk);
    else if (type == kLost) now.lost += scene.wordAt<uint64_t>(at + 16);
    else now.others++;
    now.consumer += size;
  }
  return now;
}

}  // namespace
}  // namespace ringside

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const ringside::Scene scene(bytes, size, ringside::kCopies);
  ringside::play<ringside::PerfCursor>(scene, ringside::kCopies, ringside::expectPerf);
  return 0;
}
