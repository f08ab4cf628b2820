// State files as text and back.
#include "host/engine/state_file.h"

#include <nlohmann/json.hpp>

#include "host/core/limits.h"

namespace tidegate {
namespace {

using Json = nlohmann::json;

// The document, "before" and what is in resource.state.
constexpr int kDepth = limits::kStateDepth + 3;

Error Foreign(std::string why) { return {ErrorCode::kInvalidData, "", std::move(why)}; }

// Keys in order, as every JSON writer of ours has them.
std::string Members(const KeptState& kept) {
  std::string text =
      "\"digest\":" + Json(kept.digest).dump() + ",\"policy\":" + Json(kept.policy).dump();
  return text;
}

std::string Tail(const KeptState& kept) {
  std::string text;
  if (!kept.json.empty()) text += ",\"state\":" + kept.json;
  text += ",\"version\":" + Json(kept.version).dump();
  if (kept.watched) text += ",\"watched\":true";
  return text + "}";
}

Outcome ReadText(const Json& json, const char* key, std::string& out) {
  const auto it = json.find(key);
  if (it == json.end() || !it->is_string()) return Foreign(std::string("no text \"") + key + "\"");
  out = it->get<std::string>();
  return Ok();
}

Outcome ReadKept(const Json& json, KeptState& kept) {
  if (Outcome read = ReadText(json, "policy", kept.policy); !read) return read;
  if (Outcome read = ReadText(json, "version", kept.version); !read) return read;
  if (Outcome read = ReadText(json, "digest", kept.digest); !read) return read;
  const auto watched = json.find("watched");
  kept.watched = watched != json.end() && watched->is_boolean() && watched->get<bool>();
  const auto state = json.find("state");
  if (state == json.end()) return Ok();
  if (!state->is_object() && !state->is_array()) return Foreign("\"state\" is no table");
  kept.json = state->dump();
  if (kept.json.size() > limits::kStateBytes) return Foreign("\"state\" is too large");
  return Ok();
}

}  // namespace

std::string Text(const StateFile& file) {
  std::string text = "{";
  if (file.before) text += "\"before\":{" + Members(*file.before) + Tail(*file.before) + ",";
  return text + Members(file.now) + ",\"schema\":" + std::to_string(kStateSchema) + Tail(file.now);
}

Result<StateFile> ParseStateFile(std::string_view text) {
  if (text.size() > limits::kStateFileBytes) return Foreign("too large");
  bool deep = false;
  const auto look = [&deep](int depth, Json::parse_event_t, Json&) {
    deep = deep || depth > kDepth;
    return !deep;  // what is deeper is not even kept
  };
  const Json json = Json::parse(text, look, false);
  if (deep) return Foreign("nested too deeply");
  if (!json.is_object()) return Foreign("not a JSON object");
  const auto schema = json.find("schema");
  if (schema == json.end() || !schema->is_number_integer()) {
    return Foreign("no number \"schema\": not a state file of Tidegate's");
  }
  if (*schema != kStateSchema) {
    return Foreign("of schema " + schema->dump() + ", and this Tidegate reads schema " +
                   std::to_string(kStateSchema));
  }
  StateFile file;
  if (Outcome read = ReadKept(json, file.now); !read) return read.error();
  if (file.now.json.empty()) return Foreign("no \"state\"");
  if (const auto before = json.find("before"); before != json.end()) {
    if (!before->is_object()) return Foreign("\"before\" is no object");
    if (Outcome read = ReadKept(*before, file.before.emplace()); !read) return read.error();
  }
  return file;
}

}  // namespace tidegate
