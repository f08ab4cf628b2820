// Steps, questions and looks of a scenario in Lua.
#include "host/sim/script.h"

#include <algorithm>
#include <array>

#include "host/core/nearest.h"
#include "host/sim/cluster.h"
#include "host/sim/script_words.h"
#include "host/sim/simulation.h"

namespace tidegate::sim {
namespace {

// A run that deviated from the scenario ends so: whatever is under way has its time.
constexpr Duration kLeave = Minutes(20);

}  // namespace

void ScriptedSteps::Begin(Simulation& run) {
  run_ = &run;
  talk_ = file_->Talk();
  answer_ = Scalar();
  wanted_.clear();
  watches_.clear();
  hopes_.clear();
  met_.clear();
  times_.clear();
  states_.assign(run.instances_.size(), ResourceState::kInitializing);
  for (auto& names : names_) names.clear();
  for (const std::string& name : run.resource_names_) names_[0].push_back(name);
  for (const std::string& name : run.node_names_) names_[1].push_back(name);
  heard_ = Digest();
  applied_ = 0;
  takes_time_ = looks_ = looking_ = enough_ = healed_ = leaving_ = false;
}

bool ScriptedSteps::deviated() const {
  return run_->result_.applied.size() > static_cast<std::size_t>(applied_);
}

// --- From one step to the next. ---

const Step* ScriptedSteps::Next() {
  if (leaving_) return nullptr;
  Result<Scalar> answer = StepEnded();
  for (;;) {
    const Dialogue::Question* question = talk_->Resume(answer);
    for (std::string& line : talk_->TakePrinted()) run_->Tell(-1, -1, "print: " + line);
    if (question == nullptr) return End();
    if (Hear(*question) == Saying::kStep) return &step_;
    if (run_->checker_.violation()) return nullptr;
    answer = answer_;
  }
}

// What the script is told of the step that it waits for.
Result<Scalar> ScriptedSteps::StepEnded() {
  const bool waited = std::exchange(takes_time_, false);
  const bool enough = std::exchange(enough_, false);
  looks_ = false;
  if (!waited) return Scalar();
  if (enough) return Scalar(std::string("enough"));
  if (step_.kind == Step::Kind::kSettle && !(run_->Quiet() && run_->cluster_->Settled())) {
    return Error{ErrorCode::kTimeout, "", NotSettled()};
  }
  return Scalar(std::string("over"));
}

std::string ScriptedSteps::NotSettled() const {
  std::string text = "not settled within " + tidegate::Text(step_.time);
  for (int n = 0; n < run_->scenario_.nodes; ++n) {
    for (int r = 0; r < run_->scenario_.resources; ++r) {
      const Instance& instance = run_->At(n, r);
      if (instance.lane == nullptr) continue;
      text += "; " + std::string(names_[1][static_cast<std::size_t>(n)]) + " " +
              std::string(names_[0][static_cast<std::size_t>(r)]) + " is " +
              std::string(Name(instance.state));
    }
  }
  return text;
}

// After each event. What the scenario watches it may look at.
bool ScriptedSteps::Look() {
  Count();
  if (!looks_ || leaving_) return false;
  looking_ = true;
  Result<Scalar> answer = Scalar(std::string("look"));
  while (looking_) {
    const Dialogue::Question* question = talk_->Resume(answer);
    if (question == nullptr) {
      looking_ = false;
      if (const auto& error = talk_->error()) {
        run_->checker_.Demanded((error->where.empty() ? "" : error->where + ": ") + error->message);
      }
      return true;
    }
    if (Hear(*question) == Saying::kStep) return false;
    if (run_->checker_.violation()) return true;
    answer = answer_;
  }
  return enough_;
}

void ScriptedSteps::Count() {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const ResourceState now = run_->instances_[i].state;
    if (now == states_[i]) continue;
    states_[i] = now;
    ++times_[{i, Name(now)}];
  }
}

int ScriptedSteps::Pick(const Site& site) {
  if (site.node == "cluster") {
    const std::string padded = " " + scenario_.options.reading + " ";
    return padded.find(" " + std::string(site.what) + " ") == padded.npos ? -1 : 1;
  }
  if (static_cast<std::size_t>(applied_) == wanted_.size()) return -1;
  met_.insert(site.label());
  const std::uint64_t key = site.key();
  for (Wanted& wanted : wanted_) {
    if (wanted.deviation.key != key || wanted.applied) continue;
    for (std::size_t i = 1; i < site.menu.size(); ++i) {
      if (site.menu[i] != wanted.deviation.outcome) {
        wanted.offered += (i > 1 ? ", " : "") + Text(site.menu[i]);
        continue;
      }
      wanted.applied = true;
      ++applied_;
      return static_cast<int>(i);
    }
    if (!deviated()) run_->checker_.Demanded(wanted.where + ": " + Nearest(wanted));
  }
  return -1;
}

