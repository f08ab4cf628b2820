// A Story tells what happens to a resource as lines for a person: time, who, what.
//
// It is a tap: it sees operations and their answers as well as reports. What an entry point does is
// one line when it ends; of polls only their causes are told, or a minute would be a page.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "host/core/env.h"

namespace tidegate {

class Story final : public EnvTap {
 public:
  // `folder` is left out of the lines: everything of a demo lies in one.
  Story(Env& inner, std::string who, std::string folder)
      : EnvTap(inner), who_(std::move(who)), folder_(std::move(folder)), began_(inner.Now()) {}

  // A line of somebody else's: the tester's, the operator's.
  void Tell(const std::string& who, const std::string& what);

  void Submit(ResourceId id, Ticket ticket, const Call& call) override;
  void Post(ResourceId id, Event event) override;
  void Report(ResourceId id, const Status& status) override;
  void Log(ResourceId id, Level level, std::string_view text) override;

 private:
  void Answered(const Call& call, const Reply& reply);
  void TellSteps();
  void Line(const std::string& who, std::string what);

  const std::string who_;
  const std::string folder_;
  const Instant began_;
  std::mutex mutex_;
  std::map<std::uint64_t, Call> asked_;
  std::string steps_;  // of the entry point that runs: "open, online, mount"
  ResourceState state_ = ResourceState::kInitializing;
};

}  // namespace tidegate
