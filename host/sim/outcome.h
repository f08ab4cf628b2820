// An Outcome is what can happen at one site of a run; menu entry 0 is always the nominal one.
//
// What a site can meet is decided here and nowhere else: an operation by its declared errors and by
// what it does, an entry point by what can befall its node or its disk at that moment. The words of
// outcomes are those of every plan: host/core/fault.h.
#pragma once

#include <span>

#include "host/core/call.h"
#include "host/core/fault.h"

namespace tidegate::sim {

using tidegate::Fate;
using tidegate::kFates;
using tidegate::Text;
using Outcome = tidegate::Fault;

using Menu = std::span<const Outcome>;

// Each lives as long as the program.
Menu MenuOf(const Call& call, bool can_be_stale);
Menu EntryMenu();
Menu OrderMenu();
Menu ClockMenu();  // of a node, once
Menu ReadingMenu();

}  // namespace tidegate::sim
