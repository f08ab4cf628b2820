// tidegate pack list, show and diff.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "host/apps/shared/pack/places.h"
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/pack/any_pack.h"
#include "host/apps/tidegate/pack/pack_commands.h"
#include "host/apps/tidegate/pack/store.h"
#include "host/apps/tidegate/terminal.h"
#include "host/core/line.h"
#include "host/lua/sha256.h"

namespace tidegate {
namespace {

using Json = nlohmann::json;

// What this host makes of it: who signed it, or why it is refused.
struct Standing {
  bool accepted = false;
  std::string why;
};

Standing StandingOf(const Pack& pack, const Result<Trust>& trust) {
  if (!trust) return {false, trust.error().detail};
  const Result<Accepted> accepted = Judge(pack, *trust, Today());
  if (accepted) return {true, accepted->by};
  return {false, accepted.error().detail};
}

std::string InShort(const std::optional<Evidence>& evidence) {
  if (!evidence || evidence->explored.empty()) return "none";
  std::string text;
  for (const Explored& e : evidence->explored) {
    text += (text.empty() ? "" : ", ") + e.cluster + " to " + std::to_string(e.deviations);
  }
  return text;
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

Json ToJson(const Permissions& permissions) {
  Json scopes = Json::object();
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
    if (permissions.scopes[i]) scopes[std::string(kCapabilityNames[i])] = *permissions.scopes[i];
  }
  return scopes;
}

Json ToJson(const Pack& pack, const Standing& standing) {
  const PackManifest& m = pack.manifest;
  Json json = {{"name", m.name},
               {"version", Text(m.version)},
               {"summary", m.summary},
               {"licence", m.licence},
               {"kinds", m.kinds},
               {"entry", m.entry},
               {"properties", m.properties},
               {"capabilities", ToJson(m.permissions)},
               {"mount_points", m.permissions.mount_points},
               {"files", pack.files.size()},
               {"list", pack.Digest()},
               {"accepted", standing.accepted},
               {"standing", standing.why}};
  if (!pack.evidence) return json;
  for (const Explored& e : pack.evidence->explored) {
    json["evidence"].push_back({{"cluster", e.cluster},
                                {"deviations", e.deviations},
                                {"runs", e.runs},
                                {"covered", e.covered},
                                {"outcomes", e.outcomes},
                                {"digest", e.digest}});
  }
  return json;
}

void Print(const Json& json) {
  std::printf("%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

void PrintLine(const char* what, const std::string& text) {
  std::printf("  %-13s %s\n", what, PrintableLine(text, 4096).c_str());
}

void Print(const Pack& pack, const Standing& standing) {
  const PackManifest& m = pack.manifest;
  std::printf("%s\n", m.Title().c_str());
  if (!m.summary.empty()) PrintLine("summary", m.summary);
  PrintLine("licence", m.licence);
  PrintLine("for", Joined(m.kinds));
  if (m.minimum_host != Version()) PrintLine("needs", "Tidegate " + Text(m.minimum_host));
  PrintLine("files", std::to_string(pack.files.size()) + ", list " + pack.Digest());
  PrintLine(standing.accepted ? "accepted" : "NOT accepted", standing.why);
  PrintLine("evidence", InShort(pack.evidence));
  for (const Explored& e : pack.evidence.value_or(Evidence()).explored) {
    PrintLine("", e.cluster + ": " + std::to_string(e.runs) + " runs without a violation, " +
                      std::to_string(e.covered) + " of " + std::to_string(e.outcomes) +
                      " outcomes took place");
  }
  PrintLine("properties", Joined(m.properties));
  for (const std::string& line : MayTouch(m.permissions)) PrintLine("may", line);
  PrintLine("may not", "touch anything else: it is refused at the operation");
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// Counts what is not in the other, line by line; no more is promised than a measure.
std::size_t NotIn(std::vector<std::string> these, std::vector<std::string> those) {
  std::ranges::sort(these);
  std::ranges::sort(those);
  std::vector<std::string> rest;
  std::ranges::set_difference(these, those, std::back_inserter(rest));
  return rest.size();
}

int DiffPermissions(const Permissions& a, const Permissions& b) {
  const std::vector<std::string> then = MayTouch(a);
  const std::vector<std::string> now = MayTouch(b);
  int differences = 0;
  for (const std::string& line : then) {
    if (std::ranges::find(now, line) != now.end()) continue;
    std::printf("- may %s\n", line.c_str());
    ++differences;
  }
  for (const std::string& line : now) {
    if (std::ranges::find(then, line) != then.end()) continue;
    std::printf("+ may %s\n", line.c_str());
    ++differences;
  }
  return differences;
}

int DiffFiles(const PackFiles& a, const PackFiles& b) {
  int differences = 0;
  for (const auto& [path, bytes] : a) {
    const auto other = b.find(path);
    if (other == b.end()) {
      std::printf("- %s\n", path.c_str());
    } else if (other->second != bytes) {
      const std::vector<std::string> then = Lines(bytes);
      const std::vector<std::string> now = Lines(other->second);
      std::printf("~ %s (%zu lines gone, %zu new)\n", path.c_str(), NotIn(then, now),
                  NotIn(now, then));
    } else {
      continue;
    }
    ++differences;
  }
  for (const auto& [path, bytes] : b) {
    if (a.contains(path)) continue;
    std::printf("+ %s\n", path.c_str());
    ++differences;
  }
  return differences;
}

}  // namespace

int PackList(bool json) {
  const Result<Trust> trust = ReadTrust(Places().trust);
  std::vector<std::vector<std::string>> rows = {{"NAME", "VERSION", "EVIDENCE", "STANDING"}};
  Json all = Json::array();
  for (const InstalledPack& installed : ListInstalled(Places().store)) {
    const Result<Pack> pack = ReadPackFolder(installed.folder);
    Standing standing;
    if (pack) {
      standing = StandingOf(*pack, trust);
    } else {
      standing.why = pack.error().detail;
    }
    const std::string shown = (standing.accepted ? "" : "refused: ") + standing.why;
    rows.push_back({installed.name, Text(installed.version), pack ? InShort(pack->evidence) : "?",
                    PrintableLine(shown, 400)});
    all.push_back({{"name", installed.name},
                   {"version", Text(installed.version)},
                   {"folder", installed.folder.string()},
                   {"accepted", standing.accepted},
                   {"standing", standing.why}});
  }
  if (json) {
    Print(all);
  } else if (rows.size() == 1) {
    std::printf("no pack is installed in %s\n", Places().store.c_str());
  } else {
    std::fputs(Table(rows).c_str(), stdout);
  }
  return kExitOk;
}

int PackShow(const PackShowOptions& options) {
  const Result<Pack> pack = ReadAnyPack(options.pack);
  if (!pack) return Fail(kExitFailed, pack.error().detail);
  const Standing standing = StandingOf(*pack, ReadTrust(Places().trust));
  if (options.json) {
    Print(ToJson(*pack, standing));
  } else {
    Print(*pack, standing);
  }
  return kExitOk;
}

int PackDiff(const PackDiffOptions& options) {
  const Result<Pack> a = ReadAnyPack(options.older);
  if (!a) return Fail(kExitUsage, a.error().detail);
  const Result<Pack> b = ReadAnyPack(options.newer);
  if (!b) return Fail(kExitUsage, b.error().detail);
  std::printf("%s -> %s\n", a->manifest.Title().c_str(), b->manifest.Title().c_str());
  int differences = DiffPermissions(a->manifest.permissions, b->manifest.permissions);
  if (InShort(a->evidence) != InShort(b->evidence)) {
    std::printf("~ evidence: %s -> %s\n", InShort(a->evidence).c_str(),
                InShort(b->evidence).c_str());
  }
  differences += DiffFiles(a->files, b->files);
  if (differences == 0) std::printf("no differences\n");
  return differences == 0 ? kExitOk : kExitFailed;
}

}  // namespace tidegate
