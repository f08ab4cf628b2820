// A Story tells what happens to resources as lines for a person: time, who, what.
//
// It is a tap: operations are told as they are answered, while the resource is not simply online.
// Polls are told by their first answer and by every failure, or a minute would be a page.
#pragma once

#include <cstdio>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "host/core/env.h"

namespace tidegate {

class Story final : public EnvTap {
 public:
  explicit Story(Env& inner) : EnvTap(inner), began_(inner.Now()) {}

  // A line of somebody else's: the tester's, the host's.
  void Tell(const std::string& who, const std::string& what);

  void Submit(ResourceId id, Ticket ticket, const Call& call) override;
  void Post(ResourceId id, Event event) override;
  void Report(ResourceId id, const Status& status) override;
  void Log(ResourceId id, Level level, std::string_view text) override;

  int lines() const { return lines_; }

 private:
  void Answered(const Call& call, const Reply& reply);

  const Instant began_;
  std::mutex mutex_;
  std::map<std::uint64_t, Call> asked_;
  std::set<std::string_view>
      told_;  // operations of polls that were told once since the last Online
  ResourceState state_ = ResourceState::kInitializing;
  int lines_ = 0;
};

}  // namespace tidegate
