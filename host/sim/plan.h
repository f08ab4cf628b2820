// A Site is where a simulated run can deviate from the nominal one; a plan (host/core/fault.h) is
// the sites at which it did.
#pragma once

#include <string>
#include <string_view>

#include "host/core/fault.h"
#include "host/sim/outcome.h"

namespace tidegate::sim {

using tidegate::Deviation;
using tidegate::ParsePlan;
using tidegate::Plan;

// Where a run can deviate. The views live as long as the run.
struct Site {
  std::string_view node;
  std::string_view resource;
  std::string_view what;  // an operation, an entry point, "order"
  int nth = 1;
  Menu menu;
  std::string_view where{};  // "volume.lua:42": of an operation, where it was asked for

  std::uint64_t key() const;
  std::string label() const;  // "A vol1 volume.offline#1"
};

Deviation MakeDeviation(const Site& site, const Outcome& outcome);

}  // namespace tidegate::sim
