// The Lua files of scripts/, built into the program; read-only, alive as long as the program.
#pragma once

#include <span>
#include <string_view>

namespace tidegate {

struct Script {
  std::string_view name;  // "retry" for scripts/retry.lua: what a policy says to require
  std::string_view text;
};

std::span<const Script> Scripts();  // sorted by name

}  // namespace tidegate
