// The latest first, so that the next one is taken from the end and what comes soon moves little.
#include "host/sim/event_queue.h"

#include <algorithm>

namespace tidegate::sim {

void EventQueue::Push(Pending event) {
  event.order = ++order_;
  events_.push_back(event);
  std::size_t at = events_.size() - 1;
  // Nothing that is there was scheduled later: at the same instant it comes before.
  for (; at > 0 && events_[at - 1].at <= event.at; --at) events_[at] = events_[at - 1];
  events_[at] = event;
}

void EventQueue::Sort() { std::ranges::sort(events_, Later); }

Pending EventQueue::Pop() {
  const Pending event = events_.back();
  events_.pop_back();
  return event;
}

const Pending* EventQueue::Rival() const {
  if (events_.size() < 2) return nullptr;
  const Pending& a = events_.back();
  const Pending& b = events_[events_.size() - 2];
  return a.at == b.at && a.node == b.node && a.resource == b.resource ? &b : nullptr;
}

Pending EventQueue::PopRival() {
  std::swap(events_.back(), events_[events_.size() - 2]);
  return Pop();
}

}  // namespace tidegate::sim
