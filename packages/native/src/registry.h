// Process-wide handles: numbers by which threads share what one of them made. The registry holds nothing alive; a
// handle is never used twice.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace ringside {

template <typename T>
class Registry {
 public:
  // Leaked on purpose: threads may still look things up while the process exits.
  static Registry& instance() {
    static auto* registry = new Registry;
    return *registry;
  }

  uint32_t add(const std::shared_ptr<T>& item) {
    const std::lock_guard<std::mutex> lock(mutex_);
    items_[++last_] = item;
    return last_;
  }

  // Null when the handle is unknown or everybody has let go of it.
  std::shared_ptr<T> find(uint32_t handle) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto at = items_.find(handle);
    return at == items_.end() ? nullptr : at->second.lock();
  }

  void remove(uint32_t handle) {
    const std::lock_guard<std::mutex> lock(mutex_);
    items_.erase(handle);
  }

 private:
  std::mutex mutex_;
  std::unordered_map<uint32_t, std::weak_ptr<T>> items_;
  uint32_t last_ = 0;
};

}  // namespace ringside
