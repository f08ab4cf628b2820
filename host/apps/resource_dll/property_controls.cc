// Control codes about private properties.
#include "host/apps/resource_dll/control_codes.h"
#include "host/apps/resource_dll/controls.h"
#include "host/apps/resource_dll/policy_library.h"
#include "host/apps/resource_dll/private_properties.h"

namespace tidegate {
namespace {

using Done = std::function<void(ControlReply)>;

// Ours and, if it can be read, those of the policy at `path`.
std::vector<PropertySpec> SpecsFor(ResourceInstance& resource, const std::string& path,
                                   std::optional<Error>& trouble) {
  if (path.empty()) return PrivateSpecs({});
  const auto policy = resource.LoadPolicy(path);
  if (policy) return PrivateSpecs((*policy)->manifest.properties);
  trouble = policy.error();
  return PrivateSpecs({});
}

// For operators: what runs here now, and what went wrong last.
std::vector<PropertySpec> ReadOnlySpecs() {
  std::vector<PropertySpec> specs(4);
  specs[0].name = "RunningPolicyDigest";
  specs[1].name = "RunningPolicyVersion";
  specs[2].name = "LastReason";
  specs[3].name = "LastSwap";
  return specs;
}

// "2026-11-20T13:15:00Z rolled back volume.lua@0f2c6b11: ..."
std::string LastSwap(const ResourceInstance& resource) {
  const VersionRecord record = resource.host()->versions().Recall(resource.name());
  if (record.history.empty()) return {};
  const HistoryEntry& last = record.history.back();
  std::string text = last.time + " " + last.outcome;
  if (!last.digest.empty()) text += " " + ShortName(last.policy, last.digest);
  return last.why.empty() ? text : text + ": " + last.why;
}

Properties ReadOnlyValues(const ResourceInstance& resource) {
  const std::shared_ptr<const LoadedPolicy> policy = resource.running();
  return {{"RunningPolicyDigest", policy ? policy->manifest.digest : std::string()},
          {"RunningPolicyVersion", policy ? policy->manifest.version : std::string()},
          {"LastReason", resource.last_reason()},
          {"LastSwap", LastSwap(resource)}};
}

// Names of capabilities that there are.
Outcome CheckGrants(const PropertyChanges& changes) {
  const auto change = changes.find(std::string(kCapabilities));
  if (change == changes.end() || !change->second) return Ok();
  const Result<Grants> grants = GrantsIn({{change->first, *change->second}});
  if (!grants) return grants.error();
  return Ok();
}

Outcome Store(ParameterStore& parameters, const PropertyChanges& changes) {
  for (const auto& [name, value] : changes) {
    if (const Outcome written = parameters.Write(name, value); !written) return written;
  }
  return Ok();
}

// Why alone: a version that comes with properties of its own cannot run on those of the one before
// it, so that is for the next Online.
bool IsSwap(ResourceInstance& resource, const Properties& stored, const PropertyChanges& changes) {
  if (changes.size() != 1 || !resource.IsOnline()) return false;
  const auto path = changes.find(std::string(kPolicyPath));
  if (path == changes.end() || !path->second) return false;
  const std::string to = Text(*path->second);
  if (to.empty() || to != PolicyPathOf(stored)) return !to.empty();
  const auto policy = resource.LoadPolicy(to);
  const std::shared_ptr<const LoadedPolicy> running = resource.running();
  return policy && running && (*policy)->manifest.digest != running->manifest.digest;
}

void Change(const std::shared_ptr<ResourceInstance>& shared, const Properties& stored,
            std::span<const std::byte> in, const std::string& user, bool store, const Done& done) {
  ResourceInstance& resource = *shared;
  const std::optional<std::string> new_path = PolicyPathIn(in);
  std::optional<Error> trouble;
  const std::vector<PropertySpec> specs =
      SpecsFor(resource, new_path.value_or(PolicyPathOf(stored)), trouble);
  if (new_path && trouble) return done(Refused(resource, *trouble));
  const Result<PropertyChanges> changes = ReadChanges(specs, in);
  if (!changes) return done(Refused(resource, trouble ? *trouble : changes.error()));
  if (const Outcome good = CheckGrants(*changes); !good) {
    return done(Refused(resource, good.error()));
  }
  if (!store) return done({});
  if (IsSwap(resource, stored, *changes)) return SwapTo(shared, stored, *new_path, user, done);
  if (const Outcome stored_now = Store(resource.parameters(), *changes); !stored_now) {
    return done(Refused(resource, stored_now.error()));
  }
  // A running policy keeps the properties that it was brought online with.
  done({resource.InUse() && !changes->empty() ? abi::kPropertiesStored : abi::kSuccess, {}});
}

}  // namespace

bool IsPropertyCode(abi::Dword code) {
  switch (code) {
    case control::kEnumPrivateProperties:
    case control::kGetRoPrivateProperties:
    case control::kGetPrivateProperties:
    case control::kSetPrivateProperties:
    case control::kValidatePrivateProperties:
    case control::kGetPrivatePropertyFormats:
      return true;
    default:
      return false;
  }
}

void ControlProperties(const std::shared_ptr<ResourceInstance>& shared, abi::Dword code,
                       std::span<const std::byte> in, const std::string& user, const Done& done) {
  ResourceInstance& resource = *shared;
  if (code == control::kGetRoPrivateProperties) {
    return done({abi::kSuccess, ListValues(ReadOnlySpecs(), ReadOnlyValues(resource))});
  }
  const Result<Properties> stored = resource.parameters().Read();
  if (!stored) return done(Refused(resource, stored.error()));
  if (code == control::kSetPrivateProperties || code == control::kValidatePrivateProperties) {
    return Change(shared, *stored, in, user, code == control::kSetPrivateProperties, done);
  }
  std::optional<Error> trouble;
  const std::vector<PropertySpec> specs = SpecsFor(resource, PolicyPathOf(*stored), trouble);
  if (code == control::kEnumPrivateProperties) return done({abi::kSuccess, ListNames(specs)});
  if (code == control::kGetPrivatePropertyFormats) {
    return done({abi::kSuccess, ListFormats(specs)});
  }
  const Result<Properties> values = TypedValues(specs, *stored);
  if (!values) return done(Refused(resource, values.error()));
  done({abi::kSuccess, ListValues(specs, *values)});
}

}  // namespace tidegate
