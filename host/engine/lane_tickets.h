// Lane tickets name what a lane itself asks of Env: they have a bit that those of its resource and
// its monitor do not have.
#pragma once

#include "host/core/event.h"

namespace tidegate {

inline constexpr std::uint64_t kLaneBit = 1ull << 62;
inline constexpr Ticket kStateRead{kLaneBit | 1};
inline constexpr Ticket kStateWritten{kLaneBit | 2};
inline constexpr Ticket kStateReadDue{kLaneBit | 3};
inline constexpr Ticket kStateAside{kLaneBit | 4};
// The nth offer of a version has waited long enough.
constexpr Ticket SwapDueTicket(std::uint64_t n) { return {kLaneBit | (n << 8)}; }

constexpr bool IsLanes(Ticket ticket) { return (ticket.number & kLaneBit) != 0; }

}  // namespace tidegate
