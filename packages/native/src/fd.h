// File descriptors and memory mappings that release themselves. Any thread, one owner.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>
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

// A duplicate of `fd` if that is what procfs calls `kind`, else empty with errno set: the kernel answers questions about
// any BPF object, and another one's answer would be taken for sizes of memory.
inline Fd duplicateBpf(int fd, const char* kind) {
  Fd copy(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy) return copy;
  char target[64] = {};
  const std::string link = "/proc/self/fd/" + std::to_string(copy.get());
  if (readlink(link.c_str(), target, sizeof target - 1) > 0 && std::string("anon_inode:") + kind == target) return copy;
  copy = Fd();
  errno = EINVAL;
  return copy;
}

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
