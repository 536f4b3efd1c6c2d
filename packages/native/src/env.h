// What the addon keeps per JavaScript environment (main thread or worker), and the base of its classes.
#pragma once

#include <napi.h>

namespace ringside {

struct EnvData {
  Napi::FunctionReference errorClass;
  Napi::FunctionReference bufferClass;
  // Does nothing; that it cannot be called any more tells that the environment is being torn down.
  Napi::FunctionReference probe;
};

inline EnvData& envData(Napi::Env env) { return *env.GetInstanceData<EnvData>(); }

}  // namespace ringside
