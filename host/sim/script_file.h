// A ScriptFile is a policy's scenarios.lua: which scenarios are in it and with which options. Each
// of them runs as ScriptedSteps.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/lua/dialogue.h"
#include "host/sim/scenario.h"

namespace tidegate::sim {

struct ScriptOptions {
  std::optional<ClusterKind> cluster;
  std::optional<std::int64_t> nodes;
  std::optional<std::int64_t> resources;
  std::optional<std::int64_t> explore;  // deviations more
  std::string next;                     // the policy that a swap offers: a file
  std::string reading;  // of what the documentation leaves open: names, with blanks between
  std::map<std::string, std::string> set;
  std::map<std::string, Scalar> monitor;  // properties of the resource, on a Windows cluster
};

struct Scripted {
  std::string name;
  std::string where;  // "scenarios.lua:12"
  int line = 0;
  ScriptOptions options;
};

// What has to be true sometimes, in one scenario of the file at least.
struct Hope {
  std::string where;
  bool reached = false;
};

// Sets a property of the resource's monitor by the name that operators know. The error says what is
// wrong with it.
tidegate::Outcome Set(MonitorSettings& monitor, const std::string& name, const Scalar& value);

class ScriptFile {
 public:
  // `text` is the file's, `modules` what it may require besides scenario and faults. The error
  // names file and line.
  static Result<std::shared_ptr<ScriptFile>> Load(std::string text, std::vector<Module> modules);

  // In the order in which they are written.
  const std::vector<Scripted>& scenarios() const { return scenarios_; }
  std::unique_ptr<Dialogue> Talk() const { return std::make_unique<Dialogue>(compiled_); }

  std::map<std::string, Hope> hopes;  // by text

 private:
  tidegate::Outcome Read();

  std::shared_ptr<const CompiledPolicy> compiled_;
  std::vector<Scripted> scenarios_;
};

}  // namespace tidegate::sim
