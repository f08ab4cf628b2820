// Reading pack.toml.
#include "host/apps/shared/pack/pack_manifest.h"

#include <algorithm>

#include "host/apps/shared/pack/pack_files.h"
#include "host/apps/shared/toml_reader.h"
#include "host/core/limits.h"
#include "host/core/nearest.h"

namespace tidegate {
namespace {

// Capabilities that are about something, so that a pack says about what.
constexpr bool HasScope(Capability c) {
  return c != Capability::kTimer && c != Capability::kCluster;
}

TableReader::Reader VersionText(Version& out) {
  return [&out](const toml::node& node) -> Outcome {
    const auto text = node.value_exact<std::string>();
    const auto version = text ? ParseVersion(*text) : std::nullopt;
    if (!version) return Expected("a version such as \"1.2.0\" (Semantic Versioning 2.0.0)");
    out = *version;
    return Ok();
  };
}

TableReader::Reader Api(PackManifest& out) {
  return [&out](const toml::node& node) -> Outcome {
    const Error wrong = Expected("the policy interface: 1, or the first and last: [1, 2]");
    if (const auto one = node.value_exact<std::int64_t>(); one && *one >= 1) {
      out.api_from = out.api_to = *one;
      return Ok();
    }
    const toml::array* range = node.as_array();
    if (range == nullptr || range->size() != 2) return wrong;
    const auto from = range->get(0)->value_exact<std::int64_t>();
    const auto to = range->get(1)->value_exact<std::int64_t>();
    if (!from || !to || *from < 1 || *to < *from) return wrong;
    out.api_from = *from;
    out.api_to = *to;
    return Ok();
  };
}

TableReader::Reader Scope(Patterns& out) {
  return [&out](const toml::node& node) -> Outcome {
    if (Outcome read = StringList(out)(node); !read) return read;
    if (out.size() > limits::kPackPatterns) {
      return Expected("at most " + std::to_string(limits::kPackPatterns) + " patterns");
    }
    for (const std::string& pattern : out) {
      if (pattern.size() > limits::kPatternBytes || pattern == "$") {
        return Expected("a list of texts, texts with *, or $Property; \"" + pattern +
                        "\" is none of them");
      }
    }
    return Ok();
  };
}

TableReader::Reader CapabilityTable(Permissions& out, const std::string& file) {
  return [&out, file](const toml::node& node) -> Outcome {
    const toml::table* table = node.as_table();
    if (table == nullptr) return Expected("a table");
    TableReader reader(file, "[capabilities]");
    for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
      const auto capability = static_cast<Capability>(i);
      reader.Key(kCapabilityNames[i], [&out, i, capability](const toml::node& value) -> Outcome {
        const auto flag = value.value_exact<bool>();
        if (!HasScope(capability)) {
          if (!flag || !*flag) return Expected("true; it has no scope");
          out.scopes[i].emplace();
          return Ok();
        }
        Patterns patterns;
        if (Outcome read = Scope(patterns)(value); !read) {
          return Expected("a list of what it is for, such as [\"$VolumePath\"]; [\"**\"] is all");
        }
        if (patterns.empty()) return Expected("a list that is not empty");
        out.scopes[i] = std::move(patterns);
        return Ok();
      });
    }
    return reader.Read(*table);
  };
}

TableReader EvidenceReader(EvidenceWanted& out, const std::string& file) {
  const auto bound = [](int& to) {
    return Integer([&to](std::int64_t n) { to = static_cast<int>(n); }, -1, kMostDeviations);
  };
  return TableReader(file, "[evidence]")
      .Key("wsfc", bound(out.wsfc))
      .Key("pacemaker", bound(out.pacemaker))
      .Key("set", StringList(out.set));
}

Outcome CheckWhole(const PackManifest& m, const std::string& file) {
  const auto wrong = [&](std::string what) {
    return Error{ErrorCode::kInvalidData, "", file + ": " + std::move(what)};
  };
  if (m.name.empty()) return wrong("name is missing");
  if (!IsPackName(m.name)) {
    return wrong("the name \"" + m.name +
                 "\" must be 1 to 64 of a-z 0-9 - and begin with a letter");
  }
  if (m.version == Version()) return wrong("version is missing; it is one such as \"1.2.0\"");
  if (m.licence.empty()) return wrong("licence is missing; it is an SPDX name such as \"MIT\"");
  if (m.kinds.empty()) return wrong("kinds is missing; it is a list such as [\"volume\"]");
  if (m.entry.empty()) return wrong("entry is missing; it is the policy's file");
  if (Outcome path = CheckPath(m.entry); !path) return wrong("entry: " + path.error().detail);
  if (!m.entry.ends_with(".lua") || m.entry.find('/') != m.entry.npos) {
    return wrong("entry must be a .lua file beside pack.toml, not " + m.entry);
  }
  if (m.properties.size() > limits::kProperties) {
    return wrong("properties: there are more than " + std::to_string(limits::kProperties));
  }
  for (const auto& scope : m.permissions.scopes) {
    for (const std::string& pattern : scope.value_or(Patterns())) {
      if (!pattern.starts_with('$')) continue;
      if (std::ranges::find(m.properties, pattern.substr(1)) != m.properties.end()) continue;
      const std::vector<std::string_view> known(m.properties.begin(), m.properties.end());
      return wrong("the scope " + pattern + " names no property of this pack" +
                   Suggestion(pattern.substr(1), known));
    }
  }
  return Ok();
}

std::string_view Words(Capability c) {
  switch (c) {
    case Capability::kVolume:
      return "bring online and take offline, lock, dismount, mount and probe: volumes";
    case Capability::kVolumeForce:
      return "dismount although files are open, which breaks who has them open: volumes";
    case Capability::kCluster:
      return "ask the cluster about nodes, quorum and ownership";
    case Capability::kTimer:
      return "wait";
    case Capability::kStore:
      return "keep values that outlive the host: keys";
    case Capability::kDisk:
      return "change attributes of disks, which every volume on them feels: volumes";
    case Capability::kReservation:
      return "take and give reservations, which decides who may write to a disk: volumes";
    case Capability::kIoctl:
      return "send any control code, whatever the driver does then: volumes";
  }
  return "";
}

}  // namespace

