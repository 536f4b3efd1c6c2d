// Program access. Every method runs on the calling JavaScript thread.
#include "program.h"

#include <bpf/bpf.h>

#include <cerrno>
#include <cstddef>

namespace ringside {

Napi::Function Program::define(Napi::Env env) {
  return DefineClass(env, "Program",
                     {
                         method<&Program::fd>("fd"),
                         method<&Program::info>("info"),
                         method<&Program::testRun>("testRun"),
                         method<&Program::close>("close"),
                     });
}

Program::Program(const Napi::CallbackInfo& info) : Wrapped<Program>(info) {
  guarded(info.Env(), [&] {
    fd_ = duplicateBpf(static_cast<int>(integerAt(info, 0)), "bpf-prog");
    if (!fd_) fail(errno, "open a program", "the descriptor is not a loaded program's");
  });
}

int Program::handle() const {
  if (!fd_) failClosed("program");
  return fd_.get();
}

Napi::Value Program::fd(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), handle()); }

Napi::Value Program::info(const Napi::CallbackInfo& info) {
  bpf_prog_info found = {};
  uint32_t bytes = sizeof found;
  if (bpf_obj_get_info_by_fd(handle(), &found, &bytes) != 0) fail(errno, "ask for a program's properties");
  // The kernel says how much of the struct it knows.
  const bool tells = bytes >= offsetof(bpf_prog_info, recursion_misses) + sizeof found.recursion_misses;
  const auto number = [&](uint64_t value) { return Napi::Number::New(info.Env(), static_cast<double>(value)); };
  Napi::Object about = Napi::Object::New(info.Env());
  about.Set("id", found.id);
  about.Set("runCount", number(found.run_cnt));
  about.Set("runTimeNs", number(found.run_time_ns));
  about.Set("recursionMisses", tells ? Napi::Value(number(found.recursion_misses)) : info.Env().Null());
  return about;
}

Napi::Value Program::testRun(const Napi::CallbackInfo& info) {
  const int program = handle();
  const Bytes context = bytesAt(info, 0);
  const int64_t cpu = integerAt(info, 1);
  LIBBPF_OPTS(bpf_test_run_opts, options);
  if (context.size > 0) {
    options.ctx_in = context.at;
    options.ctx_size_in = context.size;
  }
  if (cpu >= 0) {
    options.flags = BPF_F_TEST_RUN_ON_CPU;
    options.cpu = static_cast<uint32_t>(cpu);
  }
  if (bpf_prog_test_run_opts(program, &options) != 0) {
    fail(errno, "run a program", errno == ENXIO ? "the CPU is not online" : "");
  }
  return Napi::Number::New(info.Env(), options.retval);
}

Napi::Value Program::close(const Napi::CallbackInfo& info) {
  fd_ = Fd();
  return info.Env().Undefined();
}

}  // namespace ringside
