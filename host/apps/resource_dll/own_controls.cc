// Our own control codes: the swap of a policy, the dump of a trace, faults.
#include "host/apps/resource_dll/control_codes.h"
#include "host/apps/resource_dll/controls.h"
#include "host/apps/resource_dll/policy_library.h"
#include "host/apps/resource_dll/utf16.h"
#include "host/core/fault_env.h"
#include "host/core/text.h"

namespace tidegate {
namespace {

// Whether the policy may run here.
Outcome Allowed(const Properties& ours, const LoadedPolicy& policy) {
  if (const Outcome same = CheckDigest(ours, policy); !same) return same;
  const Result<Grants> grants = GrantsIn(ours);
  if (!grants) return grants.error();
  return CheckGranted(*grants, policy);
}

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

void SwapPolicy(const std::shared_ptr<ResourceInstance>& resource, std::span<const std::byte> in,
                std::function<void(ControlReply)> done) {
  const Result<Properties> stored = resource->parameters().Read();
  if (!stored) return done(Refused(*resource, stored.error()));
  const std::string given = ToUtf8(reinterpret_cast<const char16_t*>(in.data()), in.size() / 2);
  const std::string path = given.empty() ? PolicyPathOf(*stored) : given;
  const auto policy = resource->LoadPolicy(path);
  if (!policy) return done(Refused(*resource, policy.error()));
  const Result<Properties> ours = TypedValues(PrivateSpecs({}), *stored);
  const Outcome allowed = ours ? Allowed(*ours, **policy) : Outcome(ours.error());
  if (!allowed) return done(Refused(*resource, allowed.error()));
  const auto keep = [resource, given] {
    if (given.empty()) return Ok();
    return resource->parameters().Write(std::string(kPolicyPath), given);
  };
  if (resource->running() == nullptr) {
    const Outcome kept = keep();
    return done(kept ? ControlReply{} : Refused(*resource, kept.error()));
  }
  // The next online must not bring back what was rolled back.
  const auto undone = [weak = std::weak_ptr(resource), given, before = PolicyPathOf(*stored)] {
    const auto self = weak.lock();
    if (self == nullptr || given.empty()) return;
    (void)self->jobs().Start([self, before] {
      if (const Outcome kept = self->parameters().Write(std::string(kPolicyPath), before); !kept) {
        self->Log(Level::kError, "PolicyPath still names the version that was rolled back: " +
                                     kept.error().detail);
      }
    });
  };
  const auto swapped = [resource, keep, done](const Outcome& outcome) {
    if (!outcome) return done(Refused(*resource, outcome.error()));
    // The cluster database may block, and this is the lane's thread.
    const bool started = resource->jobs().Start([resource, keep, done] {
      const Outcome kept = keep();
      done(kept ? ControlReply{} : Refused(*resource, kept.error()));
    });
    if (!started) done({static_cast<abi::Dword>(ErrorCode::kBusy), {}});
  };
  resource->Swap(*policy, swapped, undone);
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
