// A Library is a table of functions that a policy finds by name: what C gives to Lua.
//
// Why tables fill themselves: a policy uses perhaps thirty of the two hundred functions within its
// reach. A library's Lua table starts empty and takes each function in at its first use, so that an
// idle policy pays memory for what it calls, and a misspelled name is an error with a suggestion
// instead of nil.
#pragma once

#include <span>
#include <string_view>

struct lua_State;

namespace tidegate {

using CFunction = int (*)(lua_State*);

struct Function {
  std::string_view name;
  CFunction call;
  bool is_value = false;  // `call(library, name)` makes the value, once
};

struct Library {
  std::string_view name;
  std::span<const Function> functions;
};

// Everything that bindings/ gives to a policy.
struct BindingList {
  std::span<const Library> libraries;  // found by `require`
  CFunction push_resource = nullptr;   // pushes the entry points' first argument
};

}  // namespace tidegate
