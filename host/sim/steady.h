// A Steady is the search for a period after which a quiet run stands where it stood before.
//
// When nothing deviates and nothing is under way but polls, each period is like the one before. Two
// in a row are played and compared in everything: the state at their ends, every event that is to
// come, what the trace was told, what was counted. If they agree, those that follow before the step
// ends are not played: the trace is told of them from the tape, counts go on by what a period adds,
// and the step's end comes nearer by as much. All times in a run are relative to each other, so its
// own clock need not move; the trace knows what was left out.
//
// Only in nominal runs (Choices::Nominal) of policies that are learnt, and without a story.
#pragma once

#include <vector>

#include "host/sim/tape.h"

namespace tidegate::sim {

struct Steady {
  int tries = 0;
  bool recording = false;
  bool compared = false;  // the period before was like the one before it
  Instant began;          // when the first event of the period was due
  std::uint64_t state = 0;
  std::uint64_t volumes = 0;          // opened before
  std::vector<std::uint64_t> counts;  // when it began
  std::vector<std::uint64_t> gained;  // in the period before
  Tape tape;
  Tape before;
};

}  // namespace tidegate::sim