// What has been answered decides where the script stands; what it still wants is counted from the
// run's beginning.
void ScriptedSteps::Describe(Digest& digest) const {
  digest.Add(heard_.value());
  digest.Add(static_cast<std::uint64_t>(applied_));
  if (static_cast<std::size_t>(applied_) == wanted_.size()) return;
  for (const auto& counts : run_->op_counts_) {
    for (const int n : counts) digest.Add(static_cast<std::uint64_t>(n));
  }
  for (const auto& counts : run_->entry_counts_) {
    for (const int n : counts) digest.Add(static_cast<std::uint64_t>(n));
  }
}

// --- How it ends. ---

const Step* ScriptedSteps::End() {
  if (const auto& error = talk_->error()) {
    return Fail((error->where.empty() ? "" : error->where + ": ") + error->message);
  }
  const std::string unfinished = Unfinished();
  return unfinished.empty() ? nullptr : Fail(unfinished);
}

// What a scenario expects it expects of itself, and not of a run that deviates from it.
const Step* ScriptedSteps::Fail(const std::string& text) {
  if (!deviated()) {
    run_->checker_.Demanded(text);
    return nullptr;
  }
  leaving_ = true;
  step_ = {Step::Kind::kSettle, {}, {}, kLeave};
  return &step_;
}

std::string ScriptedSteps::Unfinished() const {
  for (const Wanted& wanted : wanted_) {
    if (!wanted.applied) return wanted.where + ": " + Nearest(wanted);
  }
  for (const Watch& watch : watches_) {
    if (watch.looks > 0) continue;
    return watch.where + ": always was never looked at: no time passes after it; write it before " +
           "what it is to watch";
  }
  return "";
}

std::string ScriptedSteps::Nearest(const Wanted& wanted) const {
  const std::string text =
      wanted.deviation.label + " " + Text(wanted.deviation.outcome) + " never took place";
  if (!wanted.offered.empty()) return text + "; this site offers " + wanted.offered;
  const std::vector<std::string_view> labels(met_.begin(), met_.end());
  return text + ": the run did not come to this site" + Suggestion(wanted.deviation.label, labels);
}

// --- What it says. ---

ScriptedSteps::Saying ScriptedSteps::Answer(Scalar word) {
  if (!looking_) Add(heard_, word);
  answer_ = std::move(word);
  return Saying::kAnswered;
}

ScriptedSteps::Saying ScriptedSteps::Refuse(std::string why) {
  answer_ = Error{ErrorCode::kInvalidParameter, "", std::move(why)};
  return Saying::kAnswered;
}

ScriptedSteps::Saying ScriptedSteps::Hear(const Dialogue::Question& question) {
  const auto* verb = std::get_if<std::string>(&question.front());
  const VerbInfo* info = verb == nullptr ? nullptr : FindVerb(*verb);
  if (info == nullptr) return Refuse("the simulator does not know what the script asks");
  Given given;
  for (std::size_t i = 0; i < info->takes.size(); ++i) {
    const Scalar word = i + 1 < question.size() ? question[i + 1] : Scalar();
    const std::string wrong = Read(word, info->takes[i], given);
    if (wrong.empty()) continue;
    return Refuse("c:" + *verb + ": " + wrong + ", as in " + std::string(info->example));
  }
  return Act(info->name, given);
}

