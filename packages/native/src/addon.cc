// What the addon exports. Loaded once per JavaScript environment, main thread and workers alike.
#include <bpf/libbpf.h>

#include "buffer.h"
#include "cpu.h"
#include "map.h"
#include "object.h"
#include "poller.h"
#include "program.h"
#include "reader.h"
#include "ticker.h"
#include "waker.h"

namespace ringside {
namespace {

// initialise(NativeError): the class that failures are thrown as, in this environment
Napi::Value initialise(const Napi::CallbackInfo& info) {
  envData(info.Env()).errorClass = Napi::Persistent(info[0].As<Napi::Function>());
  return info.Env().Undefined();
}

Napi::Value libbpfVersion(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), libbpf_version_string());
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  LogCapture::install();
  auto* data = new EnvData;
  env.SetInstanceData(data);  // released with the environment
  data->probe = Napi::Persistent(env.RunScript("(function () {})").As<Napi::Function>());

  data->bufferClass = Napi::Persistent(Buffer::define(env));
  exports.Set("Object", Object::define(env));
  exports.Set("Program", Program::define(env));
  exports.Set("Map", Map::define(env));
  exports.Set("Reader", Reader::define(env));
  exports.Set("Poller", Poller::define(env));
  exports.Set("Waker", Waker::define(env));
  exports.Set("Ticker", Ticker::define(env));

  addFunction<initialise>(exports, "initialise");
  addFunction<createRing>(exports, "createRing");
  addFunction<createRingSync>(exports, "createRingSync");
  addFunction<createPerf>(exports, "createPerf");
  addFunction<createPerfSync>(exports, "createPerfSync");
  addFunction<wake>(exports, "wake");
  addFunction<possibleCpus>(exports, "possibleCpus");
  addFunction<onlineCpus>(exports, "onlineCpus");
  addFunction<pinThread>(exports, "pinThread");
  addFunction<setTimerSlack>(exports, "setTimerSlack");
  addFunction<monotonicNs>(exports, "monotonicNs");
  addFunction<pageBytes>(exports, "pageBytes");
  addFunction<libbpfVersion>(exports, "libbpfVersion");
  return exports;
}

}  // namespace

NODE_API_MODULE(ringside_native, init)

}  // namespace ringside
