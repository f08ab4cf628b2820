// Tables as JSON and back.
#include "host/lua/plain_data.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "host/core/line.h"
#include "host/lua/stack.h"

namespace tidegate {
namespace {

using Json = nlohmann::json;

// What is under way. It lives outside Lua's frames: a jump leaks nothing.
struct Job {
  int slot = 0;
  std::string path;
  std::string problem;
  std::vector<const void*> ancestors;
  std::vector<std::string_view> keys;  // of all the tables that are being written; Lua holds them
  std::string text;                    // written so far
  Json document;                       // read
};

Job& JobOf(lua_State* L) { return *static_cast<Job*>(Runtime::Of(L).job); }

bool Fail(Job& job, std::string_view why) noexcept {
  if (job.problem.empty()) job.problem = PrintableLine(job.path, 256) + " " + std::string(why);
  return false;
}

void Enter(Job& job, std::string_view key) noexcept { (job.path += '.') += key; }
void Enter(Job& job, lua_Integer index) noexcept { job.path += "[" + std::to_string(index) + "]"; }

bool Export(lua_State* L, Job& job);

// As nlohmann's dump does, which takes ten times as long. Ends where the state is too long anyway:
// text of nothing but control characters becomes six times what it was, and nobody looks at the
// clock meanwhile.
void WriteText(Job& job, std::string_view text) noexcept {
  constexpr std::string_view kNamed = "\b\f\n\r\t\"\\";
  constexpr std::string_view kNames = "bfnrt\"\\";
  constexpr std::string_view kHex = "0123456789abcdef";
  job.text += '"';
  for (const char c : text) {
    if (job.text.size() > limits::kStateBytes) return;
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= ' ' && c != '"' && c != '\\') {
      job.text += c;
    } else if (const std::size_t named = kNamed.find(c); named != kNamed.npos) {
      (job.text += '\\') += kNames[named];
    } else {
      ((job.text += "\\u00") += kHex[byte >> 4]) += kHex[byte & 15];
    }
  }
  job.text += '"';
}

bool ExportText(Job& job, std::string_view text) noexcept {
  if (!IsUtf8(text)) return Fail(job, "is a text that is not UTF-8");
  WriteText(job, text);
  return true;
}

bool ExportFloat(Job& job, double number) noexcept {
  if (!std::isfinite(number)) return Fail(job, "is not a finite number");
  job.text += Json(number).dump();
  return true;
}

bool ExportNumber(lua_State* L, Job& job) {
  if (lua_isinteger(L, -1) == 0) return ExportFloat(job, lua_tonumber(L, -1));
  char digits[24];
  const auto end = std::to_chars(digits, std::end(digits), lua_tointeger(L, -1)).ptr;
  job.text.append(digits, end);
  return true;
}

bool ExportList(lua_State* L, Job& job, lua_Integer count) {
  const std::size_t length = job.path.size();
  job.text += '[';
  for (lua_Integer i = 1; i <= count; ++i) {
    if (i > 1) job.text += ',';
    Enter(job, i);
    lua_rawgeti(L, -1, i);
    if (!Export(L, job)) return false;
    lua_pop(L, 1);
    job.path.resize(length);
  }
  job.text += ']';
  return true;
}

// The keys are the last `count` of the job's.
bool ExportObject(lua_State* L, Job& job, std::size_t count) {
  const std::size_t length = job.path.size();
  const std::size_t first = job.keys.size() - count;
  std::size_t bytes = 0;
  for (std::size_t i = first; i < job.keys.size(); ++i) bytes += job.keys[i].size();
  // All of them would be written: before they are, long ones would be compared again and again.
  if (bytes > limits::kStateBytes) return Fail(job, "is where the state exceeds 64 KiB");
  lua_charge(L, 4 * count + bytes / 4);
  std::ranges::sort(job.keys.begin() + static_cast<std::ptrdiff_t>(first), job.keys.end());
  job.text += '{';
  for (std::size_t i = first; i < first + count; ++i) {
    if (i > first) job.text += ',';
    Enter(job, job.keys[i]);
    if (!IsUtf8(job.keys[i])) return Fail(job, "is a key that is not UTF-8");
    WriteText(job, job.keys[i]);
    job.text += ':';
    GetField(L, -1, job.keys[i]);
    if (!Export(L, job)) return false;
    lua_pop(L, 1);
    job.path.resize(length);
  }
  job.text += '}';
  return true;
}

// Adds the keys of the table on top to the job's. Answers how many there are if they are 1 to n, 0
// if all are texts, and -1 if they are neither.
lua_Integer ReadKeys(lua_State* L, Job& job) {
  const std::size_t first = job.keys.size();
  lua_Integer count = 0;
  lua_Integer last = 0;
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    lua_charge(L, 1);
    lua_pop(L, 1);
    if (const auto text = StringAt(L, -1)) {
      job.keys.push_back(*text);
    } else {
      const lua_Integer key = lua_isinteger(L, -1) != 0 ? lua_tointeger(L, -1) : 0;
      ++count;
      last = key < 1 ? LUA_MAXINTEGER : std::max(last, key);
    }
  }
  const bool texts = job.keys.size() > first;
  return last == count && !(count > 0 && texts) ? count : -1;
}