// Reads one word. What is wrong with it, or nothing.
std::string ScriptedSteps::Read(const Scalar& word, char kind, Given& given) const {
  const bool absent = std::holds_alternative<std::monostate>(word);
  const auto* text = std::get_if<std::string>(&word);
  switch (kind) {
    case 'N':  // a node, or none
      if (absent) return "";
      [[fallthrough]];
    case 'n':
    case 'r': {
      const auto& names = names_[kind == 'r' ? 0 : 1];
      const std::string what = kind == 'r' ? "resource" : "node";
      if (text == nullptr) return "a " + what + " is missing";
      const auto it = std::ranges::find(names, *text);
      if (it == names.end()) return "there is no " + what + " " + *text + Suggestion(*text, names);
      (kind == 'r' ? given.resource : given.node) = static_cast<int>(it - names.begin());
      return "";
    }
    case 'D':  // a duration, or none
      if (absent) return "";
      [[fallthrough]];
    case 'd': {
      const auto* seconds = std::get_if<std::int64_t>(&word);
      const auto time = ParseDuration(seconds ? std::to_string(*seconds) : text ? *text : "");
      if (!time) return absent ? "a time is missing" : "not a time: " + TextOf(word);
      given.time = *time;
      return "";
    }
    case 't':
      if (text == nullptr) return absent ? "a text is missing" : "not a text: " + TextOf(word);
      [[fallthrough]];
    case 'T':  // a text, or none
      given.texts.push_back(text == nullptr ? "" : *text);
      return "";
    case 'b':
      given.flag = std::get_if<bool>(&word) != nullptr && std::get<bool>(word);
      return "";
    default:
      given.number = std::get_if<std::int64_t>(&word) == nullptr ? 0 : std::get<std::int64_t>(word);
      return "";
  }
}

// A step of the simulation's own. Those that take time may be looked at meanwhile.
ScriptedSteps::Saying ScriptedSteps::Take(Step::Kind kind, const Given& given) {
  step_ = {kind, {}, {}, given.time};
  if (given.resource >= 0) step_.resource = names_[0][static_cast<std::size_t>(given.resource)];
  if (given.node >= 0) step_.node = names_[1][static_cast<std::size_t>(given.node)];
  takes_time_ = kind == Step::Kind::kAfter || kind == Step::Kind::kSettle;
  looks_ = takes_time_ && given.flag;
  return Saying::kStep;
}

ScriptedSteps::Saying ScriptedSteps::Act(std::string_view verb, const Given& given) {
  using Kind = Step::Kind;
  constexpr std::pair<std::string_view, Kind> kSteps[] = {
      {"online", Kind::kOnline}, {"move", Kind::kMove},           {"offline", Kind::kOffline},
      {"again", Kind::kRepeat},  {"terminate", Kind::kTerminate}, {"after", Kind::kAfter},
      {"until", Kind::kAfter},   {"settle", Kind::kSettle},       {"heal", Kind::kFaultsStop}};
  for (const auto& [name, kind] : kSteps) {
    if (name != verb) continue;
    if (looking_) return Refuse("a predicate looks, and does nothing");
    healed_ = healed_ || kind == Kind::kFaultsStop;
    return Take(kind, given);
  }
  if (verb == "begin") return Answer(scenario_.name);
  if (verb == "fault") {
    return Want(given.texts[0] + " " + given.texts[1] +
                (given.texts[2].empty() ? "" : " " + given.texts[2]));
  }
  if (verb == "plan") return Want(given.texts[0]);
  if (verb == "inject") return Inject(given);
  if (verb == "swap") {
    run_->Tell(given.node, given.resource, "operator: offers another version of the policy");
    run_->Offer(given.node, given.resource);
    return Answer({});
  }
  if (verb == "always") {
    watches_.push_back({talk_->Where(), given.texts[0], 0});
    return Answer(static_cast<std::int64_t>(watches_.size() - 1));
  }
  if (verb == "sometimes") return Sometimes(given);
  const auto index = static_cast<std::size_t>(given.number);
  if (verb == "reached") {
    if (index < hopes_.size()) file_->hopes[hopes_[index]].reached = true;
    return Answer({});
  }
  if (verb == "violated") {
    const Watch& watch = watches_[std::min(index, watches_.size() - 1)];
    run_->checker_.Demanded(watch.where + ": not always so" +
                            (watch.text.empty() ? "" : ": " + watch.text));
    return Answer({});
  }
  if (verb == "looked") {
    for (Watch& watch : watches_) ++watch.looks;
    if (!watches_.empty()) run_->checker_.Demand();
    looking_ = false;
    enough_ = given.flag;
    return Answer({});
  }
  if (verb == "unknown") {
    return Refuse("there is no c:" + given.texts[0] + Suggestion(given.texts[0], PublicVerbs()));
  }
  return Answer(See(verb, given));
}

ScriptedSteps::Saying ScriptedSteps::Sometimes(const Given& given) {
  const std::string where = talk_->Where();
  const std::string text = given.texts[0].empty() ? where : given.texts[0];
  file_->hopes.try_emplace(text, Hope{where, false});
  hopes_.push_back(text);
  return Answer(static_cast<std::int64_t>(hopes_.size() - 1));
}

