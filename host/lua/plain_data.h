// Plain data is what may cross the sandbox's boundary: nil, booleans, numbers, texts, and tables of
// them, as JSON text.
#pragma once

#include <string>
#include <string_view>

#include "host/core/result.h"

struct lua_State;

namespace tidegate {

class Sandbox;

// The table in the registry's `slot` as JSON with its keys in order. The error names the path of
// what is not plain data, or too deep, or too much.
Result<std::string> ExportTable(Sandbox& sandbox, int slot, std::string_view name);
Outcome ImportTable(Sandbox& sandbox, int slot, std::string_view name, std::string_view json);

}  // namespace tidegate
