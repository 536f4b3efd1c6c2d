// Fuzzes the reader of ring buffers: against any bytes it ends, in records or fault, and copies exactly.
#include "../src/records/ringcursor.h"

#include "scene.h"

namespace ringside {
namespace {

// As the kernel maps it: the data twice in a row.
constexpr unsigned kCopies = 2;

Expected expectRing(const Scene& scene, Expected now, std::optional<uint64_t> until) {
  now.fault |= scene.movedByOther || scene.consumer % 8 != 0 || scene.producer - scene.consumer > scene.capacity;
  now.busy = false;
  while (!now.fault) {
    const uint64_t at = now.consumer, left = scene.producer - at;
    if (left == 0) break;
    const auto word = scene.wordAt<uint32_t>(at);
    now.busy = word >> 31;
    if (until && *until - scene.consumer <= at - scene.consumer) break;
    if (now.busy) break;
    const uint64_t whole = (uint64_t{word & 0x3fffffff} + 15) / 8 * 8;
    if (whole > left) now.fault = true;
    else if (until && *until - scene.consumer < at - scene.consumer + whole) break;
    else {
      const bool discarded = word >> 30 & 1;
      for (uint64_t i = 0; i < whole && !discarded; i++) now.chunk.push_back(scene.byteAt(at + i));
      now.consumer += whole;
    }
  }
  if (now.fault) now.busy = false;
  return now;
}

}  // namespace
}  // namespace ringside

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const ringside::Scene scene(bytes, size, ringside::kCopies);
  ringside::play<ringside::RingCursor>(scene, ringside::kCopies, ringside::expectRing);
  return 0;
}
