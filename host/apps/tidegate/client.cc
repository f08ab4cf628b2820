// tidegate status, online, offline, trace: what is asked of hosts that run.
#include "host/apps/tidegate/client.h"

#include <cstdio>
#include <fnmatch.h>
#include <set>

#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/control.h"
#include "host/apps/tidegate/simulate/simulate.h"
#include "host/apps/tidegate/terminal.h"
#include "host/core/line.h"
#include "host/env/host_locks.h"

namespace tidegate {
namespace {

using Json = nlohmann::json;

Colour ColourOf(const std::string& state) {
  if (state == "Online") return Colour::kGreen;
  if (state == "Failed") return Colour::kRed;
  if (state.ends_with("Pending")) return Colour::kYellow;
  return Colour::kDim;
}

std::string Ago(const Json& seconds) {
  return Age(Nanoseconds(static_cast<std::int64_t>(seconds.get<double>() * 1e9)));
}

std::string Verdict(const Json& r) {
  if (r["last_verdict"].is_null()) return "-";
  return std::string(r["last_verdict"]["ok"].get<bool>() ? "alive" : "FAILED") + " " +
         Ago(r["last_verdict"]["seconds_ago"]) + " ago";
}

// What there is to know of its latest swap.
std::string SwapLine(const Json& r) {
  const Json& swap = r["swap"];
  const std::string phase = swap["phase"];
  std::string line;
  if (phase == "waiting") line = "another version waits until nothing is in flight";
  if (phase == "probation" || phase == "doubted") {
    line = "on probation, " + std::to_string(swap["healthy"].get<int>()) + " of " +
           std::to_string(swap["healthy_needed"].get<int>()) + " healthy verdicts; before it " +
           swap["before"].get<std::string>().substr(0, 8);
  }
  const Json& last = swap["last"];
  if (line.empty() && !last.is_null() && last["outcome"] == "rolled back") {
    line = last["to"].get<std::string>().substr(0, 8) +
           " was rolled back: " + last["why"].get<std::string>();
  }
  if (swap["pinned"].get<bool>()) line += line.empty() ? "pinned" : "; pinned";
  return line.empty() ? "" : r["resource"].get<std::string>() + ": " + line + "\n";
}

// One that cannot host a resource may have it in its configuration all the same.
bool IsHosted(const Json& resource) { return resource.value("hosted", true); }

// What one of them hosts is that one's alone.
void DropDoubles(std::vector<Owner>& owners) {
  std::set<std::string> hosted;
  for (const Owner& owner : owners) {
    for (const Json& resource : owner.resources) {
      if (IsHosted(resource)) hosted.insert(resource["resource"].get<std::string>());
    }
  }
  for (Owner& owner : owners) {
    std::erase_if(owner.resources, [&](const Json& resource) {
      return !IsHosted(resource) && hosted.contains(resource["resource"].get<std::string>());
    });
  }
  std::erase_if(owners, [](const Owner& owner) { return owner.resources.empty(); });
}

std::string PolicyOf(const Json& r) {
  const std::string digest = r["policy_digest"];
  const std::string name = r["policy"];
  return digest.empty() ? name : name + "@" + digest.substr(0, 8);
}

void PrintTable(const std::vector<Json>& hosts) {
  std::vector<std::vector<std::string>> rows = {
      {"RESOURCE", "STATE", "SINCE", "LAST VERDICT", "RESTARTS", "POLICY", "MEMORY", "FUEL"}};
  std::vector<std::string> states;
  std::string below;
  for (const Json& host : hosts) {
    for (const Json& r : host["resources"]) {
      states.push_back(r["state"]);
      rows.push_back({r["resource"], r["state"], Ago(r["since_seconds"]), Verdict(r),
                      std::to_string(r["restarts"].get<int>()), PolicyOf(r),
                      Bytes(r["memory_bytes"].get<std::uint64_t>()),
                      std::to_string(r["fuel"].get<std::int64_t>())});
      below += SwapLine(r);
      if (IsHosted(r) && r.contains("configuration_error") && !r["configuration_error"].is_null()) {
        below += r["resource"].get<std::string>() +
                 ": not as its configuration says: " + r["configuration_error"].get<std::string>() +
                 "\n";
      }
      if (!r["cause"].is_null()) {
        below +=
            r["resource"].get<std::string>() + ": " + r["cause"]["text"].get<std::string>() + "\n";
      }
    }
    for (const Json& stuck : host["stuck_threads"]) {
      below += stuck["resource"].get<std::string>() + ": " + stuck["operation"].get<std::string>() +
               " has been stuck for " + Ago(stuck["seconds"]) + ", thread " +
               std::to_string(stuck["thread"].get<int>()) + " is quarantined\n";
    }
  }
  const bool colours = ColoursOn(1);
  std::string table = Table(rows);
  std::size_t line = table.find('\n') + 1;
  for (const std::string& state : states) {
    const std::size_t at = table.find(state, line);
    const std::string painted = Paint(state, ColourOf(state), colours);
    table.replace(at, state.size(), painted);
    line = table.find('\n', at) + 1;
  }
  std::fputs(table.c_str(), stdout);
  std::size_t begin = 0;
  while (begin < below.size()) {
    const std::size_t end = below.find('\n', begin);
    std::printf("%s\n", PrintableLine(below.substr(begin, end - begin), 1024).c_str());
    begin = end + 1;
  }
}

}  // namespace

std::string RuntimeDirOr(const std::string& given) {
  return given.empty() ? RuntimeDirectory() : given;
}

Result<Json> AskJson(const std::string& socket, const Json& request, Duration timeout) {
  Result<std::string> answer = AskHost(socket, request.dump(), timeout);
  if (!answer) return answer.error();
  Json json = Json::parse(*answer, nullptr, false);
  if (!json.is_object()) return Error{ErrorCode::kInvalidData, "", socket + ": not an answer"};
  return json;
}

Result<std::vector<Owner>> OwnersOf(const std::string& runtime_dir, const std::string& pattern) {
  std::vector<Owner> owners;
  const std::vector<std::string> sockets = ControlSockets(runtime_dir);
  for (const std::string& socket : sockets) {
    const Result<Json> status =
        AskJson(socket, {{"command", "status"}, {"resource", ""}}, Seconds(60));
    if (!status) return status.error();
    Owner owner{socket, {}};
    for (const Json& resource : (*status)["resources"]) {
      const std::string name = resource["resource"].get<std::string>();
      if (fnmatch(pattern.c_str(), name.c_str(), 0) == 0) owner.resources.push_back(resource);
    }
    if (!owner.resources.empty()) owners.push_back(std::move(owner));
  }
  DropDoubles(owners);
  if (!owners.empty()) return owners;
  if (sockets.empty()) {
    return Error{ErrorCode::kNotFound, "",
                 "no host runs in " + runtime_dir + "; start one with: tidegate run FILE.toml"};
  }
  return Error{ErrorCode::kResourceNotFound, "",
               "no running host has a resource " + pattern + "; see: tidegate status"};
}

int AskOwner(const std::string& runtime_dir, const std::string& resource, const Json& request,
             Duration timeout, Json& answer) {
  const std::vector<std::string> sockets = ControlSockets(runtime_dir);
  std::string owner;
  for (const std::string& socket : sockets) {
    const Result<Json> status =
        AskJson(socket, {{"command", "status"}, {"resource", resource}}, Seconds(60));
    if (!status || !status->contains("resources") || (*status)["resources"].empty()) continue;
    const bool hosted = IsHosted((*status)["resources"][0]);
    if (owner.empty() || hosted) owner = socket;
    if (hosted) break;
  }
  if (!owner.empty()) {
    const Result<Json> answered = AskJson(owner, request, timeout);
    if (!answered) return Fail(kExitFailed, answered.error().detail);
    answer = *answered;
    if (answer["ok"].get<bool>()) return kExitOk;
    return Fail(kExitFailed, answer["error"].get<std::string>());
  }
  if (sockets.empty()) {
    return Fail(kExitUsage,
                "no host runs in " + runtime_dir + "; start one with: tidegate run FILE.toml");
  }
  return Fail(kExitUsage, "no running host has a resource " + resource + "; see: tidegate status");
}

int StatusCommand(const StatusOptions& options) {
  const std::string dir = RuntimeDirOr(options.runtime_dir);
  std::vector<Json> hosts;
  for (const std::string& socket : ControlSockets(dir)) {
    Result<Json> host =
        AskJson(socket, {{"command", "status"}, {"resource", options.resource}}, Seconds(60));
    if (!host) return Fail(kExitFailed, host.error().detail);
    hosts.push_back(std::move(*host));
  }
  if (options.json) {
    std::printf("%s\n", Json({{"hosts", hosts}}).dump(2).c_str());
    return kExitOk;
  }
  if (hosts.empty()) {
    return Fail(kExitFailed, "no host runs in " + dir + "; start one with: tidegate run FILE.toml");
  }
  PrintTable(hosts);
  return kExitOk;
}

int WantCommand(const WantOptions& options) {
  const std::optional<Duration> timeout = ParseDuration(options.timeout);
  if (!timeout) return Fail(kExitUsage, "--timeout must be a duration such as 30s");
  Json answer;
  const int code = AskOwner(RuntimeDirOr(options.runtime_dir), options.resource,
                            {{"command", options.online ? "online" : "offline"},
                             {"resource", options.resource},
                             {"timeout", options.timeout}},
                            *timeout + Seconds(20), answer);
  if (code != kExitOk) return code;
  std::printf("%s is %s\n", options.resource.c_str(), answer["state"].get<std::string>().c_str());
  return kExitOk;
}

int TraceCommand(const TraceOptions& options) {
  Json answer;
  const int code =
      AskOwner(RuntimeDirOr(options.runtime_dir), options.resource,
               {{"command", "trace"}, {"resource", options.resource}}, Seconds(60), answer);
  if (code != kExitOk) return code;
  const std::string trace = answer["trace"].get<std::string>();
  if (options.output.empty()) {
    std::fputs(trace.c_str(), stdout);
    return kExitOk;
  }
  if (!WriteText(options.output, trace)) {
    return Fail(kExitUsage, options.output + ": cannot be written");
  }
  return kExitOk;
}

}  // namespace tidegate
