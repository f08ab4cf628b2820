// A SwapStage is a LaneStage whose resource is online by a first version, for others to take over.
#pragma once

#include <string>
#include <utility>

#include "tests/engine/stage.h"

namespace tidegate::test {

inline const Cause kAsked{.kind = CauseKind::kOperator, .message = "asked"};

inline LaneSpec Monitored() {
  LaneSpec spec;
  spec.monitor = MonitorSettings{.looks_alive_poll_interval = Minutes(60),
                                 .is_alive_poll_interval = Seconds(10)};
  return spec;
}

// A policy whose is_alive does `body`, and more of it in `rest`.
inline std::string Version(const std::string& body, const std::string& rest = "") {
  return R"lua(
local log, timer, volume = require "log", require "timer", require "volume"
local policy = { api = 1, version = "VERSION" }
function policy.online(resource) resource.state.onlines = (resource.state.onlines or 0) + 1 end
function policy.offline(resource) end
function policy.is_alive(resource) )lua" +
         body + " end\n" + rest + "\nreturn policy\n";
}

inline std::string Numbered(std::string text, const std::string& version) {
  text.replace(text.find("VERSION"), 7, version);
  return text;
}

inline const std::string kGood = Version("return true");
inline const std::string kOld = Numbered(Version("log.info('old looks') return true"), "1.0");

inline const std::string kMigrating =
    "function policy.migrate(resource, from, state)\n"
    "  log.info('from ' .. from)\n"
    "  return { count = state.onlines, was = from }\n"
    "end";

inline const std::string kWatching = R"lua(
local function look(resource) log.info(policy.version .. " watches") timer.sleep("1h") end
function policy.online(resource) resource:watch(look) end
function policy.migrate(resource, from, state) resource:watch(look) return state end
)lua";

// "switched; rolled back: is_alive: ..."
struct SwapStage : LaneStage {
  explicit SwapStage(const std::string& policy, LaneSpec spec = Monitored())
      : LaneStage(policy, std::move(spec)) {
    lane().ListenSwap([this](const SwapNews& n) {
      news += (news.empty() ? "" : "; ") + std::string(Name(n.what)) +
              (n.why.detail.empty() ? "" : ": " + n.why.detail);
    });
    lane().Begin();
    lane().Want(true, kAsked);
    Run(Seconds(1));
    Take();
  }
  void Offer(const std::string& policy, const SwapTerms& terms = {}) {
    const auto offered = lane().Offer(Compiled(policy), terms);
    if (!offered) news += "not offered: " + offered.error().detail;
  }
  // Digests differ with every edit of a policy here.
  std::string Told() {
    std::string text = Take();
    for (std::size_t at = text.find("test.lua "); at != text.npos;
         at = text.find("test.lua ", at + 1)) {
      const std::size_t end = text.find_first_of(":,\n", at);
      text.erase(at + 8, end - at - 8);
    }
    return text;
  }
  std::string news;
};

}  // namespace tidegate::test
