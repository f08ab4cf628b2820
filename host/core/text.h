// Text is the one-line form of events, effects and what they carry: for logs, traces and tests.
#pragma once

#include <string>

#include "host/core/effect.h"
#include "host/core/event.h"

namespace tidegate {

std::string Name(Task task);  // "entry", "terminate", "watch0"
std::string Text(const Verdict& verdict);
std::string Text(const Status& status);
std::string Text(const Event& event);
std::string Text(const Effect& effect);

}  // namespace tidegate
