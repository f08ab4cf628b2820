// A Trace is what happened in a run, in order: always as a digest, and as lines when somebody wants
// to read them.
#pragma once

#include <string>
#include <vector>

#include "host/core/digest.h"
#include "host/core/effect.h"

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

class Trace {
 public:
  void Reset(bool keep) {
    digest_ = Digest();
    lines_.clear();
    keep_ = keep;
    events_ = 0;
  }
  bool keeps() const { return keep_; }

  void Happened(int what, int node, int resource, Instant at) {
    ++events_;
    digest_.Add((static_cast<std::uint64_t>(what) << 16) |
                (static_cast<std::uint64_t>(node + 1) << 8) |
                static_cast<std::uint64_t>(resource + 1));
    digest_.Add(static_cast<std::uint64_t>(at.ns));
  }
  void Add(std::uint64_t n) { digest_.Add(n); }
  void Add(std::string_view text) { digest_.Add(text); }
  void Add(const Call& call) { Describe(digest_, call); }
  void Add(const Reply& reply) { Describe(digest_, reply); }
  void Add(const Cause& cause) { Describe(digest_, cause); }

  // To go back to; not with lines.
  struct Mark {
    Digest digest;
    std::uint64_t events = 0;
  };
  Mark mark() const { return {digest_, events_}; }
  void GoBack(const Mark& to) {
    digest_ = to.digest;
    events_ = to.events;
  }

  void Tell(Line line) { lines_.push_back(std::move(line)); }

  std::uint64_t digest() const { return digest_.value(); }
  std::uint64_t events() const { return events_; }
  const std::vector<Line>& lines() const { return lines_; }

 private:
  Digest digest_;
  bool keep_ = false;
  std::uint64_t events_ = 0;
  std::vector<Line> lines_;
};

}  // namespace tidegate::sim
