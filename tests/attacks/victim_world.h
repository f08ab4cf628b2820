// The volumes that attacks find: paths that fail, hang a while, answer oddly or at great length;
// every other one is a healthy volume.
#pragma once

#include <functional>

#include "host/core/call.h"
#include "host/core/event.h"

namespace tidegate::test {

std::function<Reply(ResourceId, const Call&)> VictimWorld();

}  // namespace tidegate::test
