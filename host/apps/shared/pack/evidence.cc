// evidence.toml: written by pack build, read by everyone.
#include "host/apps/shared/pack/evidence.h"

#include <algorithm>

#include "host/apps/shared/toml_reader.h"
#include "host/lua/sha256.h"

namespace tidegate {
namespace {

TableReader::Reader Count(std::int64_t& out) {
  return Integer([&out](std::int64_t n) { out = n; }, 0, INT64_MAX);
}

Result<Explored> ReadExplored(const toml::table& table, const std::string& file) {
  Explored e;
  TableReader reader(file, "[[explored]]");
  reader.Key("cluster", String(e.cluster))
      .Key("deviations", Integer([&e](std::int64_t n) { e.deviations = n; }, 0, kMostDeviations))
      .Key("runs", Count(e.runs))
      .Key("states", Count(e.states))
      .Key("outcomes", Count(e.outcomes))
      .Key("covered", Count(e.covered))
      .Key("call_sites", Count(e.call_sites))
      .Key("digest", String(e.digest));
  if (Outcome read = reader.Read(table); !read) return read.error();
  if (e.cluster != "wsfc" && e.cluster != "pacemaker") {
    return reader.At(table, "cluster must be \"wsfc\" or \"pacemaker\"");
  }
  return e;
}

std::string Line(std::string_view key, std::int64_t value) {
  return std::string(key) + " = " + std::to_string(value) + "\n";
}

std::string Line(std::string_view key, const std::string& value) {
  return std::string(key) + " = \"" + value + "\"\n";
}

}  // namespace

std::optional<int> Evidence::Deviations() const {
  std::optional<int> least;
  for (const Explored& e : explored) {
    const int n = static_cast<int>(e.deviations);
    least = least ? std::min(*least, n) : n;
  }
  return least;
}

std::string CodeDigest(const PackFiles& files) {
  PackFiles code = files;
  code.erase(std::string(kEvidenceToml));
  return Sha256(ListOf(code));
}

std::string Text(const Evidence& evidence) {
  std::string text = "# What this pack was tried against; written by tidegate pack build.\n";
  text += Line("tool", evidence.tool) + Line("code", evidence.code) +
          Line("plans", evidence.plans) + Line("scenarios", evidence.scenarios);
  for (const Explored& e : evidence.explored) {
    text += "\n[[explored]]\n" + Line("cluster", e.cluster) + Line("deviations", e.deviations) +
            Line("runs", e.runs) + Line("states", e.states) + Line("outcomes", e.outcomes) +
            Line("covered", e.covered) + Line("call_sites", e.call_sites) +
            Line("digest", e.digest);
  }
  return text;
}

Result<Evidence> ParseEvidence(std::string_view text, const std::string& file) {
  const Result<toml::table> parsed = ParseForeignToml(text, file);
  if (!parsed) return parsed.error();
  Evidence evidence;
  TableReader reader(file, "the file");
  reader.Key("tool", String(evidence.tool))
      .Key("code", String(evidence.code))
      .Key("plans", Count(evidence.plans))
      .Key("scenarios", Count(evidence.scenarios))
      .Key("explored", [&](const toml::node& node) -> Outcome {
        const toml::array* array = node.as_array();
        if (array == nullptr || !array->is_array_of_tables()) return Expected("[[explored]]");
        for (const toml::node& item : *array) {
          Result<Explored> e = ReadExplored(*item.as_table(), file);
          if (!e) return e.error();
          evidence.explored.push_back(std::move(*e));
        }
        return Ok();
      });
  if (Outcome read = reader.Read(*parsed); !read) return read.error();
  return evidence;
}

}  // namespace tidegate
