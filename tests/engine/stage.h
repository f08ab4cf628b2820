// A LaneStage runs one policy in one lane under virtual time and writes down what is seen from
// outside: operations, reports, log lines.
#pragma once

#include <functional>
#include <map>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "bindings/bindings.h"
#include "host/core/text.h"
#include "host/engine/lane.h"
#include "host/engine/state_file.h"
#include "scripts/scripts.h"

namespace tidegate::test {

inline std::shared_ptr<const CompiledPolicy> Compiled(const std::string& text,
                                                      const std::string& name = "test.lua") {
  std::vector<ModuleView> scripts;
  for (const Script& script : Scripts()) scripts.push_back({script.name, script.text});
  auto compiled = CompiledPolicy::Compile({name, text, {}}, scripts, Bindings());
  if (!compiled) throw std::runtime_error(compiled.error().detail);
  return *compiled;
}

class LaneStage : public Env {
 public:
  // What the world does with an operation: answers after a while, or never.
  struct Reaction {
    Reply reply;
    Duration after;
    bool never = false;
  };
  using World = std::function<Reaction(const Call&)>;

  explicit LaneStage(const std::string& policy, LaneSpec spec = {}) {
    spec.name = "vol1";
    spec.node = "A";
    auto lane = Lane::Create(*this, std::move(spec), Compiled(policy));
    if (!lane) throw std::runtime_error(lane.error().detail);
    lane_ = std::move(*lane);
  }

  Lane& lane() { return *lane_; }
  void On(World world) { world_ = std::move(world); }
  void Quiet(bool quiet) { quiet_ = quiet; }

  // Lets virtual time pass.
  void Run(Duration d) {
    const Instant until = now_ + d;
    while (!queue_.empty() && queue_.top().at <= until) {
      const Item item = queue_.top();
      queue_.pop();
      now_ = item.at;
      lane_->Handle(Event{now_, item.what});
    }
    now_ = until;
  }

  std::string Take() { return "\n" + std::exchange(text_, {}); }
  std::map<std::string, std::string>& records() { return records_; }
  // What a host before this one left of resource.state.
  void Finds(const std::string& json, const std::string& version = "",
             const std::string& digest = "0000") {
    records_["state"] = Text(StateFile{{"test.lua", version, digest, json}, {}});
  }
  std::string Kept() const { return ParseStateFile(records_.at("state"))->now.json; }
  void StateTakes(Duration d) { state_takes_ = d; }  // to be written
  void LoseState() { loses_state_ = true; }          // reading it is never answered

  Instant Now() const override { return now_; }
  void Submit(ResourceId, Ticket ticket, const Call& call) override {
    if (const auto* get = std::get_if<RecordGet>(&call)) {
      if (loses_state_) return;
      const auto it = records_.find(get->name);
      return Answer(ticket,
                    it == records_.end() ? Failure(ErrorCode::kNotFound) : Success(it->second));
    }
    const auto* set = std::get_if<RecordSet>(&call);
    if (set != nullptr) records_[set->name] = set->value;
    if (set != nullptr && set->name == "state") {
      const Result<StateFile> file = ParseStateFile(set->value);
      if (!file) throw std::runtime_error(file.error().detail);
      std::string kept = file->now.json;
      if (file->before) {
        kept += ", on probation; before it " +
                (file->before->json.empty() ? "the same" : file->before->json);
      }
      Write("saves " + kept);
      queue_.push({now_ + state_takes_, ++order_, Completed{ticket, Success()}});
      return;
    }
    const Reaction reaction = world_ ? world_(call) : Reaction{};
    Write(Text(call) + (reaction.never ? "  ->  ..." : "  ->  " + Text(reaction.reply)));
    if (!reaction.never) {
      queue_.push({now_ + reaction.after, ++order_, Completed{ticket, reaction.reply}});
    }
  }
  void Arm(ResourceId, Ticket ticket, Instant due) override {
    queue_.push({due, ++order_, Due{ticket}});
  }
  void Report(ResourceId, const Status& status) override { Write(Text(status)); }
  void Log(ResourceId, Level, std::string_view text) override {
    Write("log: " + std::string(text));
  }

 private:
  struct Item {
    Instant at;
    std::uint64_t order;
    std::variant<Requested, Due, Completed, Terminated, Yielded, Progressed, WatchStarted, Returned,
                 PolicyReady>
        what;
    bool operator<(const Item& other) const {
      return at != other.at ? other.at < at : other.order < order;
    }
  };

  void Answer(Ticket ticket, Reply reply) {
    queue_.push({now_, ++order_, Completed{ticket, std::move(reply)}});
  }
  void Write(const std::string& line) {
    if (!quiet_) text_ += tidegate::Text(now_ - Instant{}) + "  " + line + "\n";
  }

  std::unique_ptr<Lane> lane_;
  World world_;
  std::priority_queue<Item> queue_;
  std::map<std::string, std::string> records_;
  std::string text_;
  Instant now_;
  std::uint64_t order_ = 0;
  Duration state_takes_;
  bool quiet_ = false;
  bool loses_state_ = false;
};

}  // namespace tidegate::test
