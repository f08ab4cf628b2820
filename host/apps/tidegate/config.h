// Config is what a configuration file says: the host's own settings and the resources it hosts.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/core/monitor.h"
#include "host/core/property.h"
#include "host/core/result.h"
#include "host/lua/policy.h"

namespace tidegate {

struct ResourceConfig {
  std::string name;
  // A .lua file or a folder, absolute or relative to the file, or NAME[@VERSION] of a pack.
  std::filesystem::path policy;
  bool online = true;  // bring it online when the host starts
  Capabilities capabilities = Capabilities::All();
  Properties properties;
  bool promoted = false;  // by a cluster, before this host; no file says it
  MonitorSettings monitor;
  SandboxLimits limits;
  std::string place;  // "tidegate.toml:12", for messages
  std::string
      wrong;  // why it cannot be hosted, with the place; empty: it can, as far as this tells
  bool operator==(const ResourceConfig&) const = default;
};

struct SwapSettings {
  bool watch = false;  // a changed file of a policy is swapped in
  int healthy = limits::kSwapHealthy;
  int quarantine_after = limits::kSwapQuarantine;
};

struct Config {
  std::string node;                   // default: the machine's name
  std::filesystem::path state_dir;    // default: by who runs it, see paths.h
  std::filesystem::path runtime_dir;  // control socket and locks
  bool inject_faults = false;         // tidegate run --faults is allowed
  std::filesystem::path pack_store;   // installed packs; default: see pack_places.h
  std::filesystem::path pack_trust;   // whose packs are trusted, and with what
  SwapSettings swap;
  std::vector<ResourceConfig> resources;
  std::string nameless;  // the first [[resource]] without a name, and why; empty: there is none
};

// The error is "FILE:LINE: what is wrong; what was expected": of a file that is no such file. What
// is wrong with one [[resource]] is that one's alone. One that has no name of its own is called
// after its place.
Result<Config> ReadConfig(const std::filesystem::path& file);
Result<Config> ParseConfig(std::string_view text, const std::string& file);

// A property value by the type that the policy declares comes later: as TOML has it.
Outcome ValidateResourceName(const std::string& name);

}  // namespace tidegate
