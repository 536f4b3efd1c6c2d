// A file descriptor and a memory mapping that release themselves. Any thread, one owner.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <utility>

namespace ringside {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

class Mapping {
 public:
  Mapping() = default;
  // On failure the mapping is empty and errno says why.
  Mapping(int fd, size_t bytes, int protection, off_t offset) : bytes_(bytes) {
    void* at = mmap(nullptr, bytes, protection, MAP_SHARED | MAP_POPULATE, fd, offset);
    if (at != MAP_FAILED) at_ = static_cast<unsigned char*>(at);
  }
  Mapping(Mapping&& other) noexcept
      : at_(std::exchange(other.at_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(at_, other.at_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Mapping() {
    if (at_) munmap(at_, bytes_);
  }

  unsigned char* get() const { return at_; }
  size_t bytes() const { return bytes_; }
  explicit operator bool() const { return at_ != nullptr; }

 private:
  unsigned char* at_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace ringside
