// Quiet polls are those that found everything well: a story is told without them, by their number.
#pragma once

#include <vector>

#include "host/sim/trace.h"

namespace tidegate::sim {

// The lines without the polls that brought no news. Where some were left out, a line says how many.
std::vector<Line> WithoutQuietPolls(const std::vector<Line>& lines);

}  // namespace tidegate::sim
