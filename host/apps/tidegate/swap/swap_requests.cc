// Answering them.
#include "host/apps/tidegate/swap/swap_requests.h"

#include <deque>
#include <fnmatch.h>
#include <functional>
#include <nlohmann/json.hpp>

#include "host/apps/tidegate/trace_files.h"

namespace tidegate {
namespace {

using Json = nlohmann::json;

std::string TextIn(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
}

bool IsSet(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_boolean() && it->get<bool>();
}

Json Failed(const Error& error) {
  return {{"ok", false}, {"code", Name(error.code)}, {"error", error.detail}};
}

Json Failed(const std::string& name, const Error& error) {
  Json json = Failed(error);
  json["resource"] = name;
  return json;
}

// In the order of the configuration.
std::vector<std::string> Matching(const Host& host, const std::string& pattern) {
  std::vector<std::string> names;
  for (const std::string& name : host.names()) {
    if (fnmatch(pattern.c_str(), name.c_str(), 0) == 0) names.push_back(name);
  }
  return names;
}

struct Order {
  NewVersion version;
  SwapOrder swap;
  std::size_t max_failures = 1;
  bool all_or_nothing = false;
};

class ManySwaps {
 public:
  ManySwaps(Host& host, const Order& order) : host_(host), order_(order) {}

  // Checks them all; what cannot take over is a failure before anything has changed.
  std::vector<std::string> Prepare(const std::vector<std::string>& names, bool tell) {
    std::vector<std::string> ready;
    for (const std::string& name : names) {
      const Result<std::string> state = host_.Rehearse(name, order_.version, order_.swap);
      if (!state) {
        Fail(name, state.error());
        continue;
      }
      ready.push_back(name);
      if (tell) results_.push_back({{"resource", name}, {"ok", true}, {"state", *state}});
    }
    return ready;
  }

  // Several are on their way to the disk at once, but not all: each is asked whether it is alive,
  // and a device that everybody asks at once answers nobody in time.
  void Commit(const std::vector<std::string>& names) {
    std::deque<Switched> switched;
    const auto settle = [&] {
      Settle(switched.front());
      switched.pop_front();
    };
    for (const std::string& name : names) {
      if (Stopped()) {
        not_tried_.push_back(name);
        continue;
      }
      const Result<std::uint64_t> number = host_.Switch(name, order_.version, order_.swap);
      if (!number) {
        Fail(name, number.error());
        continue;
      }
      switched.push_back({name, *number, results_.size()});
      results_.push_back({{"resource", name}, {"ok", true}});
      if (*number != 0) results_.back()["number"] = *number;  // else there is no probation
      if (switched.size() >= limits::kSwapsAtOnce) settle();
    }
    while (!switched.empty()) settle();
    if (!Stopped() || !order_.all_or_nothing) return;
    for (auto name = swapped_.rbegin(); name != swapped_.rend(); ++name) {
      const Outcome back = host_.GoBack(*name, "all or nothing: another resource's swap failed;");
      (back ? rolled_back_ : left_).push_back(*name);
    }
  }

  bool Stopped() const {
    return order_.all_or_nothing ? failures_ > 0 : failures_ >= order_.max_failures;
  }

  Json Answer() const {
    Json json = {{"ok", failures_ == 0},
                 {"policy", order_.version.program->name()},
                 {"policy_digest", order_.version.program->digest()},
                 {"results", results_},
                 {"not_tried", not_tried_},
                 {"rolled_back", rolled_back_},
                 {"not_rolled_back", left_}};
    if (failures_ == 0) return json;
    json["code"] = Name(first_.code);
    json["error"] = first_.detail;
    if (failures_ > 1)
      json["error"] = first_.detail + "; and " + std::to_string(failures_ - 1) + " more";
    return json;
  }

 private:
  struct Switched {
    std::string name;
    std::uint64_t number;
    std::size_t result;  // where it is
  };
  void Settle(const Switched& swap) {
    if (const Outcome kept = host_.Settle(swap.name, swap.number); kept) {
      swapped_.push_back(swap.name);
    } else {
      results_[swap.result] = Failed(swap.name, kept.error());
      Count(kept.error());
    }
  }
  void Fail(const std::string& name, const Error& error) {
    Count(error);
    results_.push_back(Failed(name, error));
  }
  void Count(const Error& error) {
    if (failures_++ == 0) first_ = error;
  }

