// A mark as text, and the copies that it names.
#include "host/apps/tidegate/ocf/started.h"

#include <charconv>
#include <filesystem>
#include <set>

#include "host/apps/shared/policy_copies.h"
#include "host/apps/shared/policy_file.h"
#include "host/env/file_name.h"
#include "host/env/files.h"

namespace tidegate::ocf {

namespace {

constexpr std::string_view kHead = "tidegate-started 1\n";

// Whatever bytes a value has, it comes back as it was.
std::string Field(std::string_view text) {
  return std::to_string(text.size()) + ":" + std::string(text) + "\n";
}

std::optional<std::string> TakeField(std::string_view& rest) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
  const auto digits = static_cast<std::size_t>(end - rest.data());
  if (error != std::errc() || digits >= rest.size() || rest[digits] != ':') return std::nullopt;
  rest.remove_prefix(digits + 1);
  if (size >= rest.size() || rest[size] != '\n') return std::nullopt;
  std::string text(rest.substr(0, size));
  rest.remove_prefix(size + 1);
  return text;
}

}  // namespace

std::string TextOf(const Started& started) {
  std::string text(kHead);
  text += Field(started.policy) + Field(started.digest);
  text += Field(started.promoted ? "promoted" : "");
  for (const auto& [name, value] : started.settings) text += Field(name) + Field(value);
  return text;
}

std::optional<Started> StartedIn(std::string_view text) {
  if (!text.starts_with(kHead)) return std::nullopt;
  text.remove_prefix(kHead.size());
  const auto policy = TakeField(text), digest = TakeField(text), role = TakeField(text);
  if (!policy || !digest || !role) return std::nullopt;
  Started started{*policy, *digest, {}, !role->empty()};
  while (!text.empty()) {
    const auto name = TakeField(text), value = TakeField(text);
    if (!name || !value) return std::nullopt;
    started.settings.emplace(*name, *value);
  }
  return started;
}

StartedPolicies::StartedPolicies(const std::string& state_dir, const std::string& resource)
    : folder_(state_dir + "/started/" + FileName(resource)) {}

Outcome StartedPolicies::Keep(const PolicySource& source, const std::string& digest) const {
  if (Outcome made = MakeDirectories(folder_); !made) return made;
  return PolicyCopies(folder_).Keep(source, digest, [&] { return std::set<std::string>{digest}; });
}

Result<std::shared_ptr<const CompiledPolicy>> StartedPolicies::Find(
    const std::string& digest) const {
  const Result<PolicySource> source = PolicyCopies(folder_).Find(digest);
  if (!source) return source.error();
  return CompileSource(*source);
}

void StartedPolicies::Clear() const {
  std::error_code ignored;  // what is left is replaced by the next start
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace tidegate::ocf
