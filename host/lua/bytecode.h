// Bytecode is what this process dumped of a Lua function: read for the names of its globals, and
// written without the names of its local variables.
//
// Why without: an idle sandbox would keep them, a tenth of its memory; lines and the names of
// fields and upvalues stay. Only for bytes of the Lua that is built in; its format is ldump.c's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tidegate {

struct GlobalUse {
  std::string name;
  int line = 0;
  bool assigned = false;
  bool in_function = false;  // not in the main chunk
};

struct Bytecode {
  std::string bytes;  // without the names of local variables
  std::vector<GlobalUse> globals;
};

// Exactly what was dumped, or the process ends: these bytes never come from outside.
Bytecode ReadBytecode(std::string_view dumped);

}  // namespace tidegate
