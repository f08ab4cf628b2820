// Answering requests.
#include "host/apps/tidegate/requests.h"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "host/apps/tidegate/control.h"
#include "host/apps/tidegate/swap/swap_requests.h"
#include "host/core/text.h"

namespace tidegate {
namespace {

using Json = nlohmann::json;

std::string Dump(const Json& json) {
  // Names and causes may hold any bytes that a policy put there.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string Refused(const Error& error) {
  return Dump({{"ok", false}, {"code", Name(error.code)}, {"error", error.detail}});
}

double SecondsSince(Instant then, Instant now) {
  return static_cast<double>((now - then).ns) / 1e9;
}

Json CauseJson(const Cause& cause) {
  if (!cause) return nullptr;
  return {{"kind", Name(cause.kind)}, {"entry_point", Name(cause.entry)},
          {"attempt", cause.attempt}, {"code", static_cast<std::uint32_t>(cause.code)},
          {"name", Name(cause.code)}, {"operation", cause.op},
          {"where", cause.where},     {"message", cause.message},
          {"text", Text(cause)}};
}

Json ViewJson(Host& host, const LaneView& view, Instant now) {
  Json json = {{"resource", view.name},
               {"state", Name(view.status.state)},
               {"state_number", static_cast<int>(view.status.state)},
               {"since_seconds", SecondsSince(view.status.since, now)},
               {"checkpoint", view.status.checkpoint},
               {"progress", view.status.progress},
               {"cause", CauseJson(view.status.cause)},
               {"wants_online", view.wants_online},
               {"gave_up", view.gave_up},
               {"restarts", view.restarts},
               {"outstanding", view.outstanding},
               {"policy", view.policy},
               {"policy_version", view.version},
               {"policy_digest", view.digest},
               {"memory_bytes", view.usage.memory_bytes},
               {"memory_peak_bytes", view.usage.memory_peak},
               {"fuel", view.usage.fuel},
               {"hosted", host.Hosts(view.name)},
               {"configuration_error", nullptr},
               {"swap", SwapJson(host, view)},
               {"last_verdict", nullptr}};
  if (const auto trouble = host.TroubleOf(view.name)) {
    json["configuration_error"] = trouble->detail;
  }
  if (view.has_verdict) {
    json["last_verdict"] = {{"ok", view.last_verdict.ok},
                            {"cause", CauseJson(view.last_verdict.cause)},
                            {"seconds_ago", SecondsSince(view.last_verdict_at, now)}};
  }
  return json;
}

Json StatusOf(Host& host, const std::string& only) {
  Json resources = Json::array();
  const Instant now = host.Now();
  for (const LaneView& view : host.Views()) {
    if (only.empty() || view.name == only) resources.push_back(ViewJson(host, view, now));
  }
  Json stuck = Json::array();
  for (const StuckCall& call : host.Stuck()) {
    stuck.push_back({{"resource", host.NameOf(call.id)},
                     {"operation", call.op},
                     {"seconds", SecondsSince(call.since, now)},
                     {"thread", call.thread}});
  }
  return {{"ok", true},
          {"pid", getpid()},
          {"node", host.options().node},
          {"resources", resources},
          {"stuck_threads", stuck}};
}

std::string Want(Host& host, const std::string& name, bool online, Duration timeout) {
  const Outcome wanted = host.Want(
      name, online, {.kind = CauseKind::kOperator, .message = "an operator asked for it"});
  if (!wanted) return Refused(wanted.error());
  (void)host.WaitFor(name, timeout, [](const LaneView& view) { return view.settled; });
  const std::optional<LaneView> view = host.View(name);
  const auto goal = online ? ResourceState::kOnline : ResourceState::kOffline;
  if (!view || view->status.state != goal) {
    return Refused({ErrorCode::kResourceFailed, "",
                    name + " is " + (view ? Text(view->status) : std::string("not answering"))});
  }
  return Dump({{"ok", true}, {"state", Name(view->status.state)}});
}

Json UniqueJson(const Host& host) {
  Json all = Json::array();
  for (const UniqueValues& unique : host.Unique()) {
    all.push_back(
        {{"resource", unique.resource}, {"policies", unique.policies}, {"values", unique.values}});
  }
  return {{"ok", true}, {"pid", getpid()}, {"unique", std::move(all)}};
}

// Another version's answer may be anything.
std::optional<UniqueValues> UniqueIn(const Json& json, const std::string& process) {
  if (!json.is_object() || !json.contains("resource") || !json["resource"].is_string() ||
      !json.contains("policies") || !json["policies"].is_array() || !json.contains("values") ||
      !json["values"].is_object()) {
    return std::nullopt;
  }
  UniqueValues unique{json["resource"].get<std::string>() + process, {}, {}};
  for (const Json& policy : json["policies"]) {
    if (policy.is_string()) unique.policies.insert(policy.get<std::string>());
  }
  for (const auto& [property, value] : json["values"].items()) {
    if (value.is_string()) unique.values.emplace(property, value.get<std::string>());
  }
  return unique;
}

}  // namespace

std::vector<UniqueValues> UniqueOfOthers(const std::string& runtime_dir) {
  constexpr Duration kAnswers = Seconds(2);  // a host that is busier than that is not waited for
  std::vector<UniqueValues> all;
  for (const std::string& socket : ControlSockets(runtime_dir)) {
    if (socket == ControlSocketOf(runtime_dir, getpid())) continue;
    const Result<std::string> answer = AskHost(socket, R"({"command":"unique"})", kAnswers);
    const Json json = answer ? Json::parse(*answer, nullptr, false) : Json();
    if (!json.is_object() || !json.contains("unique") || !json["unique"].is_array()) continue;
    const std::string process = " of process " + json.value("pid", Json(0)).dump();
    for (const Json& each : json["unique"]) {
      if (auto unique = UniqueIn(each, process)) all.push_back(std::move(*unique));
    }
  }
  return all;
}

std::string HandleRequest(Host& host, const std::string& request, const std::string& who) {
  const Json json = Json::parse(request, nullptr, false);
  const auto text = [&](const char* key) -> std::string {
    return json.is_object() && json.contains(key) && json[key].is_string()
               ? json[key].get<std::string>()
               : "";
  };
  const std::string command = text("command");
  const Duration timeout = ParseDuration(text("timeout")).value_or(Seconds(30));
  if (command == "unique") return Dump(UniqueJson(host));
  if (command == "status") return Dump(StatusOf(host, text("resource")));
  if (command == "online" || command == "offline") {
    return Want(host, text("resource"), command == "online", timeout);
  }
  if (json.is_object()) {
    if (const std::optional<Json> answer = AnswerSwap(host, json, who)) return Dump(*answer);
  }
  if (command == "trace") {
    const Result<Trace> trace = host.TakeTrace(text("resource"), "an operator asked for it");
    if (!trace) return Refused(trace.error());
    return Dump({{"ok", true}, {"trace", Text(*trace)}});
  }
  return Refused({ErrorCode::kInvalidFunction, "",
                  "unknown command; known are status, swap, back, pin, unpin, history, online, "
                  "offline, trace"});
}

}  // namespace tidegate
