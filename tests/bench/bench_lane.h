// A BenchLane is a lane whose world costs nothing: what is measured is engine and sandbox alone.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bindings/bindings.h"
#include "host/engine/lane.h"
#include "host/lua/compiled_policy.h"
#include "scripts/scripts.h"

namespace tidegate::bench {

inline std::shared_ptr<const CompiledPolicy> Compile(const std::string& text) {
  std::vector<ModuleView> scripts;
  for (const Script& script : Scripts()) scripts.push_back({script.name, script.text});
  auto compiled = CompiledPolicy::Compile({"bench.lua", text, {}}, scripts, Bindings());
  if (!compiled) throw std::runtime_error(compiled.error().detail);
  return *compiled;
}

// Answers nothing by itself: the caller takes the ticket and posts what it wants.
class NoWorld final : public Env {
 public:
  Instant Now() const override { return now; }
  void Submit(ResourceId, Ticket t, const Call&) override { ticket = t; }
  void Arm(ResourceId, Ticket, Instant) override {}
  void Report(ResourceId, const Status&) override {}
  void Log(ResourceId, Level, std::string_view) override {}

  Instant now{};
  Ticket ticket;
};

inline LaneSpec Spec() {
  LaneSpec spec;
  spec.name = "r";
  spec.node = "A";
  return spec;
}

inline std::unique_ptr<Lane> MakeLane(NoWorld& world,
                                      const std::shared_ptr<const CompiledPolicy>& policy,
                                      const LaneSpec& spec = Spec()) {
  auto lane = Lane::Create(world, spec, policy);
  if (!lane) throw std::runtime_error(lane.error().detail);
  (*lane)->Begin();  // asks for resource.state; there is none
  (*lane)->Handle({world.now, Completed{world.ticket, Failure(ErrorCode::kNotFound)}});
  (*lane)->Request(EntryPoint::kOpen);
  (*lane)->Request(EntryPoint::kOnline);
  return std::move(*lane);
}

inline constexpr const char* kEmptyPolicy = R"lua(
return { api = 1, online = function() end, offline = function() end,
         is_alive = function() return true end }
)lua";

inline constexpr const char* kOneOperation = R"lua(
local cluster = require "cluster"
return { api = 1, online = function() end, offline = function() end,
         is_alive = function() cluster.quorum() return true end }
)lua";

}  // namespace tidegate::bench
