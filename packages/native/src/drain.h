// Reading and deleting all entries of a hash map, on any thread. Pure C++ but for the failures.
#pragma once

#include <bpf/bpf.h>

#include <vector>

namespace ringside {

// Keys one behind the other, and values likewise: value n belongs to key n.
struct Drained {
  std::vector<unsigned char> keys;
  std::vector<unsigned char> values;
};

bool isHash(uint32_t mapType);

// `valueBytes` as a system call reads a value: for per-CPU maps one per possible CPU, each padded to 8. An entry that is
// added meanwhile may be taken or left. Throws Failure.
Drained drain(int map, const bpf_map_info& about, size_t valueBytes);

}  // namespace ringside
