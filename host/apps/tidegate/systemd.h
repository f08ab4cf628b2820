// What a service manager is told: sd_notify's protocol, one datagram to $NOTIFY_SOCKET.
//
// Source: sd_notify(3). Nothing happens when the variable is not set.
#pragma once

#include <string_view>

namespace tidegate {

void NotifySystemd(std::string_view state);

}  // namespace tidegate
