// A MemoryStore stands before an Env's store: values live in memory, or in one file of the caller's
// choice, instead of the host's state directory. For entry points that are called once.
#pragma once

#include <map>
#include <string>

#include "host/core/env.h"
#include "host/core/result.h"

namespace tidegate {

class MemoryStore final : public EnvTap {
 public:
  // Answers are posted to `mail`, as the real Env's are.
  MemoryStore(Env& inner, EventSink& mail) : EnvTap(inner), mail_(mail) {}

  // Reads `file` if it exists and writes it, whole or not at all, at every change from now on.
  Outcome Keep(const std::string& file);
  void Submit(ResourceId id, Ticket ticket, const Call& call) override;

 private:
  Reply Set(const StoreSet& call);

  EventSink& mail_;
  std::string file_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace tidegate
