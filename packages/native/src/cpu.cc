// All of these act on the calling thread alone.
#include "cpu.h"

#include <bpf/libbpf.h>
#include <sched.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

namespace ringside {

Napi::Value possibleCpus(const Napi::CallbackInfo& info) {
  const int cpus = libbpf_num_possible_cpus();
  if (cpus < 0) fail(cpus, "count the possible CPUs");
  return Napi::Number::New(info.Env(), cpus);
}

Napi::Value onlineCpus(const Napi::CallbackInfo& info) {
  // A list of ranges: "0-3,8,10-11".
  std::ifstream file("/sys/devices/system/cpu/online");
  Napi::Array cpus = Napi::Array::New(info.Env());
  uint32_t first = 0;
  while (file >> first) {
    uint32_t last = first;
    if (file.peek() == '-') file.ignore() >> last;
    for (uint32_t cpu = first; cpu <= last; cpu++) cpus.Set(cpus.Length(), cpu);
    if (file.peek() == ',') file.ignore();
  }
  if (cpus.Length() == 0) failWith("ENOENT", "read the online CPUs", "/sys is not mounted");
  return cpus;
}

Napi::Value pinThread(const Napi::CallbackInfo& info) {
  const int64_t wanted = integerAt(info, 0);
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  for (int64_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (wanted < 0 || cpu == wanted) CPU_SET(cpu, &cpus);
  }
  if (sched_setaffinity(0, sizeof cpus, &cpus) != 0) {
    fail(errno, "pin to CPU " + std::to_string(wanted), "the CPU is not online, or not in this process's set");
  }
  return info.Env().Undefined();
}

Napi::Value setTimerSlack(const Napi::CallbackInfo& info) {
  if (prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(integerAt(info, 0))) != 0) fail(errno, "set the timer slack");
  return info.Env().Undefined();
}

Napi::Value monotonicNs(const Napi::CallbackInfo& info) {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const uint64_t ns = now.tv_sec * 1'000'000'000ull + now.tv_nsec;
  Napi::Object time = Napi::Object::New(info.Env());
  time.Set("hi", static_cast<uint32_t>(ns >> 32));
  time.Set("lo", static_cast<uint32_t>(ns));
  return time;
}

Napi::Value pageBytes(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(sysconf(_SC_PAGESIZE)));
}

}  // namespace ringside