// Deviations that are to come.
ScriptedSteps::Saying ScriptedSteps::Want(const std::string& lines) {
  if (healed_) return Refuse("after c:heal() nothing deviates any more");
  Result<Plan> plan = ParsePlan(lines);
  if (!plan) {
    std::string why = plan.error().detail;
    const bool one = lines.find('\n') == lines.npos;
    if (one && why.starts_with("plan:1: ")) why.erase(0, 8);
    return Refuse(std::move(why));
  }
  for (Deviation& deviation : *plan) {
    const std::optional<Label> label = ParseLabel(deviation.label);
    if (!label) return Refuse(deviation.label + ": a site is NODE RESOURCE WHAT#N");
    Given given;
    for (const auto& [name, kind] : {std::pair{label->node, 'n'}, {label->resource, 'r'}}) {
      const std::string wrong = Read(Scalar(std::string(name)), kind, given);
      if (!wrong.empty()) return Refuse(deviation.label + ": " + wrong);
    }
    if (!IsSite(label->what)) {
      return Refuse(deviation.label + ": nothing is called " + std::string(label->what) +
                    Suggestion(label->what, SiteNames()));
    }
    wanted_.push_back({std::move(deviation), talk_->Where(), {}, false});
  }
  return Answer({});
}

// What befalls a node or a disk at once.
ScriptedSteps::Saying ScriptedSteps::Inject(const Given& given) {
  const std::string& where = given.texts[0];
  const std::size_t blank = where.find(' ');
  Given at;
  std::string wrong = Read(Scalar(where.substr(0, blank)), 'n', at);
  if (wrong.empty() && blank != where.npos) wrong = Read(Scalar(where.substr(blank + 1)), 'r', at);
  if (!wrong.empty()) return Refuse("c:inject: " + wrong + ", as in " + kInjectExample);
  const std::optional<Fate> fate = Injected(given.texts[1]);
  if (!fate) {
    return Refuse("c:inject: nothing is called " + given.texts[1] +
                  Suggestion(given.texts[1], InjectedNames()));
  }
  const int resource = std::max(at.resource, 0);
  run_->Tell(at.node, at.resource, "injected: " + given.texts[1]);
  if (*fate == Fate::kHostKilled) {
    run_->KillHost(at.node);
  } else {
    run_->Befall(*fate, at.node, resource, given.time);
  }
  return Answer({});
}

// --- What it sees. ---

Scalar ScriptedSteps::See(std::string_view verb, const Given& given) const {
  const World& world = run_->world_;
  const int node = given.node;
  const int resource = given.resource;
  const bool both = node >= 0 && resource >= 0;
  const Instance* instance = both ? &run_->At(node, resource) : nullptr;
  if (verb == "owner")
    return Scalar(
        std::string(run_->node_names_[static_cast<std::size_t>(run_->cluster_->Owner(resource))]));
  if (verb == "is_online") return run_->cluster_->IsOnline(resource);
  if (verb == "up") return run_->Up(node);
  if (verb == "state") {
    return instance->lane == nullptr ? Scalar() : Scalar(std::string(Name(instance->state)));
  }
  if (verb == "reason") {
    if (instance->lane == nullptr) return {};
    const Cause cause = instance->lane->View().status.cause;
    return cause ? Scalar(tidegate::Text(cause)) : Scalar();
  }
  if (verb == "times") {
    const auto it = times_.find({run_->Cell(node, resource), given.texts[0]});
    return it == times_.end() ? std::int64_t{0} : it->second;
  }
  if (verb == "stored") {
    for (const auto& [key, value] : run_->stores_[run_->Cell(node, resource)]) {
      if (key == given.texts[0]) return value;
    }
    return {};
  }
  if (verb == "volume") {
    const LocalVolume& v = world.volume(node, resource);
    return std::string(v.mounted ? "mounted" : v.offline ? "offline" : "online");
  }
  if (verb == "writable") return world.Writable(node, resource);
  if (verb == "cached") return static_cast<std::int64_t>(world.volume(node, resource).cache);
  if (verb == "records") return static_cast<std::int64_t>(world.disk(resource).durable);
  if (verb == "disk") {
    const Disk& disk = world.disk(resource);
    return std::string(disk.destroyed ? "destroyed" : disk.present ? "present" : "gone");
  }
  return (run_->now_ - Instant{}).ns / 1'000'000'000;
}

}  // namespace tidegate::sim
