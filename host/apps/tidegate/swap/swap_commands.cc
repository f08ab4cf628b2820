// Their options, and what they print.
#include "host/apps/tidegate/swap/swap_commands.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <map>
#include <thread>

#include "host/apps/shared/policy_file.h"
#include "host/apps/tidegate/client.h"
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/swap/trial.h"
#include "host/apps/tidegate/terminal.h"
#include "host/core/line.h"
#include "host/core/trace.h"

namespace tidegate {
namespace {

using Json = nlohmann::json;

struct SwapOptions {
  std::string resource;
  std::string policy;
  std::string within = "30s";
  std::string timeout = "10m";
  std::string runtime_dir;
  std::size_t max_failures = 1;
  bool dry_run = false;
  bool force = false;
  bool wait = false;
  bool back = false;
  bool no_trial = false;
  bool all_or_nothing = false;
  bool lift_quarantine = false;
  bool json = false;
};

std::string Shown(const Json& json, const char* key) {
  return PrintableLine(json.value(key, std::string()), 1024);
}

void Print(const Json& json) {
  std::printf("%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

class SwapClient {
 public:
  explicit SwapClient(const SwapOptions& options) : options_(options) {}

  int Run() {
    const auto within = ParseDuration(options_.within);
    const auto timeout = ParseDuration(options_.timeout);
    if (!within || !timeout) return Fail(kExitUsage, "--within and --timeout: such as 30s");
    if (options_.policy.empty() != options_.back) {
      return Fail(kExitUsage, "give a POLICY, or --back to go back to the version before");
    }
    Result<std::vector<Owner>> owners =
        OwnersOf(RuntimeDirOr(options_.runtime_dir), options_.resource);
    if (!owners) return Fail(kExitUsage, owners.error().detail);
    owners_ = std::move(*owners);
    if (options_.back) return Back();
    if (const int code = Try(); code != kExitOk) return code;
    int code = kExitOk;
    for (const Owner& owner : owners_) {
      const int asked = Swap(owner, *within);
      code = std::max(code, asked);
      if (asked != kExitOk) break;  // a failure here is one everywhere
    }
    if (code == kExitOk && options_.wait && !options_.dry_run) code = Wait(*timeout);
    if (options_.json) Print(told_);
    return code;
  }

 private:
  // Here, and not in the host: it may take a second, and a host has better things to do.
  int Try() {
    if (options_.no_trial) return kExitOk;
    std::optional<Trace> trace;
    const std::string first = owners_.front().resources.front()["resource"];
    const auto answer =
        AskJson(owners_.front().socket, {{"command", "trace"}, {"resource", first}}, Seconds(60));
    if (answer && answer->value("ok", false)) {
      Result<ReadTrace> read = ParseTrace((*answer)["trace"].get<std::string>(), first);
      if (read) trace = std::move(read->trace);
    }
    const Result<Trial> trial = tidegate::Try(options_.policy, trace ? &*trace : nullptr);
    if (!trial) return Fail(kExitFailed, trial.error().detail);
    digest_ = trial->digest;
    told_["trial"] = JsonOf(*trial);
    if (!options_.json && (options_.dry_run || !trial->passed())) {
      std::printf("%s\n%s", PrintableLine(first, 200).c_str(), Text(*trial).c_str());
    }
    if (trial->passed()) return kExitOk;
    if (options_.json) Print(told_);
    return Fail(kExitFailed,
                "not swapped: " + trial->failures.front() + "; --no-trial swaps it all the same");
  }

  int Swap(const Owner& owner, Duration within) {
    const Json request = {{"command", "swap"},
                          {"resource", options_.resource},
                          {"policy", AbsolutePolicy(options_.policy).string()},
                          {"digest", digest_},
                          {"within", options_.within},
                          {"force", options_.force},
                          {"lift_quarantine", options_.lift_quarantine},
                          {"max_failures", options_.max_failures},
                          {"all_or_nothing", options_.all_or_nothing},
                          {"dry_run", options_.dry_run}};
    const auto count = static_cast<std::int64_t>(owner.resources.size());
    const Result<Json> answered =
        AskJson(owner.socket, request, (within + Seconds(20)) * count + Seconds(60));
    if (!answered) return Fail(kExitFailed, answered.error().detail);
    told_["hosts"].push_back(*answered);
    Tell(*answered);
    if ((*answered)["ok"].get<bool>()) return kExitOk;
    return Fail(kExitFailed, Shown(*answered, "error"));
  }

  void Tell(const Json& answer) {
    const std::string version =
        Shown(answer, "policy") + "@" + Shown(answer, "policy_digest").substr(0, 8);
    for (const Json& result : answer.value("results", Json::array())) {
      const std::string name = Shown(result, "resource");
      if (!result["ok"].get<bool>()) {
        if (answer["results"].size() > 1 && !options_.json) {
          std::printf("%s refused: %s\n", name.c_str(), Shown(result, "error").c_str());
        }
        continue;
      }
      if (result.contains("number")) numbers_[name] = result["number"];
      if (options_.json) continue;
      if (result.contains("state")) {
        std::printf("%s could run %s; resource.state would be %s\n", name.c_str(), version.c_str(),
                    Shown(result, "state").c_str());
      } else {
        std::printf("%s now runs %s\n", name.c_str(), version.c_str());
      }
    }
    if (options_.json) return;
    const auto list = [&](const char* key, const char* text) {
      for (const Json& name : answer.value(key, Json::array())) {
        std::printf("%s %s\n", PrintableLine(name.get<std::string>(), 200).c_str(), text);
      }
    };
    list("not_tried", "was not tried");
    list("rolled_back", "was rolled back");
    list("not_rolled_back", "could not be rolled back");
    std::fflush(stdout);  // before what --wait says on standard error
  }

  // Until every one has proved itself or was rolled back.
  int Wait(Duration timeout) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(timeout.ns);
    int code = kExitOk;
    while (!numbers_.empty()) {
      for (const Owner& owner : owners_) {
        const auto status =
            AskJson(owner.socket, {{"command", "status"}, {"resource", ""}}, Seconds(60));
        if (!status) return Fail(kExitFailed, status.error().detail);
        for (const Json& resource : (*status)["resources"]) code = std::max(code, Look(resource));
      }
      if (numbers_.empty()) break;
      if (std::chrono::steady_clock::now() > until) {
        return Fail(kExitFailed, numbers_.begin()->first + " is still on probation after " +
                                     options_.timeout + "; see: tidegate status");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return code;
  }

  int Look(const Json& resource) {
    const std::string name = resource["resource"];
    const auto it = numbers_.find(name);
    const Json& last = resource["swap"]["last"];
    if (it == numbers_.end() || last.is_null() || last["number"] < it->second) return kExitOk;
    const std::string outcome = last["outcome"];
    const bool ours = last["number"] == it->second;
    if (ours && outcome == "switched") return kExitOk;
    if (outcome == "proved" && !last["kept"]) return kExitOk;  // a host killed now would forget it
    numbers_.erase(it);
    told_["outcomes"][name] = last;
    if (ours && outcome == "proved") {
      if (!options_.json) std::printf("%s: it has proved itself\n", name.c_str());
      return kExitOk;
    }
    const std::string why = ours ? outcome + ": " + Shown(last, "why") : "another swap came after";
    return Fail(kExitFailed, name + ": " + why);
  }

  int Back() {
    int code = kExitOk;
    for (const Owner& owner : owners_) {
      const auto answered =
          AskJson(owner.socket, {{"command", "back"}, {"resource", options_.resource}},
                  Seconds(60) * static_cast<std::int64_t>(owner.resources.size() + 1));
      if (!answered) return Fail(kExitFailed, answered.error().detail);
      told_["hosts"].push_back(*answered);
      for (const Json& result : answered->value("results", Json::array())) {
        const std::string name = Shown(result, "resource");
        if (!result["ok"].get<bool>()) {
          code = Fail(kExitFailed, Shown(result, "error"));
        } else if (!options_.json) {
          std::printf("%s runs the version before again\n", name.c_str());
        }
      }
    }
    if (options_.json) Print(told_);
    return code;
  }

  const SwapOptions& options_;
  std::vector<Owner> owners_;
  std::string digest_;
  std::map<std::string, std::uint64_t> numbers_;
  Json told_ = Json::object();
};

struct PinOptions {
  std::string resource;
  std::string why;
  std::string runtime_dir;
  bool json = false;
};

int PinCommand(const PinOptions& options, bool pin) {
  const auto owners = OwnersOf(RuntimeDirOr(options.runtime_dir), options.resource);
  if (!owners) return Fail(kExitUsage, owners.error().detail);
  int code = kExitOk;
  Json told = Json::array();
  for (const Owner& owner : *owners) {
    const auto answered = AskJson(
        owner.socket,
        {{"command", pin ? "pin" : "unpin"}, {"resource", options.resource}, {"why", options.why}},
        Seconds(60));
    if (!answered) return Fail(kExitFailed, answered.error().detail);
    for (const Json& result : answered->value("results", Json::array())) {
      told.push_back(result);
      if (!result["ok"].get<bool>()) {
        code = Fail(kExitFailed, Shown(result, "error"));
      } else if (!options.json) {
        std::printf("%s is %s\n", Shown(result, "resource").c_str(), pin ? "pinned" : "unpinned");
      }
    }
  }
  if (options.json) Print(told);
  return code;
}

int HistoryCommand(const PinOptions& options) {
  Json answer;
  const int code =
      AskOwner(RuntimeDirOr(options.runtime_dir), options.resource,
               {{"command", "history"}, {"resource", options.resource}}, Seconds(60), answer);
  if (code != kExitOk) return code;
  if (options.json) {
    Print(answer);
    return kExitOk;
  }
  std::vector<std::vector<std::string>> rows = {{"TIME", "POLICY", "OUTCOME", "ASKED BY", "WHY"}};
  for (const Json& e : answer["history"]) {
    rows.push_back({Shown(e, "time"), Shown(e, "policy") + "@" + Shown(e, "digest").substr(0, 8),
                    Shown(e, "outcome"), Shown(e, "by").empty() ? "-" : Shown(e, "by"),
                    Shown(e, "why").empty() ? "-" : Shown(e, "why")});
  }
  if (rows.size() == 1) {
    std::printf("%s runs what the configuration says; it was never swapped\n",
                options.resource.c_str());
  } else {
    std::fputs(Table(rows).c_str(), stdout);
  }
  if (!answer["pin"].is_null()) {
    std::printf("pinned by %s\n", Shown(answer["pin"], "by").c_str());
  }
  return kExitOk;
}

void AddRuntimeDir(CLI::App* command, std::string& value) {
  command->add_option("--runtime-dir", value,
                      "where locks and control sockets are (default: /run/tidegate for root)");
}

void AddSwap(CLI::App& app, int& code) {
  auto* o = new SwapOptions;  // lives as long as the parser
  CLI::App* c =
      app.add_subcommand("swap", "give running resources another version of their policy");
  c->add_option("RESOURCE", o->resource, "a name, or a pattern in quotes: 'vol*'")->required();
  c->add_option("POLICY", o->policy);
  c->add_flag("--dry-run", o->dry_run, "try it and show what would be; change nothing");
  c->add_flag("--wait", o->wait, "until it has proved itself, or was rolled back: exit code 1");
  c->add_option("--timeout", o->timeout, "how long --wait waits")->capture_default_str();
  c->add_option("--within", o->within, "how long an entry point in flight is waited for")
      ->capture_default_str();
  c->add_flag("--force", o->force, "after that, cancel it instead of giving up");
  c->add_option("--max-failures", o->max_failures, "of many: stop after so many")
      ->capture_default_str();
  c->add_flag("--all-or-nothing", o->all_or_nothing,
              "of many: when one fails, roll back those before it");
  c->add_flag("--back", o->back, "the version on probation is given up; needs no POLICY");
  c->add_flag("--lift-quarantine", o->lift_quarantine,
              "take a version that was rolled back too often");
  c->add_flag("--no-trial", o->no_trial, "without its scenarios, plans and the recorder");
  c->add_flag("--json", o->json, "what happened as one JSON object");
  AddRuntimeDir(c, o->runtime_dir);
  c->footer(
      "The version is tried here, switched when nothing of the resource is in flight, and on\n"
      "probation until it has given healthy verdicts; one that the old version would not have\n"
      "given rolls it back.\n"
      "Exit codes: 0 swapped (--wait: and proved), 1 refused or rolled back, 2 a wrong call.");
  c->callback([o, &code] { code = SwapClient(*o).Run(); });
}

void AddPin(CLI::App& app, int& code, const char* name, bool pin) {
  auto* o = new PinOptions;
  CLI::App* c =
      app.add_subcommand(name, pin ? "keep resources at the version they run: swaps are refused"
                                   : "allow swaps again");
  c->add_option("RESOURCE", o->resource, "a name, or a pattern in quotes: 'vol*'")->required();
  if (pin) c->add_option("--why", o->why, "a reason, for whoever is refused");
  c->add_flag("--json", o->json, "as JSON");
  AddRuntimeDir(c, o->runtime_dir);
  c->callback([o, &code, pin] { code = PinCommand(*o, pin); });
}

}  // namespace

void AddSwapCommands(CLI::App& app, int& code) {
  AddSwap(app, code);
  AddPin(app, code, "pin", true);
  AddPin(app, code, "unpin", false);
  auto* o = new PinOptions;
  CLI::App* c = app.add_subcommand("history", "which versions a resource ran, and who asked");
  c->add_option("RESOURCE", o->resource)->required();
  c->add_flag("--json", o->json, "as JSON");
  AddRuntimeDir(c, o->runtime_dir);
  c->callback([o, &code] { code = HistoryCommand(*o); });
}

}  // namespace tidegate