  Host& host_;
  const Order& order_;
  std::size_t failures_ = 0;
  Error first_;
  Json results_ = Json::array();
  std::vector<std::string> swapped_, not_tried_, rolled_back_, left_;
};

Json SwapEach(Host& host, const Json& request, const std::vector<std::string>& names,
              const std::string& who) {
  Result<NewVersion> version =
      host.ReadVersion(TextIn(request, "policy"), TextIn(request, "digest"));
  if (!version) return Failed(version.error());
  Order order;
  order.version = std::move(*version);
  order.swap.by = who;
  if (const auto within = ParseDuration(TextIn(request, "within"))) order.swap.within = *within;
  order.swap.force = IsSet(request, "force");
  order.swap.lift = IsSet(request, "lift_quarantine");
  order.all_or_nothing = IsSet(request, "all_or_nothing");
  const auto most = request.find("max_failures");
  if (most != request.end() && most->is_number_unsigned()) {
    order.max_failures = std::max<std::size_t>(most->get<std::size_t>(), 1);
  }
  ManySwaps swaps(host, order);
  const bool dry = IsSet(request, "dry_run");
  const std::vector<std::string> ready = swaps.Prepare(names, dry);
  if (!dry) swaps.Commit(ready);
  return swaps.Answer();
}

Json OfEach(const std::vector<std::string>& names,
            const std::function<Outcome(const std::string&)>& act) {
  Json results = Json::array();
  Json answer = {{"ok", true}};
  for (const std::string& name : names) {
    const Outcome done = act(name);
    results.push_back(done ? Json{{"resource", name}, {"ok", true}} : Failed(name, done.error()));
    if (done || !answer["ok"].get<bool>()) continue;
    answer = Failed(done.error());
  }
  answer["results"] = std::move(results);
  return answer;
}

Json History(Host& host, const std::string& name) {
  const Result<VersionRecord> record = host.HistoryOf(name);
  if (!record) return Failed(record.error());
  return {{"ok", true},
          {"resource", name},
          {"history", HistoryJson(*record)},
          {"pin", PinJson(*record)}};
}

std::string_view PhaseName(const LaneView& view) {
  switch (view.swap.phase) {
    case PolicySwap::Phase::kProbation:
      return "probation";
    case PolicySwap::Phase::kDoubted:
      return "doubted";
    case PolicySwap::Phase::kGoingBack:
      return "going back";
    default:
      return view.swap.waiting ? "waiting" : "none";
  }
}

}  // namespace

Json SwapJson(Host& host, const LaneView& view) {
  Json json = {{"phase", PhaseName(view)},
               {"healthy", view.swap.healthy},
               {"healthy_needed", view.swap.needed},
               {"before", view.swap.before},
               {"last", nullptr},
               {"pinned", false}};
  if (view.swap.news) {
    const SwapNews& news = *view.swap.news;
    json["last"] = {{"number", news.number},
                    {"outcome", Name(news.what)},
                    {"from", news.from},
                    {"to", news.to},
                    {"why", news.why.detail},
                    {"kept", view.saved == LaneView::Saved::kYes && host.Written(view.name)}};
  }
  if (const Result<VersionRecord> record = host.HistoryOf(view.name)) {
    json["pinned"] = record->pin.has_value();
  }
  return json;
}

std::optional<Json> AnswerSwap(Host& host, const Json& request, const std::string& who) {
  const std::string command = TextIn(request, "command");
  const std::string pattern = TextIn(request, "resource");
  if (command == "history") return History(host, pattern);
  if (command != "swap" && command != "back" && command != "pin" && command != "unpin") {
    return std::nullopt;
  }
  const std::vector<std::string> names = Matching(host, pattern);
  if (names.empty()) {
    return Failed({ErrorCode::kResourceNotFound, "", "this host has no resource " + pattern});
  }
  if (command == "swap") return SwapEach(host, request, names, who);
  if (command == "back") {
    return OfEach(names, [&](const std::string& name) { return host.GoBack(name, who); });
  }
  return OfEach(names, [&](const std::string& name) {
    std::optional<Pin> pin;
    if (command == "pin") pin = Pin{WallClock(), who, TextIn(request, "why")};
    return host.SetPin(name, std::move(pin), who);
  });
}

}  // namespace tidegate