bool ExportTableOnTop(lua_State* L, Job& job) {
  const void* self = lua_topointer(L, -1);
  if (std::ranges::find(job.ancestors, self) != job.ancestors.end()) {
    return Fail(job, "is a table that contains itself");
  }
  if (job.ancestors.size() >= limits::kStateDepth) return Fail(job, "is more than 16 tables deep");
  if (lua_getmetatable(L, -1) != 0) return Fail(job, "has a metatable; only plain tables are kept");
  const std::size_t keys = job.keys.size();
  const lua_Integer count = ReadKeys(L, job);
  if (count < 0) return Fail(job, "has keys that are neither texts nor 1 to n");
  job.ancestors.push_back(self);
  const bool done =
      count > 0 ? ExportList(L, job, count) : ExportObject(L, job, job.keys.size() - keys);
  job.ancestors.pop_back();
  job.keys.resize(keys);
  return done;
}

// Writes the value on top.
bool Export(lua_State* L, Job& job) {
  luaL_checkstack(L, 8, nullptr);
  lua_charge(L, 8);
  if (job.text.size() > limits::kStateBytes) return Fail(job, "is where the state exceeds 64 KiB");
  switch (lua_type(L, -1)) {
    case LUA_TBOOLEAN:
      job.text += lua_toboolean(L, -1) != 0 ? "true" : "false";
      return true;
    case LUA_TNUMBER:
      return ExportNumber(L, job);
    case LUA_TSTRING:
      return ExportText(job, *StringAt(L, -1));
    case LUA_TTABLE:
      return ExportTableOnTop(L, job);
    default:
      return Fail(job, std::string_view(luaL_typename(L, -1)) == "function"
                           ? "is a function, which cannot be kept"
                           : "is a handle, which cannot be kept");
  }
}

int ExportBody(lua_State* L) noexcept {
  Job& job = JobOf(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, job.slot);
  Export(L, job);
  return 0;
}

void Import(lua_State* L, const Json& value) {
  luaL_checkstack(L, 8, nullptr);
  lua_charge(L, 4);
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

// What Export would refuse: a text that is imported can be exported again.
std::string_view WhyNot(const Json& value, int depth) {
  if (!value.is_structured()) return "";
  if (depth >= limits::kStateDepth) return "is more than 16 tables deep";
  for (const Json& v : value) {
    if (value.is_array() && v.is_null()) return "has null in a list, and lists have no holes";
    if (const std::string_view why = WhyNot(v, depth + 1); !why.empty()) return why;
  }
  return "";
}

Error Bad(std::string_view name, std::string_view why) {
  return {ErrorCode::kInvalidData, "", std::string(name) + " " + std::string(why)};
}

}  // namespace

Result<std::string> ExportTable(Sandbox& sandbox, int slot, std::string_view name) {
  Job job;
  job.slot = slot;
  job.path = name;
  sandbox.runtime->job = &job;
  const bool done = sandbox.Call(&ExportBody);
  sandbox.runtime->job = nullptr;
  if (!done) return Bad(name, "cannot be exported: " + sandbox.error());
  if (!job.problem.empty()) return Error{ErrorCode::kInvalidData, "", job.problem};
  if (job.text.size() > limits::kStateBytes) return Bad(name, "is more than 64 KiB");
  return std::move(job.text);
}

Outcome ImportTable(Sandbox& sandbox, int slot, std::string_view name, std::string_view json) {
  if (json.size() > limits::kStateBytes) return Bad(name, "is more than 64 KiB");
  Job job;
  job.slot = slot;
  job.document = Json::parse(json, nullptr, false);
  if (!job.document.is_object() && !job.document.is_array())
    return Bad(name, "is not a JSON object");
  if (const std::string_view why = WhyNot(job.document, 0); !why.empty()) return Bad(name, why);
  // 1e5 is longer as 100000.0.
  if (job.document.dump().size() > limits::kStateBytes) return Bad(name, "is more than 64 KiB");
  sandbox.runtime->job = &job;
  const bool done = sandbox.Call(&ImportBody);
  sandbox.runtime->job = nullptr;
  if (!done) return Bad(name, "cannot be imported: " + sandbox.error());
  return Ok();
}

}  // namespace tidegate
