// Tables as JSON and back. The document lives outside Lua's frames: a jump leaks nothing.
#include "host/lua/plain_data.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "host/lua/printable.h"
#include "host/lua/stack.h"

namespace tidegate {
namespace {

using Json = nlohmann::json;

struct Job {
  int slot = 0;
  Json document;
  std::string path;
  std::string problem;
  std::size_t bytes = 0;
  std::vector<const void*> ancestors;
};

Job& JobOf(lua_State* L) { return *static_cast<Job*>(Runtime::Of(L).job); }

bool Fail(Job& job, std::string_view why) noexcept {
  if (job.problem.empty()) job.problem = Printable(job.path, 256) + " " + std::string(why);
  return false;
}

void Enter(Job& job, std::string_view key) noexcept { (job.path += '.') += key; }
void Enter(Job& job, lua_Integer index) noexcept { job.path += "[" + std::to_string(index) + "]"; }

bool Export(lua_State* L, Job& job, Json& out);

bool ExportText(Job& job, std::string_view text, Json& out) noexcept {
  job.bytes += text.size();
  if (!IsUtf8(text)) return Fail(job, "is a text that is not UTF-8");
  out = text;
  return true;
}

bool ExportNumber(lua_State* L, Job& job, Json& out) {
  if (lua_isinteger(L, -1) != 0) {
    out = static_cast<std::int64_t>(lua_tointeger(L, -1));
    return true;
  }
  const double number = lua_tonumber(L, -1);
  if (!std::isfinite(number)) return Fail(job, "is not a finite number");
  out = number;
  return true;
}

bool ExportList(lua_State* L, Job& job, lua_Integer count, Json& out) {
  out = Json::array();
  const std::size_t length = job.path.size();
  for (lua_Integer i = 1; i <= count; ++i) {
    out.push_back(nullptr);
    Enter(job, i);
    lua_rawgeti(L, -1, i);
    if (!Export(L, job, out.back())) return false;
    lua_pop(L, 1);
    job.path.resize(length);
  }
  return true;
}

Json& Member(Json& object, std::string_view key) noexcept { return object[std::string(key)]; }

bool ExportObject(lua_State* L, Job& job, Json& out) {
  out = Json::object();
  const std::size_t length = job.path.size();
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    const auto key = StringAt(L, -2);
    if (!key) return Fail(job, "has keys that are neither texts nor 1 to n");
    job.bytes += key->size();
    Enter(job, *key);
    if (!IsUtf8(*key)) return Fail(job, "is a key that is not UTF-8");
    if (!Export(L, job, Member(out, *key))) return false;
    lua_pop(L, 1);
    job.path.resize(length);
  }
  return true;
}

// The number of elements if the keys are 1 to n, else -1.
lua_Integer ListLength(lua_State* L) {
  lua_Integer count = 0;
  lua_Integer last = 0;
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    const bool integer = lua_isinteger(L, -2) != 0;
    const lua_Integer key = integer ? lua_tointeger(L, -2) : 0;
    lua_pop(L, 1);
    if (key < 1) {
      lua_pop(L, 1);
      return -1;
    }
    ++count;
    last = std::max(last, key);
  }
  return count > 0 && last == count ? count : -1;
}

bool ExportTableOnTop(lua_State* L, Job& job, Json& out) {
  const void* self = lua_topointer(L, -1);
  if (std::ranges::find(job.ancestors, self) != job.ancestors.end()) {
    return Fail(job, "is a table that contains itself");
  }
  if (job.ancestors.size() >= limits::kStateDepth) return Fail(job, "is more than 16 tables deep");
  if (lua_getmetatable(L, -1) != 0) return Fail(job, "has a metatable; only plain tables are kept");
  job.ancestors.push_back(self);
  const lua_Integer count = ListLength(L);
  const bool done = count >= 0 ? ExportList(L, job, count, out) : ExportObject(L, job, out);
  job.ancestors.pop_back();
  return done;
}

