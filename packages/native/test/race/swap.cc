// Buffers that are swapped while they are written and read, for ThreadSanitizer: the threads of the product, with a
// stand-in for the kernel's side. Every stream must come whole and in order. Argument: records of each stream.
#include <unistd.h>

#include <atomic>
#include <deque>
#include <thread>
#include <vector>

#include "plain.h"

namespace ringside {
namespace {

constexpr unsigned kSecondsMax = 240;
constexpr size_t kChunkBytes = 1 << 12;

// What a program does between looking for its buffer and having written: the kernel's read-side section.
class Sections {
 public:
  explicit Sections(unsigned threads) : counts_(threads) {}

  void enter(unsigned thread) { counts_[thread].fetch_add(1); }
  void leave(unsigned thread) { counts_[thread].fetch_add(1); }

  // Returns when all sections that were under way have ended.
  void synchronize() {
    for (auto& count : counts_) {
      const uint64_t now = count.load();
      while (now % 2 == 1 && count.load() == now) std::this_thread::yield();
    }
  }

 private:
  std::vector<std::atomic<uint64_t>> counts_;
};

// What the resizer tells the reader: adopt this one, or nothing is written into that one any more.
struct Notice {
  uint32_t handle;
  bool retired;
};

class Mailbox {
 public:
  void post(Notice notice) {
    const std::lock_guard<std::mutex> lock(mutex_);
    notices_.push_back(notice);
  }
  std::deque<Notice> take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(notices_, {});
  }

 private:
  std::mutex mutex_;
  std::deque<Notice> notices_;
};

struct Stage {
  explicit Stage(unsigned writers) : writers(writers), sections(writers) {}

  const unsigned writers;
  Sections sections;
  Mailbox mailbox;
  std::atomic<PlainBuffer*> slot{nullptr};
  std::atomic<uint32_t> newest{0};
  std::atomic<uint32_t> adopted{0};
  std::atomic<unsigned> writing{0};
  std::atomic<bool> done{false};
};

template <typename Kind>
void write(Stage& stage, unsigned stream, uint64_t records) {
  uint32_t random = 1 + stream;
  for (uint64_t number = 0; number < records;) {
    random = random * 1664525 + 1013904223;
    const Event event(stream, number, 1 + (random >> 16) % Event::kWordsMax);
    stage.sections.enter(stream);
    PlainBuffer* buffer = stage.slot.load(std::memory_order_acquire);
    if constexpr (std::is_same_v<Kind, PlainRing>) {
      if (random >> 28 == 0) static_cast<Kind*>(buffer)->discard();
    }
    const bool there = buffer->put(event);
    stage.sections.leave(stream);
    if (there) number++;
    else std::this_thread::yield();
  }
  stage.writing--;
}

class Generation {
 public:
  explicit Generation(uint32_t handle) : handle(handle), buffer_(Buffers::instance().find(handle)) {
    HOLDS(buffer_);
    HOLDS(buffer_->pages.claim());
    HOLDS(!buffer_->pages.claim());
    cursor = buffer_->cursor();
  }
  ~Generation() { buffer_->pages.unclaim(); }

  Pages& pages() const { return buffer_->pages; }

  const uint32_t handle;
  bool retired = false;
  uint64_t note = 0;
  std::unique_ptr<Cursor> cursor;

 private:
  std::shared_ptr<PlainBuffer> buffer_;
};

class Receiver {
 public:
  explicit Receiver(unsigned streams) : next(streams) {}

  void accept(const unsigned char* chunk, size_t bytes) {
    for (size_t at = 0; at < bytes;) {
      uint32_t length = 0;
      memcpy(&length, chunk + at, sizeof length);
      check(chunk + at + kChunkHeaderBytes, length);
      at += kChunkHeaderBytes + roundUpTo8(length);
    }
  }

  std::vector<uint64_t> next;

