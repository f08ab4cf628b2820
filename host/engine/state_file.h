// A StateFile is resource.state as it is kept: which version of the policy wrote it and, while that
// one is on probation, what the version before it had.
//
// Why in one file: it is replaced as a whole, so that whenever a host is killed its successor finds
// a version together with that version's own state.
//
// The text is JSON, one object with "schema": 1. What is no such object, is of another schema, too
// deep or too large is foreign: an error that says why.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host/core/result.h"

namespace tidegate {

inline constexpr int kStateSchema = 1;
// The record that it is kept in.
inline constexpr std::string_view kStateRecord = "state";

struct KeptState {
  std::string policy;   // "volume.lua"
  std::string version;  // the policy's own text
  std::string digest;
  std::string json;      // resource.state
  bool watched = false;  // of the version before: it had watches
  bool operator==(const KeptState&) const = default;
};

struct StateFile {
  KeptState now;
  // The version to go back to; its json is empty where it reads what `now` wrote.
  std::optional<KeptState> before;
};

std::string Text(const StateFile& file);
Result<StateFile> ParseStateFile(std::string_view text);

}  // namespace tidegate
