// Our own control codes: the dump of a trace, faults. Swaps: swap_controls.cc.
#include "host/apps/resource_dll/control_codes.h"
#include "host/apps/resource_dll/controls.h"
#include "host/core/fault_env.h"
#include "host/core/text.h"

namespace tidegate {
namespace {

// The lines for this resource on this node. "*" stands for either, because a resource's name may
// have blanks.
Result<Plan> FaultsFor(const ResourceInstance& resource, std::string_view text) {
  Result<Plan> plan = ParsePlan(text, "faults");
  if (!plan) return plan;
  if (const Outcome possible = CheckFaults(*plan, "faults"); !possible) return possible.error();
  for (const Deviation& line : *plan) {
    const std::optional<Label> label = ParseLabel(line.label);
    const bool here = label->node == "*" || label->node == resource.host()->node();
    if (here && (label->resource == "*" || label->resource == resource.name())) continue;
    return Error{ErrorCode::kInvalidParameter, "",
                 "faults:" + std::to_string(line.line) + ": " + line.label + " is not about " +
                     resource.name() + " on " + resource.host()->node() +
                     "; \"*\" stands for either"};
  }
  return plan;
}

}  // namespace

ControlReply Refused(const ResourceInstance& resource, const Error& error) {
  resource.Log(Level::kError, Text(error));
  return {static_cast<abi::Dword>(error.code), {}};
}

void DumpTrace(ResourceInstance& resource, std::function<void(ControlReply)> done) {
  resource.DumpTrace([done](const std::optional<std::string>& text) {
    if (!text) return done({static_cast<abi::Dword>(ErrorCode::kNotFound), {}});
    const auto bytes = std::as_bytes(std::span(*text));
    done({abi::kSuccess, {bytes.begin(), bytes.end()}});
  });
}

void InjectFaults(const std::shared_ptr<ResourceInstance>& resource, std::span<const std::byte> in,
                  std::function<void(ControlReply)> done) {
  std::string_view text(reinterpret_cast<const char*>(in.data()), in.size());
  text = text.substr(0, text.find('\0'));
  Result<Plan> plan = FaultsFor(*resource, text);
  if (!plan) return done(Refused(*resource, plan.error()));
  resource->InjectFaults(std::move(*plan), [resource, done](const Outcome& injected) {
    done(injected ? ControlReply{} : Refused(*resource, injected.error()));
  });
}

}  // namespace tidegate