Result<PackManifest> ParsePackManifest(std::string_view text, const std::string& file) {
  const Result<toml::table> parsed = ParseForeignToml(text, file);
  if (!parsed) return parsed.error();
  PackManifest m;
  TableReader reader(file, "the file");
  reader.Key("name", String(m.name))
      .Key("version", VersionText(m.version))
      .Key("summary", String(m.summary))
      .Key("licence", String(m.licence))
      .Key("api", Api(m))
      .Key("minimum_host", VersionText(m.minimum_host))
      .Key("kinds", StringList(m.kinds))
      .Key("entry", String(m.entry))
      .Key("properties", StringList(m.properties))
      .Key("mount_points", Scope(m.permissions.mount_points))
      .Key("capabilities", CapabilityTable(m.permissions, file))
      .Key("evidence", Table(EvidenceReader(m.evidence, file)));
  if (Outcome read = reader.Read(*parsed); !read) return read.error();
  if (Outcome whole = CheckWhole(m, file); !whole) return whole.error();
  m.permissions.pack = m.Title();
  return m;
}

std::vector<std::string> MayTouch(const Permissions& permissions) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
    const auto c = static_cast<Capability>(i);
    if (!permissions.scopes[i]) continue;
    std::string line(Words(c));
    if (HasScope(c)) line += " " + Text(*permissions.scopes[i]);
    lines.push_back(std::move(line));
  }
  if (!permissions.mount_points.empty()) {
    lines.push_back("mount volumes at " + Text(permissions.mount_points));
  }
  return lines;
}

}  // namespace tidegate
