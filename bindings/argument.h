// Reading an operation's arguments from the Lua stack, field by field, with every range checked.
#pragma once

#include <array>
#include <cstring>

#include "host/core/op.h"
#include "host/lua/stack.h"

namespace tidegate {

// What is read: the operation's and the field's name are for messages.
struct Argument {
  std::string_view op;
  std::string_view name;
  int index;
};

void Read(lua_State* L, const Argument& arg, std::string& out);
void Read(lua_State* L, const Argument& arg, std::int64_t& out);
void Read(lua_State* L, const Argument& arg, bool& out);
void Read(lua_State* L, const Argument& arg, Duration& out);
void Read(lua_State* L, const Argument& arg, Sectors& out);
void Read(lua_State* L, const Argument& arg, VolumeHandle& out);

// Raises if there are arguments after the last, or options that nobody knows.
void CheckCount(lua_State* L, std::string_view op, int most);
void CheckOptions(lua_State* L, std::string_view op, int index,
                  std::span<const std::string_view> known);

template <class Op>
constexpr int Positionals() {
  return std::apply(
      [](const auto&... field) {
        return (0 + ... + (field.style == FieldStyle::kPositional ? 1 : 0));
      },
      Op::Fields());
}

template <class Op>
constexpr auto Options() {
  constexpr std::size_t kCount =
      std::tuple_size_v<decltype(Op::Fields())> - static_cast<std::size_t>(Positionals<Op>());
  std::array<std::string_view, kCount> names{};
  std::size_t n = 0;
  std::apply(
      [&](const auto&... field) {
        ((field.style == FieldStyle::kNamed ? void(names[n++] = field.name) : void()), ...);
      },
      Op::Fields());
  return names;
}

template <class Op>
void ReadArguments(lua_State* L, Op& op) {
  static constexpr std::string_view kName = Op::Info().name;
  static constexpr auto kFields = Op::Fields();
  static constexpr auto kOptions = Options<Op>();
  constexpr int kPositionals = Positionals<Op>();
  constexpr int kOptionsAt = kPositionals + 1;
  CheckCount(L, kName, kOptions.empty() ? kPositionals : kOptionsAt);
  const bool options = !kOptions.empty() && !lua_isnoneornil(L, kOptionsAt);
  if (options) CheckOptions(L, kName, kOptionsAt, kOptions);
  int next = 1;
  const auto read = [&](const auto& field) {
    if (field.style == FieldStyle::kPositional) {
      Read(L, {kName, field.name, next++}, op.*field.member);
    } else if (options) {
      if (GetField(L, kOptionsAt, field.name) != LUA_TNIL) {
        Read(L, {kName, field.name, lua_gettop(L)}, op.*field.member);
      }
      lua_pop(L, 1);
    }
  };
  std::apply([&](const auto&... field) { (read(field), ...); }, kFields);
}

}  // namespace tidegate
