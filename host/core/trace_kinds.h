// What the kinds of records are called, in the order of Recorded.
#pragma once

#include <array>
#include <string_view>

#include "host/core/trace.h"

namespace tidegate::trace {

inline constexpr std::array<std::string_view, kRecordKinds> kRecordNames = {
    "policy", "state",  "wants",  "asked", "terminate", "offered", "run",
    "call",   "reply",  "return", "watch", "progress",  "cancel",  "host",
    "late",   "report", "answer", "swap",  "log",       "time"};

}  // namespace tidegate::trace
