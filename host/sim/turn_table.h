// A TurnTable finds what a question was answered with, by the question's digest.
//
// Why our own table: it is asked at every turn of a simulation, and nothing is ever taken out.
#pragma once

#include <cstdint>
#include <vector>

namespace tidegate::sim {

template <class Answer>
class TurnTable {
 public:
  TurnTable() : entries_(1 << 8) {}

  Answer* Find(std::uint64_t question) const { return Of(question).answer; }
  // Keeps what is there. Whether nothing was.
  bool Add(std::uint64_t question, Answer* answer) {
    if (count_ * 2 > entries_.size()) Grow();
    auto& entry = const_cast<Entry&>(Of(question));
    if (entry.answer != nullptr) return false;
    entry = {question, answer};
    ++count_;
    return true;
  }

 private:
  struct Entry {
    std::uint64_t question = 0;
    Answer* answer = nullptr;  // null: free
  };
  const Entry& Of(std::uint64_t question) const {
    const std::size_t mask = entries_.size() - 1;
    std::size_t at = question & mask;
    while (entries_[at].answer != nullptr && entries_[at].question != question) {
      at = (at + 1) & mask;
    }
    return entries_[at];
  }
  void Grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.answer != nullptr) const_cast<Entry&>(Of(entry.question)) = entry;
    }
  }

  std::vector<Entry> entries_;
  std::size_t count_ = 0;
};

}  // namespace tidegate::sim
