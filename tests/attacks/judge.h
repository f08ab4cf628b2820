// Whether an attack ended as its file says, and nothing else happened.
#pragma once

#include <string>

#include "tests/attacks/battle.h"

namespace tidegate::test {

// Empty when all is well; else lines that say what is not.
std::string WhatIsWrong(const Attack& attack, const Outcry& outcry);

}  // namespace tidegate::test
