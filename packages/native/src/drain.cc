// In batches where the kernel has them for this type of map (Linux 5.6), else entry by entry.
#include "drain.h"

#include <algorithm>
#include <cerrno>
#include <string>

#include "errors.h"

namespace ringside {
namespace {

constexpr uint32_t kBatchEntries = 4096;
constexpr int kNotSupportedInKernel = 524;  // ENOTSUPP, which user space has no name for
// A batch goes on at a bucket's number, whatever the size of the keys.
constexpr size_t kMarkBytes = sizeof(uint32_t);

[[noreturn]] void failToDrain(const bpf_map_info& about) { fail(errno, std::string("drain ") + about.name); }

bool isUnsupported(int number) {
  return number == EINVAL || number == EOPNOTSUPP || number == kNotSupportedInKernel;
}

// False when the kernel has no batches for this map; nothing has been taken then.
bool drainInBatches(int map, const bpf_map_info& about, size_t valueBytes, Drained& drained) {
  unsigned char mark[kMarkBytes];
  uint32_t room = std::min(about.max_entries, kBatchEntries);
  size_t entries = 0;
  for (bool first = true;;) {
    drained.keys.resize((entries + room) * about.key_size);
    drained.values.resize((entries + room) * valueBytes);
    uint32_t taken = room;
    const int result =
        bpf_map_lookup_and_delete_batch(map, first ? nullptr : mark, mark, &drained.keys[entries * about.key_size],
                                        &drained.values[entries * valueBytes], &taken, nullptr);
    const int number = result == 0 ? 0 : errno;
    if (first && isUnsupported(number)) {
      drained = Drained();
      return false;
    }
    if (number != 0 && number != ENOENT && number != ENOSPC) failToDrain(about);
    // A bucket holds more than there is room for; nothing was taken, and the mark is where it was.
    if (number == ENOSPC) {
      room *= 2;
    } else {
      entries += taken;
      first = false;
    }
    if (number == ENOENT) break;
  }
  drained.keys.resize(entries * about.key_size);
  drained.values.resize(entries * valueBytes);
  return true;
}

// Bounded by what the map can hold: a program that goes on adding must not keep a pool thread for ever.
void drainOneByOne(int map, const bpf_map_info& about, size_t valueBytes, Drained& drained) {
  std::vector<unsigned char> key(about.key_size), value(valueBytes);
  for (uint32_t entries = 0; entries < about.max_entries; entries++) {
    if (bpf_map_get_next_key(map, nullptr, key.data()) != 0) {
      if (errno == ENOENT) return;
      failToDrain(about);
    }
    if (bpf_map_lookup_elem(map, key.data(), value.data()) != 0 || bpf_map_delete_elem(map, key.data()) != 0) {
      // A program has deleted it meanwhile.
      if (errno == ENOENT) continue;
      failToDrain(about);
    }
    drained.keys.insert(drained.keys.end(), key.begin(), key.end());
    drained.values.insert(drained.values.end(), value.begin(), value.end());
  }
}

}  // namespace

bool isHash(uint32_t mapType) {
  return mapType == BPF_MAP_TYPE_HASH || mapType == BPF_MAP_TYPE_PERCPU_HASH || mapType == BPF_MAP_TYPE_LRU_HASH ||
         mapType == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

Drained drain(int map, const bpf_map_info& about, size_t valueBytes) {
  Drained drained;
  if (!drainInBatches(map, about, valueBytes, drained)) drainOneByOne(map, about, valueBytes, drained);
  return drained;
}

}  // namespace ringside
