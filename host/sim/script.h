// ScriptedSteps are a scenario in Lua as it runs: each of its steps is told to the simulation, and
// after every event it may look at what it watches.
//
// Why looks and steps are one coroutine: a predicate is a function of the scenario, and sees what
// the scenario has noted so far.
//
// Predicates must not change anything: a run that stands where another one stood is cut off though
// its predicates were asked more or less often.
#pragma once

#include <set>

#include "host/sim/plan.h"
#include "host/sim/script_file.h"

namespace tidegate::sim {

class ScriptedSteps final : public Steps {
 public:
  ScriptedSteps(std::shared_ptr<ScriptFile> file, Scripted scenario)
      : file_(std::move(file)), scenario_(std::move(scenario)) {}

  void Begin(Simulation& run) override;
  const Step* Next() override;
  bool Look() override;
  int Pick(const Site& site) override;
  int applied() const override { return applied_; }
  void Describe(Digest& digest) const override;

 private:
  struct Wanted {  // a deviation that the scenario asked for
    Deviation deviation;
    std::string where;
    std::string offered;  // by the site, if it came and had no such outcome
    bool applied = false;
  };
  struct Watch {
    std::string where;
    std::string text;
    std::uint64_t looks = 0;
  };
  struct Given {  // the words of one question, read
    int resource = -1;
    int node = -1;
    Duration time;
    std::int64_t number = 0;
    bool flag = false;
    std::vector<std::string> texts;
  };
  enum class Saying : std::uint8_t { kAnswered, kStep };

  Saying Hear(const Dialogue::Question& question);
  Saying Answer(Scalar word);
  Saying Refuse(std::string why);
  Saying Act(std::string_view verb, const Given& given);
  Saying Take(Step::Kind kind, const Given& given);
  Saying Want(const std::string& lines);
  Saying Inject(const Given& given);
  Saying Sometimes(const Given& given);
  Scalar See(std::string_view verb, const Given& given) const;
  std::string Read(const Scalar& word, char kind, Given& given) const;
  Result<Scalar> StepEnded();
  void Count();
  const Step* End();
  const Step* Fail(const std::string& text);
  std::string Unfinished() const;
  std::string Nearest(const Wanted& wanted) const;
  std::string NotSettled() const;
  bool deviated() const;

  std::shared_ptr<ScriptFile> file_;
  Scripted scenario_;

  Simulation* run_ = nullptr;
  std::unique_ptr<Dialogue> talk_;
  Step step_{};
  Result<Scalar> answer_ = Scalar();
  std::vector<Wanted> wanted_;
  std::vector<Watch> watches_;
  std::vector<std::string> hopes_;
  std::set<std::string> met_;          // labels of sites, while it wants some
  std::vector<ResourceState> states_;  // of each instance, after the latest event
  std::map<std::pair<std::size_t, std::string_view>, std::int64_t> times_;  // how often it said so
  std::vector<std::string_view> names_[2];  // of resources and nodes
  Digest heard_;                            // of what was answered outside of looks
  int applied_ = 0;
  bool takes_time_ = false;
  bool looks_ = false;
  bool looking_ = false;
  bool enough_ = false;
  bool healed_ = false;
  bool leaving_ = false;
};

}  // namespace tidegate::sim
