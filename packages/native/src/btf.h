// What an object's BTF says about its types: layouts for those who hold offsets of their own, and where globals stand.
#pragma once

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <optional>
#include <string>

#include "wrapped.h"

namespace ringside {

struct Place {
  uint32_t offset;
  uint32_t bytes;
};

// {bytes, members: [{name, offset, bytes}]}
Napi::Value describeStruct(Napi::Env env, const bpf_object* object, const std::string& name);

// Where a variable stands in a data section such as ".rodata".
std::optional<Place> findVariable(const bpf_object* object, const char* section, const std::string& name);

}  // namespace ringside
