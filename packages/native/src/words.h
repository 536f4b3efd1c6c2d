// Copies between private memory and memory that BPF programs use at the same time, word by word: a reader never sees
// half of a 64-bit counter, a program never sees half of a control word.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace ringside {

// Loads each aligned 64-bit word that the range touches once. `shared` is aligned, and whole words around the range
// are readable: mapped memory ends at a page.
inline void readWords(const unsigned char* shared, size_t offset, unsigned char* into, size_t bytes) {
  size_t done = 0;
  while (done < bytes) {
    const size_t at = offset + done;
    const uint64_t word =
        __atomic_load_n(reinterpret_cast<const uint64_t*>(shared + (at & ~size_t{7})), __ATOMIC_RELAXED);
    const size_t skip = at & 7;
    const size_t part = std::min(8 - skip, bytes - done);
    memcpy(into + done, reinterpret_cast<const unsigned char*>(&word) + skip, part);
    done += part;
  }
}

template <typename Word>
size_t storeWord(unsigned char* shared, const unsigned char* from) {
  Word word;
  memcpy(&word, from, sizeof word);
  __atomic_store_n(reinterpret_cast<Word*>(shared), word, __ATOMIC_SEQ_CST);
  return sizeof word;
}

// Stores each word of the range once, a word being the largest (8, 4, 2, 1 bytes) that is naturally aligned and whole
// within it. A full barrier ends it: what is read afterwards is read after all programs can see the write.
inline void writeWords(unsigned char* shared, size_t offset, const unsigned char* from, size_t bytes) {
  size_t done = 0;
  while (done < bytes) {
    const size_t at = offset + done, left = bytes - done;
    const auto fits = [&](size_t word) { return at % word == 0 && left >= word; };
    unsigned char* to = shared + at;
    if (fits(8)) done += storeWord<uint64_t>(to, from + done);
    else if (fits(4)) done += storeWord<uint32_t>(to, from + done);
    else if (fits(2)) done += storeWord<uint16_t>(to, from + done);
    else done += storeWord<uint8_t>(to, from + done);
  }
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

}  // namespace ringside
