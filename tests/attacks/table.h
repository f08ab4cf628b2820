// The Table of what all attacks of one run of the tests cost: printed at its end, for people.
#pragma once

#include "tests/attacks/battle.h"

namespace tidegate::test {

void Enter(const Attack& attack, const Outcry& outcry);
void EnterNeighbour(int ticks);

}  // namespace tidegate::test
