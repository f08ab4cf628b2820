// KnownStates are the states that an exploration has been in, which run was there first, and how
// many deviations it had made.
//
// Why our own table: millions of entries of sixteen bytes, never taken out.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace tidegate::sim {

class KnownStates {
 public:
  KnownStates() : entries_(1 << 12) {}

  // Whether another run came to `state` with at most as many deviations `made`. A run that comes
  // back to where it was itself, now or when it was gone through before, is not done. (Two runs
  // with the same number are taken for one: then more is tried than has to be.)
  bool Seen(std::uint64_t state, int made, std::uint32_t run) {
    if (count_ * 2 > entries_.size()) Grow();
    Entry& entry = Of(state);
    if (entry.run == run) return false;
    if (entry.run != 0 && entry.made <= made) return true;
    count_ += entry.run == 0 ? 1 : 0;
    entry = {state, run, made};
    return false;
  }
  std::size_t size() const { return count_; }

 private:
  struct Entry {
    std::uint64_t state = 0;
    std::uint32_t run = 0;  // 0: free
    std::int32_t made = 0;
  };

  // States are digests: any bits of them will do.
  Entry& Of(std::uint64_t state) {
    const std::size_t mask = entries_.size() - 1;
    std::size_t at = state & mask;
    while (entries_[at].run != 0 && entries_[at].state != state) at = (at + 1) & mask;
    return entries_[at];
  }
  void Grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.run != 0) Of(entry.state) = entry;
    }
  }

  std::vector<Entry> entries_;
  std::size_t count_ = 0;
};

}  // namespace tidegate::sim