bool Export(lua_State* L, Job& job, Json& out) {
  luaL_checkstack(L, 8, nullptr);
  lua_charge(L, 4);
  job.bytes += 2;
  if (job.bytes > limits::kStateBytes) return Fail(job, "is where the state exceeds 64 KiB");
  switch (lua_type(L, -1)) {
    case LUA_TBOOLEAN:
      out = lua_toboolean(L, -1) != 0;
      return true;
    case LUA_TNUMBER:
      return ExportNumber(L, job, out);
    case LUA_TSTRING:
      return ExportText(job, *StringAt(L, -1), out);
    case LUA_TTABLE:
      return ExportTableOnTop(L, job, out);
    default:
      return Fail(job, std::string_view(luaL_typename(L, -1)) == "function"
                           ? "is a function, which cannot be kept"
                           : "is a handle, which cannot be kept");
  }
}

int ExportBody(lua_State* L) noexcept {
  Job& job = JobOf(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, job.slot);
  Export(L, job, job.document);
  return 0;
}

void Import(lua_State* L, const Json& value) {
  luaL_checkstack(L, 8, nullptr);
  if (value.is_boolean()) return Push(L, value.get<bool>());
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) {
    return lua_pushnumber(L, value.get<double>());  // as Lua reads such a number
  }
  if (value.is_number_integer()) return Push(L, value.get<std::int64_t>());
  if (value.is_number()) return lua_pushnumber(L, value.get<double>());
  if (value.is_string()) return Push(L, std::string_view(value.get_ref<const std::string&>()));
  if (value.is_null()) return lua_pushnil(L);
  lua_createtable(L, 0, 0);
  lua_Integer index = 0;
  for (auto it = value.begin(); it != value.end(); ++it) {
    static_assert(std::is_trivially_destructible_v<decltype(it)>);
    if (value.is_array()) {
      Push(L, static_cast<std::int64_t>(++index));
    } else {
      Push(L, std::string_view(it.key()));
    }
    Import(L, it.value());
    lua_rawset(L, -3);
  }
}

int ImportBody(lua_State* L) noexcept {
  Job& job = JobOf(L);
  Import(L, job.document);
  lua_rawseti(L, LUA_REGISTRYINDEX, job.slot);
  return 0;
}

bool TooDeep(const Json& value, int depth) {
  if (!value.is_structured()) return false;
  if (depth >= limits::kStateDepth) return true;
  return std::ranges::any_of(value, [&](const Json& v) { return TooDeep(v, depth + 1); });
}

Error Bad(std::string_view name, std::string_view why) {
  return {ErrorCode::kInvalidData, "", std::string(name) + " " + std::string(why)};
}

}  // namespace

Result<std::string> ExportTable(Sandbox& sandbox, int slot, std::string_view name) {
  Job job{.slot = slot, .document = {}, .path = std::string(name), .problem = {}, .ancestors = {}};
  sandbox.runtime->job = &job;
  const bool done = sandbox.Call(&ExportBody);
  sandbox.runtime->job = nullptr;
  if (!done) return Bad(name, "cannot be exported: " + sandbox.error());
  if (!job.problem.empty()) return Error{ErrorCode::kInvalidData, "", job.problem};
  std::string text = job.document.dump();
  if (text.size() > limits::kStateBytes) return Bad(name, "is more than 64 KiB");
  return text;
}

Outcome ImportTable(Sandbox& sandbox, int slot, std::string_view name, std::string_view json) {
  if (json.size() > limits::kStateBytes) return Bad(name, "is more than 64 KiB");
  Job job{.slot = slot, .document = {}, .path = std::string(name), .problem = {}, .ancestors = {}};
  job.document = Json::parse(json, nullptr, false);
  if (!job.document.is_object() && !job.document.is_array())
    return Bad(name, "is not a JSON object");
  if (TooDeep(job.document, 0)) return Bad(name, "is more than 16 tables deep");
  sandbox.runtime->job = &job;
  const bool done = sandbox.Call(&ImportBody);
  sandbox.runtime->job = nullptr;
  if (!done) return Bad(name, "cannot be imported: " + sandbox.error());
  return Ok();
}

}  // namespace tidegate
