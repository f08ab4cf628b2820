// Values as keys: the text, the path without detours, and what is there.
#include "host/apps/tidegate/unique_values.h"

#include <algorithm>
#include <filesystem>

#include "host/apps/tidegate/path_identity.h"

namespace tidegate {
namespace {

// A volume may be "loop:FILE".
std::string PathIn(const std::string& value) {
  constexpr std::string_view kLoop = "loop:";
  return value.starts_with(kLoop) ? value.substr(kLoop.size()) : value;
}

// "/srv//data/", "/srv/./data" and "/srv/data" are one.
std::string WithoutDetours(const std::string& path) {
  std::error_code error;
  std::string plain = std::filesystem::absolute(path, error).lexically_normal().string();
  while (plain.size() > 1 && plain.back() == '/') plain.pop_back();
  return plain;
}

}  // namespace

UniqueValues UniqueValuesOf(const std::string& resource, const Manifest& manifest,
                            const Properties& properties) {
  UniqueValues unique{resource, {manifest.name}, {}};
  for (const PropertySpec& spec : manifest.properties) {
    const auto value = properties.find(spec.name);
    if (!spec.unique || value == properties.end()) continue;
    std::string text = Text(value->second);
    if (!text.empty()) unique.values.emplace(spec.name, std::move(text));
  }
  return unique;
}

UniqueIndex::UniqueIndex(const std::vector<UniqueValues>& taken,
                         const std::vector<UniqueValues>& wanted) {
  for (const auto* list : {&taken, &wanted}) {
    for (const UniqueValues& unique : *list) {
      for (const auto& [property, value] : unique.values) identities_.emplace(value, "");
    }
  }
  std::vector<std::string> paths;
  for (const auto& [value, identity] : identities_) paths.push_back(PathIn(value));
  std::vector<std::string> found = IdentitiesOf(std::move(paths));
  std::size_t next = 0;
  for (auto& [value, identity] : identities_) identity = std::move(found[next++]);
  for (const UniqueValues& unique : taken) (void)Take(unique);
}

std::vector<std::string> UniqueIndex::KeysOf(const std::string& policy, const std::string& property,
                                             const std::string& value) const {
  const std::string of = policy + '\n' + property + '\n';
  std::vector<std::string> keys = {of + value};
  const std::string path = PathIn(value);
  if (path.find('/') != std::string::npos) keys.push_back(of + WithoutDetours(path));
  const auto identity = identities_.find(value);
  if (identity != identities_.end() && !identity->second.empty()) {
    keys.push_back(of + '\n' + identity->second);
  }
  return keys;
}

Outcome UniqueIndex::Take(const UniqueValues& wanted) {
  std::vector<std::string> all;
  for (const std::string& policy : wanted.policies) {
    for (const auto& [property, value] : wanted.values) {
      for (std::string& key : KeysOf(policy, property, value)) {
        const auto taken = owner_.find(key);
        if (taken != owner_.end() && taken->second != wanted.resource) {
          return Error{ErrorCode::kAlreadyExists, "",
                       "property " + property + ": " + value + " is " + taken->second +
                           "'s already, and no two resources of " + policy +
                           " may share it; give one of them another " + property};
        }
        all.push_back(std::move(key));
      }
    }
  }
  for (std::string& key : all) owner_.emplace(std::move(key), wanted.resource);
  return Ok();
}

}  // namespace tidegate
