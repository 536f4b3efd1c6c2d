// The text of failures: errno names, hints by cause, and the part of libbpf's messages worth showing.
#include "errors.h"

#include <bpf/libbpf.h>
#include <string.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <new>

namespace ringside {
namespace {

constexpr int kLogLines = 20;
constexpr size_t kLogBytes = 64 << 10;
constexpr int kNotSupportedInKernel = 524;  // ENOTSUPP, which user space has no name for

thread_local LogCapture* capturing = nullptr;

std::string nameOf(int number) {
  if (number == kNotSupportedInKernel) return "ENOTSUPP";
  const char* name = strerrorname_np(number);
  return name ? name : "E" + std::to_string(number);
}

const char* hintFor(int number) {
  switch (number) {
    case EPERM:
      return "run as root, or give the process CAP_BPF and CAP_PERFMON (Linux before 5.8: CAP_SYS_ADMIN)";
    case EACCES:
      return "the kernel's verifier refused the program: the end of its log is in `log`";
    case ENOMEM:
      return "free memory, or raise the memory limit of this process's cgroup";
    case EMFILE:
      return "raise the limit of open files (ulimit -n)";
    case E2BIG:
      return "the program is too complex, or the running kernel too old for what is asked of it";
    case ENOTSUP:
    case kNotSupportedInKernel:
    case ENOSYS:
      return "the running kernel does not have this";
    default:
      return "";
  }
}

std::string lastLines(const std::string& text, int lines) {
  size_t end = text.size();
  while (end > 0 && text[end - 1] == '\n') end--;
  size_t begin = end;
  for (int seen = 0; begin > 0; begin--) {
    if (text[begin - 1] == '\n' && ++seen == lines) break;
  }
  return text.substr(begin, end - begin);
}

}  // namespace

void fail(int number, const std::string& operation, const std::string& hint, const std::string& log) {
  Failure failure;
  failure.number = std::abs(number);
  failure.code = nameOf(failure.number);
  failure.operation = operation;
  failure.hint = hint.empty() ? hintFor(failure.number) : hint;
  failure.log = log;
  throw failure;
}

void failWith(const char* code, const std::string& operation, const std::string& hint) {
  Failure failure;
  failure.code = code;
  failure.operation = operation;
  failure.hint = hint;
  throw failure;
}

void failClosed(const char* what) { failWith("ECLOSED", what, "it was closed before this call"); }

Failure describe(const std::exception& error) {
  Failure failure;
  const bool memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  failure.number = memory ? ENOMEM : 0;
  failure.code = memory ? "ENOMEM" : "EBUG";
  failure.operation = error.what();
  failure.hint = memory ? hintFor(ENOMEM) : "this is a defect of the addon";
  return failure;
}

Napi::Value toNativeError(Napi::Env env, const Failure& failure) {
  const auto text = [&](const std::string& value) { return Napi::String::New(env, value); };
  const EnvData& data = envData(env);
  std::string cause = failure.number ? strerror(failure.number) : failure.hint;
  if (failure.number == kNotSupportedInKernel) cause = "not supported by this kernel";
  return data.errorClass.New({text(failure.code), Napi::Number::New(env, failure.number), text(failure.operation),
                              text(cause), text(failure.hint), text(failure.log)});
}

int capturePrint(const char* format, va_list arguments) {
  if (!capturing) return 0;
  char* line = nullptr;
  const int bytes = vasprintf(&line, format, arguments);
  if (bytes < 0) return 0;
  const size_t kept = static_cast<size_t>(bytes) < kLogBytes ? bytes : kLogBytes;
  std::string& text = capturing->text_;
  text.append(line + bytes - kept, kept);
  if (text.size() > kLogBytes) text.erase(0, text.size() - kLogBytes);
  free(line);
  return bytes;
}

LogCapture::LogCapture() : outer_(capturing) { capturing = this; }

LogCapture::~LogCapture() { capturing = outer_; }

std::string LogCapture::tail() const {
  const size_t end = text_.rfind("-- END PROG LOAD LOG --");
  if (end == std::string::npos) return lastLines(text_, kLogLines);
  const size_t begin = text_.rfind("-- BEGIN PROG LOAD LOG --", end);
  const size_t first = begin == std::string::npos ? 0 : text_.find('\n', begin) + 1;
  const std::string log = text_.substr(first, text_.rfind('\n', end) - first);
  return lastLines(log, kLogLines);
}

void LogCapture::install() {
  static std::once_flag once;
  std::call_once(once, [] {
    libbpf_set_print([](enum libbpf_print_level level, const char* format, va_list arguments) {
      return level == LIBBPF_DEBUG ? 0 : capturePrint(format, arguments);
    });
  });
}

}  // namespace ringside
