// Copies as text: a head, what a pack may touch, the policy, its modules.
#include "host/apps/shared/policy_copies.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "host/core/limits.h"
#include "host/env/files.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::string_view kHead = "tidegate-policy 1\n";
constexpr std::string_view kPackHead = "tidegate-policy 2\n";
// A policy's modules have no bound of their own but this one.
constexpr std::size_t kBytesMost = limits::kPackBytes;

std::string Part(const Module& module) {
  return module.name + "\n" + std::to_string(module.text.size()) + "\n" + module.text + "\n";
}

// "name\nsize\ntext\n"
std::optional<Module> TakePart(std::string_view& rest) {
  const std::size_t name = rest.find('\n');
  const std::size_t size = name == rest.npos ? name : rest.find('\n', name + 1);
  if (size == rest.npos) return std::nullopt;
  const std::size_t bytes =
      std::strtoull(std::string(rest.substr(name + 1, size)).c_str(), nullptr, 10);
  if (bytes > rest.size() - size - 1) return std::nullopt;
  Module module{std::string(rest.substr(0, name)), std::string(rest.substr(size + 1, bytes))};
  rest.remove_prefix(std::min(size + 1 + bytes + 1, rest.size()));
  return module;
}

std::string TextOf(const Permissions& pack) {
  Json scopes = Json::object();
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
    if (pack.scopes[i]) scopes[std::string(kCapabilityNames[i])] = *pack.scopes[i];
  }
  const Json json = {{"pack", pack.pack}, {"scopes", scopes}, {"mount_points", pack.mount_points}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Nothing: it is no list of texts.
std::optional<Patterns> PatternsOf(const Json& json) {
  if (!json.is_array()) return std::nullopt;
  Patterns patterns;
  for (const Json& pattern : json) {
    if (!pattern.is_string()) return std::nullopt;
    patterns.push_back(pattern.get<std::string>());
  }
  return patterns;
}

std::shared_ptr<const Permissions> PermissionsOf(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return nullptr;
  for (const char* key : {"pack", "scopes", "mount_points"}) {
    if (!json.contains(key)) return nullptr;
  }
  const std::optional<Patterns> mount_points = PatternsOf(json["mount_points"]);
  if (!json["pack"].is_string() || !mount_points || !json["scopes"].is_object()) return nullptr;
  Permissions pack;
  pack.pack = json["pack"].get<std::string>();
  pack.mount_points = *mount_points;
  for (const auto& [name, value] : json["scopes"].items()) {
    const std::optional<Capability> capability = CapabilityNamed(name);
    std::optional<Patterns> patterns = PatternsOf(value);
    if (!capability || !patterns) return nullptr;
    pack.scopes[static_cast<std::size_t>(*capability)] = std::move(patterns);
  }
  return std::make_shared<const Permissions>(std::move(pack));
}

}  // namespace

Outcome PolicyCopies::Keep(const PolicySource& source, const std::string& digest,
                           const std::function<std::set<std::string>()>& in_use) const {
  const Permissions* pack = source.permissions.get();
  std::string text(pack != nullptr ? kPackHead : kHead);
  if (pack != nullptr) text += Part({"", TextOf(*pack)});
  text += Part({source.name, source.text});
  for (const Module& module : source.modules) text += Part(module);
  if (text.size() > kBytesMost) {
    return Error{ErrorCode::kNotEnoughQuota, "",
                 source.name + " and what it requires have more than " +
                     std::to_string(kBytesMost >> 20) + " MiB"};
  }
  const std::string path = Folder() + "/" + digest;
  if (const Result<std::string> kept = ReadPlain(path, kBytesMost + 1); kept && *kept == text) {
    std::error_code ignored;  // old as it may be, it is about to be of use
    fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
    return Ok();
  }
  if (Outcome made = MakeDirectory(Folder(), state_dir_); !made) return made;
  if (Outcome written = WriteWhole(Folder(), digest, text); !written) return written;
  Prune(in_use);
  return Ok();
}

void PolicyCopies::Prune(const std::function<std::set<std::string>()>& in_use) const {
  std::vector<std::pair<fs::file_time_type, fs::path>> copies;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(Folder(), error)) {
    copies.emplace_back(entry.last_write_time(error), entry.path());
  }
  if (copies.size() <= limits::kVersionsKept) return;
  std::ranges::sort(copies);
  copies.resize(copies.size() - limits::kVersionsKept);
  const std::set<std::string> needed = in_use();
  for (const auto& [time, path] : copies) {
    if (!needed.contains(path.filename().string())) fs::remove(path, error);
  }
}

Result<PolicySource> PolicyCopies::Find(const std::string& digest) const {
  const Result<std::string> text = ReadPlain(Folder() + "/" + digest, kBytesMost);
  if (!text) return text.error();
  std::string_view rest = *text;
  const Error broken{ErrorCode::kFileCorrupt, "", Folder() + "/" + digest + " is not whole"};
  const bool pack = rest.starts_with(kPackHead);
  if (!pack && !rest.starts_with(kHead)) return broken;
  rest.remove_prefix(kHead.size());
  PolicySource source;
  std::optional<Module> part;
  if (pack) {
    part = TakePart(rest);
    source.permissions = part ? PermissionsOf(part->text) : nullptr;
    if (source.permissions == nullptr) return broken;
  }
  part = TakePart(rest);
  if (!part) return broken;
  source.name = std::move(part->name);
  source.text = std::move(part->text);
  while (!rest.empty()) {
    part = TakePart(rest);
    if (!part) return broken;
    source.modules.push_back(std::move(*part));
  }
  return source;
}

}  // namespace tidegate