 private:
  void check(const unsigned char* event, uint32_t length) {
    uint32_t head[2];
    memcpy(head, event, sizeof head);
    const auto [stream, words] = head;
    HOLDS(stream < next.size() && words >= 1 && words <= Event::kWordsMax && length / 8 == 1 + words);
    for (uint32_t i = 0; i < words; i++) HOLDS(memcmp(event + 8 + 8 * i, &next[stream], 8) == 0);
    next[stream]++;
  }
};

// The newest is noted first, the oldest read first, each up to its note: the order within every stream.
void pass(std::deque<std::unique_ptr<Generation>>& generations, Receiver& receiver) {
  unsigned char chunk[kChunkBytes];
  for (auto at = generations.rbegin(); at != generations.rend(); ++at) (*at)->note = (*at)->pages().producer();
  for (const auto& one : generations) {
    for (;;) {
      const Took took = one->cursor->take({chunk, sizeof chunk}, one->note);
      HOLDS(!took.needed && !one->pages().fault);
      if (took.bytes == 0) break;
      receiver.accept(chunk, took.bytes);
    }
    if (one->cursor->consumer() != one->note) return;
  }
}

struct Told {
  uint64_t buffers = 0;
  uint64_t lost = 0;
};

Told read(Stage& stage, Receiver& receiver) {
  Told told;
  std::deque<std::unique_ptr<Generation>> generations;
  while (!stage.done || !generations.empty()) {
    for (const Notice notice : stage.mailbox.take()) {
      if (!notice.retired) {
        generations.push_back(std::make_unique<Generation>(notice.handle));
        stage.adopted = notice.handle;
      }
      for (const auto& one : generations) one->retired |= notice.retired && one->handle == notice.handle;
    }
    pass(generations, receiver);
    while (!generations.empty() && generations.front()->retired) {
      const Generation& oldest = *generations.front();
      if (oldest.cursor->consumer() != oldest.pages().producer()) break;
      told.buffers++;
      told.lost += oldest.pages().lost;
      generations.pop_front();
    }
  }
  return told;
}

// Makes buffers of changing size and puts them into the slot, one after the other, while anybody writes.
template <typename Kind>
uint64_t resize(Stage& stage) {
  uint64_t lost = 0;
  std::shared_ptr<Kind> current;
  for (unsigned round = 0; !current || stage.writing > 0; round++) {
    auto next = std::make_shared<Kind>(4096u << round % 4);
    const uint32_t handle = next->enlist(next);
    stage.mailbox.post({handle, false});
    // The registry holds nothing alive: the reader has it first, then the slot.
    while (stage.adopted != handle) std::this_thread::yield();
    stage.slot.store(next.get(), std::memory_order_release);
    const uint32_t before = stage.newest.exchange(handle);
    if (current) {
      stage.sections.synchronize();
      stage.mailbox.post({before, true});
      if constexpr (std::is_same_v<Kind, PlainPerf>) lost += current->lostInAll;
    } else {
      stage.writing = stage.writers;
    }
    current = next;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  stage.mailbox.post({stage.newest, true});
  if constexpr (std::is_same_v<Kind, PlainPerf>) lost += current->lostInAll;
  stage.done = true;
  return lost;
}

// Another thread of the process looks at whatever there is: positions and faults, as health does.
void look(Stage& stage) {
  while (!stage.done) {
    if (const auto buffer = Buffers::instance().find(stage.newest)) {
      const uint64_t consumer = buffer->pages.consumer();
      HOLDS(buffer->pages.producer() >= consumer);
      HOLDS(!buffer->pages.fault);
    }
    std::this_thread::yield();
  }
}

template <typename Kind>
void run(const char* name, unsigned writers, uint64_t records) {
  Stage stage(writers);
  Receiver receiver(writers);
  Told told;
  uint64_t lost = 0;
  std::thread reader([&] { told = read(stage, receiver); });
  std::thread watcher([&] { look(stage); });
  std::thread resizer([&] { lost = resize<Kind>(stage); });
  std::vector<std::thread> threads;
  while (stage.writing == 0) std::this_thread::yield();
  for (unsigned stream = 0; stream < writers; stream++) {
    threads.emplace_back([&, stream] { write<Kind>(stage, stream, records); });
  }
  for (auto& thread : threads) thread.join();
  for (std::thread* thread : {&resizer, &watcher, &reader}) thread->join();
  for (const uint64_t next : receiver.next) HOLDS(next == records);
  // What was refused last in a buffer is never told.
  HOLDS(told.lost <= lost);
  printf("{\"kind\":\"%s\",\"records\":%llu,\"buffers\":%llu}\n", name, static_cast<unsigned long long>(writers * records),
         static_cast<unsigned long long>(told.buffers));
}

}  // namespace
}  // namespace ringside

int main(int argc, char** argv) {
  alarm(ringside::kSecondsMax);
  const uint64_t records = argc > 1 ? strtoull(argv[1], nullptr, 10) : 20'000;
  ringside::run<ringside::PlainRing>("ring", 2, records);
  ringside::run<ringside::PlainPerf>("perf", 1, 2 * records);
  return 0;
}
