// Reading and keeping policies.
#include "host/apps/resource_dll/policy_library.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <vector>

#include "host/apps/shared/inspect.h"
#include "host/apps/shared/policy_file.h"

namespace tidegate {
namespace {

using PackPermissions = std::shared_ptr<const Permissions>;

bool SameScopes(const PackPermissions& a, const PackPermissions& b) {
  return a == b || (a != nullptr && b != nullptr && *a == *b);
}

bool Same(const PolicySource& a, const PolicySource& b) {
  return a.name == b.name && a.text == b.text &&
         std::ranges::equal(a.modules, b.modules,
                            [](const Module& x, const Module& y) {
                              return x.name == y.name && x.text == y.text;
                            }) &&
         SameScopes(a.permissions, b.permissions);
}

Result<PolicySource> Read(const std::string& path) {
  try {
    const std::filesystem::path policy(std::u8string(path.begin(), path.end()));
    if (const Outcome guarded = CheckPolicyGuarded(policy); !guarded) return guarded.error();
    return ReadPolicy(policy);
  } catch (const std::exception& e) {  // what std::filesystem has no error code for
    return Error{ErrorCode::kInvalidParameter, "", path + ": " + e.what()};
  }
}

Result<std::shared_ptr<const LoadedPolicy>> Compile(PolicySource source) {
  auto program = CompileSource(source);
  if (!program) return program.error();
  Result<Inspected> policy = Inspect(std::move(*program));
  if (!policy) return policy.error();
  return std::make_shared<const LoadedPolicy>(
      LoadedPolicy{std::move(source), std::move(policy->compiled), std::move(policy->manifest)});
}

}  // namespace

Outcome CheckDigest(const Properties& private_properties, const LoadedPolicy& policy) {
  std::string wanted = TextOf(private_properties, kPolicyDigest);
  for (char& c : wanted) c = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
  const Manifest& manifest = policy.manifest;
  if (wanted.empty() || wanted == manifest.digest) return Ok();
  return Error{ErrorCode::kRevisionMismatch, "",
               "PolicyDigest is " + wanted + ", but " + manifest.name + " on this node is " +
                   manifest.digest + ": install the same policy on every node, or change " +
                   "PolicyDigest"};
}

Outcome CheckGranted(const Grants& grants, const LoadedPolicy& policy) {
  const Capabilities asked = policy.manifest.capabilities;
  if (asked == Capabilities::All()) return Ok();  // it has no list
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
    const auto capability = static_cast<Capability>(i);
    if (!asked.Has(capability) || grants.capabilities.Has(capability)) continue;
    return Error{ErrorCode::kAccessDenied, "",
                 policy.manifest.name + " asks for the capability " +
                     std::string(Name(capability)) +
                     ", which this resource does not grant: add it to the property Capabilities"};
  }
  return Ok();
}

Result<std::shared_ptr<const LoadedPolicy>> PolicyLibrary::Load(const std::string& path) {
  if (path.empty()) {
    return Error{ErrorCode::kInvalidParameter, "",
                 "PolicyPath is not set: give it the policy's file, on this node"};
  }
  Result<PolicySource> source = Read(path);
  if (!source) return source.error();
  {
    const std::scoped_lock lock(mutex_);
    const auto known = loaded_.find(path);
    if (known != loaded_.end() && Same(known->second->source, *source)) return known->second;
  }
  Result<std::shared_ptr<const LoadedPolicy>> loaded = Compile(std::move(*source));
  if (!loaded) return loaded;
  const std::scoped_lock lock(mutex_);
  auto& kept = loaded_[path];
  // Two may have compiled it at once: one of them is everybody's.
  if (kept == nullptr || !Same(kept->source, (*loaded)->source)) kept = *loaded;
  return kept;
}

}  // namespace tidegate
