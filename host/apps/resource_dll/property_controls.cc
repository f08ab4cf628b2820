// Control codes about private properties.
#include "host/apps/resource_dll/control_codes.h"
#include "host/apps/resource_dll/controls.h"
#include "host/apps/resource_dll/policy_library.h"
#include "host/apps/resource_dll/private_properties.h"

namespace tidegate {
namespace {

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
  std::vector<PropertySpec> specs(3);
  specs[0].name = "RunningPolicyDigest";
  specs[1].name = "RunningPolicyVersion";
  specs[2].name = "LastReason";
  return specs;
}

Properties ReadOnlyValues(const ResourceInstance& resource) {
  const std::shared_ptr<const LoadedPolicy> policy = resource.running();
  return {{"RunningPolicyDigest", policy ? policy->manifest.digest : std::string()},
          {"RunningPolicyVersion", policy ? policy->manifest.version : std::string()},
          {"LastReason", resource.last_reason()}};
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

ControlReply Change(ResourceInstance& resource, const Properties& stored,
                    std::span<const std::byte> in, bool store) {
  const std::optional<std::string> new_path = PolicyPathIn(in);
  std::optional<Error> trouble;
  const std::vector<PropertySpec> specs =
      SpecsFor(resource, new_path.value_or(PolicyPathOf(stored)), trouble);
  if (new_path && trouble) return Refused(resource, *trouble);
  const Result<PropertyChanges> changes = ReadChanges(specs, in);
  if (!changes) return Refused(resource, trouble ? *trouble : changes.error());
  if (const Outcome good = CheckGrants(*changes); !good) return Refused(resource, good.error());
  if (!store) return {};
  if (const Outcome stored_now = Store(resource.parameters(), *changes); !stored_now) {
    return Refused(resource, stored_now.error());
  }
  // A running policy keeps the properties that it was brought online with.
  return {resource.InUse() && !changes->empty() ? abi::kPropertiesStored : abi::kSuccess, {}};
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

ControlReply ControlProperties(ResourceInstance& resource, abi::Dword code,
                               std::span<const std::byte> in) {
  if (code == control::kGetRoPrivateProperties) {
    return {abi::kSuccess, ListValues(ReadOnlySpecs(), ReadOnlyValues(resource))};
  }
  const Result<Properties> stored = resource.parameters().Read();
  if (!stored) return Refused(resource, stored.error());
  if (code == control::kSetPrivateProperties || code == control::kValidatePrivateProperties) {
    return Change(resource, *stored, in, code == control::kSetPrivateProperties);
  }
  std::optional<Error> trouble;
  const std::vector<PropertySpec> specs = SpecsFor(resource, PolicyPathOf(*stored), trouble);
  if (code == control::kEnumPrivateProperties) return {abi::kSuccess, ListNames(specs)};
  if (code == control::kGetPrivatePropertyFormats) return {abi::kSuccess, ListFormats(specs)};
  const Result<Properties> values = TypedValues(specs, *stored);
  if (!values) return Refused(resource, values.error());
  return {abi::kSuccess, ListValues(specs, *values)};
}

}  // namespace tidegate
