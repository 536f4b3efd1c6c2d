// Reading BTF. JavaScript thread.
#include "btf.h"

#include <cerrno>
#include <cstring>

namespace ringside {
namespace {

const btf* typesOf(const bpf_object* object) {
  const btf* types = bpf_object__btf(object);
  if (!types) failWith("ENOBTF", "read the object's BTF", "compile the object with -g");
  return types;
}

}  // namespace

Napi::Value describeStruct(Napi::Env env, const bpf_object* object, const std::string& name) {
  const btf* types = typesOf(object);
  const int id = btf__find_by_name_kind(types, name.c_str(), BTF_KIND_STRUCT);
  if (id < 0) failWith("ENOENT", "struct " + name, "the object's BTF has no such struct");
  const btf_type* type = btf__type_by_id(types, id);
  const btf_member* member = btf_members(type);
  Napi::Array members = Napi::Array::New(env, btf_vlen(type));
  for (uint32_t i = 0; i < btf_vlen(type); i++) {
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("name", btf__name_by_offset(types, member[i].name_off));
    entry.Set("offset", btf_member_bit_offset(type, i) / 8);
    entry.Set("bytes", Napi::Number::New(env, static_cast<double>(btf__resolve_size(types, member[i].type))));
    members.Set(i, entry);
  }
  Napi::Object layout = Napi::Object::New(env);
  layout.Set("bytes", type->size);
  layout.Set("members", members);
  return layout;
}

std::optional<Place> findVariable(const bpf_object* object, const char* section, const std::string& name) {
  const btf* types = typesOf(object);
  const int id = btf__find_by_name_kind(types, section, BTF_KIND_DATASEC);
  if (id < 0) return std::nullopt;
  const btf_type* type = btf__type_by_id(types, id);
  const btf_var_secinfo* entry = btf_var_secinfos(type);
  for (uint32_t i = 0; i < btf_vlen(type); i++) {
    const btf_type* variable = btf__type_by_id(types, entry[i].type);
    if (name == btf__name_by_offset(types, variable->name_off)) return Place{entry[i].offset, entry[i].size};
  }
  return std::nullopt;
}

}  // namespace ringside
