// A binary heap; its order is total, so it does not depend on how the heap is built.
#include "host/sim/event_queue.h"

#include <algorithm>

namespace tidegate::sim {

void EventQueue::Insert(const Pending& event) {
  heap_.push_back(event);
  std::ranges::push_heap(heap_, Later);
}

void EventQueue::Rebuild() { std::ranges::make_heap(heap_, Later); }

Pending EventQueue::Pop() {
  std::ranges::pop_heap(heap_, Later);
  const Pending event = heap_.back();
  heap_.pop_back();
  return event;
}

// The second smallest of a heap is a child of its root.
std::size_t EventQueue::Rival() const {
  if (heap_.size() < 2) return 0;
  const std::size_t second = heap_.size() > 2 && Later(heap_[1], heap_[2]) ? 2 : 1;
  const Pending& a = heap_.front();
  const Pending& b = heap_[second];
  return a.at == b.at && a.node == b.node && a.resource == b.resource ? second : 0;
}

bool EventQueue::HasRival() const { return Rival() != 0; }

Pending EventQueue::PopRival() {
  const std::size_t rival = Rival();
  const Pending event = heap_[rival];
  heap_.erase(heap_.begin() + static_cast<std::ptrdiff_t>(rival));
  Rebuild();
  return event;
}

}  // namespace tidegate::sim
