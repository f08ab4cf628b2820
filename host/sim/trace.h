// A Trace is what happened in a run, in order: always as a digest, and as lines when somebody wants
// to read them.
#pragma once

#include <string>
#include <vector>

#include "host/core/digest.h"
#include "host/core/effect.h"
#include "host/sim/tape.h"

namespace tidegate::sim {

struct Line {
  Instant at;
  std::string node;  // empty: the cluster, the operator
  std::string resource;
  std::string text;
  char mark = ' ';  // '!' a fault, '>' a call of the cluster, '=' a state, 'X' a violation,
                    // '-' an operation, '.' its answer, '<' (with RunOptions::where) a call's end
  std::string where{};  // the policy's line that asked, with RunOptions::where
};

// All of it is in the digest, so that two that differ have different ones; of a reply all but the
// detail, which is for people.
void Describe(Digest& digest, const Call& call);
void Describe(Digest& digest, const Reply& reply);
void Describe(Digest& digest, const Cause& cause);
void Describe(Tape& tape, const Call& call);
void Describe(Tape& tape, const Reply& reply);
void Describe(Tape& tape, const Cause& cause);

class Trace {
 public:
  void Reset(bool keep) {
    digest_ = Digest();
    lines_.clear();
    keep_ = keep;
    events_ = 0;
    left_out_ = {};
    tape_ = nullptr;
  }
  bool keeps() const { return keep_; }

  void Happened(int what, int node, int resource, Instant at) {
    ++events_;
    Add((static_cast<std::uint64_t>(what) << 16) | (static_cast<std::uint64_t>(node + 1) << 8) |
        static_cast<std::uint64_t>(resource + 1));
    Add(static_cast<std::uint64_t>((at + left_out_).ns));
  }
  void Add(std::uint64_t n) {
    digest_.Add(n);
    if (tape_ != nullptr) tape_->Add(n);
  }
  void Add(std::string_view text) {
    digest_.Add(text);
    if (tape_ != nullptr) tape_->Add(text);
  }
  void Add(const Call& call) { Put(call); }
  void Add(const Reply& reply) { Put(reply); }
  void Add(const Cause& cause) { Put(cause); }

  // From here on it is told to the tape, too; null: no more.
  void Record(Tape* tape) { tape_ = tape; }
  // So many periods like the one on the tape took place, and nobody told of them.
  void LeaveOut(Tape& tape, std::uint64_t times, Duration in_all) {
    tape.Tell(digest_, times);
    left_out_ = left_out_ + in_all;
  }
  Duration left_out() const { return left_out_; }
  template <class Visit>
  void ForEachCount(Visit visit) {
    visit(events_);
  }

  // To go back to; not with lines.
  struct Mark {
    Digest digest;
    std::uint64_t events = 0;
    Duration left_out;
  };
  Mark mark() const { return {digest_, events_, left_out_}; }
  void GoBack(const Mark& to) {
    digest_ = to.digest;
    events_ = to.events;
    left_out_ = to.left_out;
    tape_ = nullptr;
  }

  void Tell(Line line) { lines_.push_back(std::move(line)); }

  std::uint64_t digest() const { return digest_.value(); }
  std::uint64_t events() const { return events_; }
  const std::vector<Line>& lines() const { return lines_; }

 private:
  template <class What>
  void Put(const What& what) {
    Describe(digest_, what);
    if (tape_ != nullptr) Describe(*tape_, what);
  }

  Digest digest_;
  Tape* tape_ = nullptr;
  Duration left_out_;
  bool keep_ = false;
  std::uint64_t events_ = 0;
  std::vector<Line> lines_;
};

}  // namespace tidegate::sim
