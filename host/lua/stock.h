// Stock is where the functions of Lua's own libraries come from: the ones that policies may have.
//
// Why a list: what a new Lua version adds stays out until somebody has looked at it. io, os, debug,
// package, load and coroutine are not even built.
#pragma once

#include "host/lua/library.h"

namespace tidegate {

struct Stock {
  Library globals;  // with ours in the place of those that would show addresses or hang
  Library string;
  Library table;
  Library math;
  Library utf8;
};

const Stock& StockLibraries();

// The C function of Lua's string library that makes "10" + 1 a number, by metamethod name; null if
// it has none.
CFunction StringArithmetic(std::string_view metamethod);
// Lua's own string.format, behind Format.
CFunction StockFormat();

}  // namespace tidegate
