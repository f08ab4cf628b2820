// A MemoryStore stands before an Env's store: the policy's values and the host's records live in
// memory, or in one file of the caller's choice, instead of the host's state directory. For entry
// points that are called once.
//
// The file is a JSON object, {"records": {"state": ...}, "values": {KEY: TEXT}}.
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
  using Values = std::map<std::string, std::string, std::less<>>;

  static Reply Get(const Values& from, const std::string& key);
  Reply Set(Values& in, const std::string& key, const std::string& value);
  Outcome WriteBoth() const;

  EventSink& mail_;
  std::string file_;
  Values records_;
  Values values_;
};

}  // namespace tidegate
