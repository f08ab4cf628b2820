// Reads what a policy says of itself from the table that its file returned.
#pragma once

#include <string>
#include <vector>

#include "host/core/manifest.h"

struct lua_State;

namespace tidegate {

// What was read so far, and all that is wrong with it, a line each.
struct ManifestDraft {
  Manifest manifest;
  std::vector<std::string> problems;
  std::string path;  // "properties.VolumePath", for messages
  PropertySpec spec;
};

// Reads the table on top. Entry points go to their slots in the registry.
void ReadManifest(lua_State* L, ManifestDraft& draft);

}  // namespace tidegate
