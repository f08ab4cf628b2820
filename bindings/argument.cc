// One reader for each type that a field can have.
#include "bindings/argument.h"

#include <vector>

#include "bindings/handle.h"
#include "host/core/nearest.h"
#include "host/lua/inside.h"
#include "host/lua/library_table.h"

namespace tidegate {
namespace {

void ComposeWrong(lua_State* L, const Argument& arg, std::string_view why) noexcept {
  Runtime::Of(L).scratch =
      std::string(arg.op) + ": " + std::string(arg.name) + " " + std::string(why);
}

void Wrong(lua_State* L, const Argument& arg, std::string_view why) {
  ComposeWrong(L, arg, why);
  RaiseScratch(L);
}

void ComposeWrongType(lua_State* L, const Argument& arg, std::string_view expected) noexcept {
  Runtime::Of(L).scratch = std::string(arg.op) + ": " + std::string(arg.name) + " must be " +
                           std::string(expected) + ", not " + luaL_typename(L, arg.index);
}

void WrongType(lua_State* L, const Argument& arg, std::string_view expected) {
  ComposeWrongType(L, arg, expected);
  RaiseScratch(L);
}

void ComposeUnknownOption(lua_State* L, std::string_view op, std::string_view key,
                          std::span<const std::string_view> known) noexcept {
  Runtime::Of(L).scratch =
      std::string(op) + ": there is no option '" + std::string(key) + "'" + Suggestion(key, known);
}

}  // namespace

void Read(lua_State* L, const Argument& arg, std::string& out) {
  const auto text = StringAt(L, arg.index);
  if (!text) return WrongType(L, arg, "a string");
  // A stored value and a driver's input may be any bytes; everything else is a name.
  if (arg.name == "value" || arg.name == "input") {
    if (text->size() > limits::kStoreValueBytes) return Wrong(L, arg, "is longer than 64 KiB");
  } else {
    if (text->empty()) return Wrong(L, arg, "must not be empty");
    if (text->size() > limits::kPathBytes) return Wrong(L, arg, "is longer than 4096 bytes");
    if (text->find('\0') != text->npos) return Wrong(L, arg, "must not contain a zero byte");
  }
  out.assign(*text);
}

void Read(lua_State* L, const Argument& arg, std::int64_t& out) {
  const auto number = IntegerAt(L, arg.index);
  if (!number) return WrongType(L, arg, "an integer");
  out = *number;
}

void Read(lua_State* L, const Argument& arg, bool& out) {
  if (lua_type(L, arg.index) != LUA_TBOOLEAN) return WrongType(L, arg, "true or false");
  out = lua_toboolean(L, arg.index) != 0;
}

void Read(lua_State* L, const Argument& arg, Duration& out) {
  const auto duration = DurationAt(L, arg.index);
  if (!duration) {
    return Wrong(L, arg, "must be a duration: a number of seconds, or a text such as \"250ms\"");
  }
  out = *duration;
}

void Read(lua_State* L, const Argument& arg, Sectors& out) {
  constexpr std::int64_t kSectorMax = std::int64_t{1} << 54;  // its byte offset still fits
  if (lua_type(L, arg.index) != LUA_TTABLE) return WrongType(L, arg, "a list of sector numbers");
  const std::size_t count = lua_rawlen(L, arg.index);
  if (count == 0) return Wrong(L, arg, "must name at least one sector");
  if (count > limits::kProbeSectors) return Wrong(L, arg, "names more than 256 sectors");
  out.clear();
  for (std::size_t i = 1; i <= count; ++i) {
    lua_rawgeti(L, arg.index, static_cast<lua_Integer>(i));
    const auto sector = IntegerAt(L, -1);
    lua_pop(L, 1);
    if (!sector || *sector < 0 || *sector > kSectorMax) {
      return Wrong(L, arg, "must hold sector numbers: integers from 0 on");
    }
    out.push_back(*sector);
  }
}

void Read(lua_State* L, const Argument& arg, VolumeHandle& out) {
  const auto* held = static_cast<const HeldVolume*>(luaL_testudata(L, arg.index, kVolumeMeta));
  if (held == nullptr) return WrongType(L, arg, "a volume, as volume.open answers it");
  const Runtime& runtime = Runtime::Of(L);
  const OpenVolume* open = runtime.FindVolume(held->volume.id);
  if (open == nullptr) {
    Raise(L, "volume %d is closed", static_cast<int>(held->volume.id));
  } else if (open->task != runtime.task) {
    Raise(L, "volume %d belongs to another task", static_cast<int>(held->volume.id));
  }
  out = held->volume;
}

void CheckCount(lua_State* L, std::string_view op, int most) {
  if (lua_gettop(L) <= most) return;
  Raise(L, "%s takes at most %d argument%s", op.data(), most, most == 1 ? "" : "s");
}

void CheckOptions(lua_State* L, std::string_view op, int index,
                  std::span<const std::string_view> known) {
  if (lua_type(L, index) != LUA_TTABLE) {
    return WrongType(L, {op, "the last argument", index}, "a table of options");
  }
  // Which of several unknown options is complained about would tell addresses.
  if (tidegate_is_unordered(L, index) != 0) {
    return Wrong(L, {op, "the options", index}, "must have texts as keys");
  }
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    const std::string_view key = StringAt(L, -2).value_or("a key that is not a text");
    if (std::ranges::find(known, key) == known.end()) {
      ChargeSuggestion(L, known.size());
      ComposeUnknownOption(L, op, key, known);
      RaiseScratch(L);
    }
    lua_pop(L, 1);
  }
}

}  // namespace tidegate
