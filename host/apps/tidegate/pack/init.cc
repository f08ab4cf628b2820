// tidegate pack init: a pack to begin with, small and whole.
#include <cstdio>
#include <filesystem>

#include "host/apps/shared/pack/pack_name.h"
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/pack/pack_commands.h"
#include "host/apps/tidegate/simulate/simulate.h"
#include "host/apps/tidegate/terminal.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

// NAME stands for the pack's name.
constexpr std::string_view kToml = R"(name    = "NAME"
version = "0.1.0"              # Semantic Versioning 2.0.0
summary = "a volume as a cluster resource"
licence = "MIT"
api     = 1                    # the policy interface; a range: [1, 2]
minimum_host = "0.1.0"
kinds   = ["volume"]
entry   = "NAME.lua"

# As the policy declares them.
properties = ["VolumePath"]

# What the policy may touch, and nothing else: a text, a text with * (no slash) or ** (anything), or
# $Property, which is what the property of the resource says.
[capabilities]
volume         = ["$VolumePath"]
"volume.force" = ["$VolumePath"]
timer          = true

# How many deviations from an undisturbed run `tidegate pack build` explores; -1: none.
[evidence]
wsfc      = 1
pacemaker = 1
)";

constexpr std::string_view kPolicy = R"(--- NAME: a volume as a cluster resource.

local volume = require "volume"
local log = require "log"
local retry = require "retry"

local policy = {
  api = 1,
  capabilities = { "volume", "volume.force", "timer" },
  properties = {
    VolumePath = { type = "string", required = true, unique = true, doc = "the volume to own" },
  },
  timeouts = { online = "60s", offline = "60s", is_alive = "5s", terminate = "10s" },
  health = { fail_after = 2, of = 3 },
}

local function open(resource)
  return volume.open(resource.properties.VolumePath)
end

function policy.online(resource)
  local tries = { times = 5, first = "250ms", max = "4s" }
  local vol <close> = retry.run(tries, function() return assert(open(resource)) end)
  retry.run(tries, function() assert(vol:online()) end)
  assert(vol:probe { sectors = { 0 } })
end

-- Lock, dismount and offline on one handle: nobody can mount the volume in between.
function policy.offline(resource)
  local vol <close> = assert(open(resource))
  if vol:is_offline() and vol:offline() then return end
  retry.run({ within = "20s", first = "100ms", max = "2s" }, function() assert(vol:lock()) end)
  assert(vol:dismount())
  assert(vol:offline())
end

function policy.is_alive(resource)
  local vol <close>, err = open(resource)
  if not vol then return false, err end
  local offline, why = vol:is_offline()
  if offline == nil then return false, why end
  if offline then return false, "the volume is offline" end
  local bytes, because = vol:probe { sectors = { 0 } }
  return bytes ~= nil, because
end

-- The last word: what does not work is logged, and the next step is tried all the same.
function policy.terminate(resource)
  local vol <close>, err = open(resource)
  if not vol then return log.warning("not opened: %s", err) end
  local dismounted, why = vol:dismount { force = true }
  if not dismounted then log.warning("not dismounted: %s", why) end
  local offline, because = vol:offline()
  if not offline then log.warning("not offline: %s", because) end
end

return policy
)";

constexpr std::string_view kScenarios =
    R"(-- What an operator asks of it: `tidegate test NAME` answers.
return {
  ["a volume goes online, moves and goes offline"] = function(c)
    c:online("vol1", "A")
    c:settle("5m")
    c:after("30s")
    c:move("vol1", "B")
    c:settle("5m")
    assert(c:volume("vol1", "A") == "offline")
    c:offline("vol1")
    c:settle("5m")
    assert(c:volume("vol1", "B") == "offline")
  end,
}
)";

std::string With(std::string_view text, const std::string& name) {
  std::string out;
  while (true) {
    const std::size_t at = text.find("NAME");
    out += text.substr(0, at);
    if (at == text.npos) return out;
    out += name;
    text.remove_prefix(at + 4);
  }
}

}  // namespace

int PackInit(const PackInitOptions& options) {
  const fs::path folder = fs::path(options.folder).lexically_normal();
  const std::string name =
      (folder.has_filename() ? folder : folder.parent_path()).filename().string();
  if (!IsPackName(name)) {
    return Fail(kExitUsage, "\"" + name +
                                "\" is no name for a pack: 1 to 64 of a-z 0-9 - and a letter "
                                "first");
  }
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error)) {
    return Fail(kExitUsage, options.folder + " is there already and not empty");
  }
  fs::create_directories(folder, error);
  const std::string entry = name + ".lua";
  const bool written = WriteText((folder / "pack.toml").string(), With(kToml, name)) &&
                       WriteText((folder / entry).string(), With(kPolicy, name)) &&
                       WriteText((folder / "scenarios.lua").string(), With(kScenarios, name));
  if (!written) return Fail(kExitUsage, options.folder + ": cannot be written");
  std::printf(
      "%s: pack.toml says what it is and may touch, %s is the policy, scenarios.lua tries it\n"
      "next: tidegate pack check %s; tidegate test %s; tidegate pack build %s\n",
      options.folder.c_str(), entry.c_str(), options.folder.c_str(), options.folder.c_str(),
      options.folder.c_str());
  return kExitOk;
}

}  // namespace tidegate
