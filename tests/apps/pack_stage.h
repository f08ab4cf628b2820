// A PackStage is a vendor's bench and a host's store and trust, in a folder of one test alone.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/apps/shared/pack/pack.h"
#include "host/apps/tidegate/pack/archive.h"
#include "host/apps/tidegate/pack/secret_key.h"
#include "tests/apps/program.h"

namespace tidegate::test {

inline const std::string kKeys = TIDEGATE_SOURCE_DIR "/tests/packs/keys";

inline std::string ReadFile(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline SecretKey KeyOf(const std::string& name) {
  const auto none = []() -> Result<std::string> { return Error{ErrorCode::kAccessDenied, "", ""}; };
  return std::move(*SecretKey::Read(ReadFile(kKeys + "/" + name + ".key"), none));
}

inline std::string PublicOf(const std::string& name) { return Base64(KeyOf(name).Public()); }

inline std::string SignedBy(const std::string& key, const std::string& list) {
  return KeyOf(key).Sign(list, "a test");
}

inline constexpr const char* kSmallToml = R"(name = "acme-small"
version = "1.0.0"
licence = "MIT"
kinds = ["volume"]
entry = "acme-small.lua"
properties = ["VolumePath", "Other"]
[capabilities]
volume = ["$VolumePath", "/srv/acme/*"]
store = ["acme.*"]
)";

inline constexpr const char* kSmallPolicy = R"lua(local volume = require "volume"
local store = require "store"
local policy = {
  api = 1,
  capabilities = { "volume", "store" },
  properties = {
    VolumePath = { type = "string", required = true, doc = "ours" },
    Other = { type = "string", doc = "opened too, if it is named" },
  },
}
function policy.online(resource)
  local vol <close> = assert(volume.open(resource.properties.VolumePath))
  assert(vol:online())
end
function policy.offline(resource)
  if resource.properties.Other then volume.open(resource.properties.Other) end
end
function policy.is_alive() return true end
function policy.looks_alive() store.set("other.key", "1") end
return policy
)lua";

// A whole pack, as small as one can be.
inline PackFiles Small() { return {{"pack.toml", kSmallToml}, {"acme-small.lua", kSmallPolicy}}; }

inline std::string Replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  if (at == std::string::npos) throw std::runtime_error("not there: " + what);
  return text.replace(at, what.size(), by);
}

class PackStage {
 public:
  PackStage() {
    setenv("TIDEGATE_PACK_STORE", store().c_str(), 1);
    setenv("TIDEGATE_PACK_TRUST", trust().c_str(), 1);
    std::filesystem::create_directories(trust());
  }
  ~PackStage() {
    unsetenv("TIDEGATE_PACK_STORE");
    unsetenv("TIDEGATE_PACK_TRUST");
  }
  PackStage(const PackStage&) = delete;
  PackStage& operator=(const PackStage&) = delete;

  std::string store() const { return dir / "store"; }
  std::string trust() const { return dir / "trust"; }
  void Trusts(const std::string& file, const std::string& text) const {
    dir.Write("trust/" + file, text);
  }
  void TrustsVendor(const std::string& more = "names = [\"acme-*\"]\n") const {
    Trusts("acme.toml", "key = \"" + PublicOf("vendor") + "\"\n" + more);
  }

  // Writes the archive and its signature; answers the archive's path.
  std::string Built(const PackFiles& files, const std::string& name = "a.pack",
                    const std::string& key = "vendor") const {
    const std::string list = ListOf(files);
    dir.Write(name, *WriteArchive(files, list));
    if (!key.empty()) {
      dir.Write(Replaced(name, ".pack", ".digests.minisig"), SignedBy(key, list));
    }
    return dir / name;
  }
  Ended Pack(std::vector<std::string> words) const {
    words.insert(words.begin(), "pack");
    return RunProgram(words);
  }
  // What is installed, hidden files left out: "acme-small/1.0.0/pack.toml ..."
  std::string Installed() const {
    std::vector<std::string> paths;
    std::error_code error;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(store(), error)) {
      const std::string path = entry.path().lexically_relative(store()).string();
      if (entry.is_regular_file() && path[0] != '.') paths.push_back(path);
    }
    std::sort(paths.begin(), paths.end());
    std::string all;
    for (const std::string& path : paths) all += (all.empty() ? "" : " ") + path;
    return all;
  }

  const Folder dir;
};

}  // namespace tidegate::test
