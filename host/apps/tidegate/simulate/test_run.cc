// One scenario: run, explored around, compared with what it did last.
#include "host/apps/tidegate/simulate/test_run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "host/apps/shared/inspect.h"
#include "host/apps/shared/policy_file.h"
#include "host/apps/tidegate/simulate/simulate.h"
#include "host/sim/quiet.h"
#include "host/sim/script.h"
#include "host/sim/shrink.h"
#include "host/sim/timeline.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

std::string_view NameOf(sim::ClusterKind kind) {
  return kind == sim::ClusterKind::kWsfc ? "wsfc" : "pacemaker";
}

// As a file's name: what is no letter or digit becomes one hyphen.
std::string FileNameOf(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}

std::optional<std::string> TextOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// A golden timeline is about what happens: "volume.lua:84" is "volume.lua" there, because lines
// move, and "volume.lua 1593f28f -> afd696c5" too.
std::string WithoutVersions(std::string text) {
  constexpr std::string_view kSwapped = ".lua 01234567 -> 01234567";
  for (std::size_t at = text.find(" -> "); at != text.npos; at = text.find(" -> ", at + 1)) {
    const std::size_t begin = at < 13 ? 0 : at - 13;
    if (text.compare(begin, 5, ".lua ") != 0) continue;
    text.erase(begin + 4, kSwapped.size() - 4);
    at = begin;
  }
  for (std::size_t at = text.find(".lua:"); at != text.npos; at = text.find(".lua:", at + 4)) {
    std::size_t end = at + 5;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    text.erase(at + 4, end - at - 4);
  }
  return text;
}

std::string Told(const sim::RunResult& run) {
  return sim::Timeline(sim::WithoutQuietPolls(run.lines));
}

class PolicyTest {
 public:
  PolicyTest(fs::path policy, const TestCommandOptions& options)
      : name_(policy.string()),
        policy_(std::move(policy)),
        folder_(policy_.extension() == ".lua" ? policy_.parent_path() : policy_),
        options_(options) {}

  Outcome Load();
  void RunAll(const std::function<void(Tested)>& tell);

 private:
  Tested Run(const sim::Scripted& scripted);
  void Explore(const sim::Scenario& scenario, const sim::Plan& own, int deviations, Tested& test);
  void CompareGolden(const sim::RunResult& run, Tested& test);
  Result<sim::Scenario> ScenarioOf(const sim::Scripted& scripted, sim::ClusterKind kind);

  std::string name_;
  fs::path policy_;
  fs::path folder_;
  const TestCommandOptions& options_;
  std::optional<Inspected> inspected_;
  std::shared_ptr<sim::ScriptFile> file_;
};

Outcome PolicyTest::Load() {
  Result<Inspected> inspected = Inspect(policy_);
  if (!inspected) return inspected.error();
  inspected_ = std::move(*inspected);
  const std::optional<std::string> text = TextOf(folder_ / kScenarios);
  if (!text) {
    return Error{ErrorCode::kAccessDenied, "",
                 (folder_ / kScenarios).string() + ": cannot be read"};
  }
  Result<PolicySource> source = ReadPolicy(policy_);
  if (!source) return source.error();
  Result<std::shared_ptr<sim::ScriptFile>> file =
      sim::ScriptFile::Load(*text, std::move(source->modules));
  if (!file) {
    Error error = file.error();
    error.detail = folder_.string() + "/" + error.detail;
    return error;
  }
  file_ = std::move(*file);
  return Ok();
}

void PolicyTest::RunAll(const std::function<void(Tested)>& tell) {
  bool all = true;
  for (const sim::Scripted& scripted : file_->scenarios()) {
    if (scripted.name.find(options_.only) == std::string::npos) {
      all = false;
      continue;
    }
    const auto began = std::chrono::steady_clock::now();
    Tested test = Run(scripted);
    test.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    all = all && test.failure.empty();
    tell(std::move(test));
  }
  for (const auto& [text, hope] : file_->hopes) {
    if (hope.reached || !all) continue;
    Tested test;
    test.policy = name_;
    test.cluster = options_.cluster;
    test.name = "sometimes: " + text;
    test.where = hope.where;
    test.failure = hope.where + ": never so in any scenario: " + text;
    tell(std::move(test));
  }
}

Result<sim::Scenario> PolicyTest::ScenarioOf(const sim::Scripted& scripted, sim::ClusterKind kind) {
  const sim::ScriptOptions& options = scripted.options;
  std::vector<std::string> set;
  for (const auto& [name, value] : options.set) {
    set.push_back(name);
    set.back().append("=").append(value);
  }
  Result<Properties> properties = SimulatedProperties(inspected_->manifest, std::move(set));
  if (!properties) return properties.error();
  sim::Scenario scenario;
  scenario.name = scripted.name;
  scenario.nodes = static_cast<int>(options.nodes.value_or(2));
  scenario.resources = static_cast<int>(options.resources.value_or(1));
  scenario.cluster = kind;
  scenario.policy = inspected_->compiled;
  scenario.properties = std::move(*properties);
  for (const auto& [name, value] : options.monitor) {
    const Outcome taken = sim::Set(scenario.monitor, name, value);
    if (!taken) return taken.error();
  }
  if (!options.next.empty()) {
    Result<std::shared_ptr<const CompiledPolicy>> next = CompilePolicy(folder_ / options.next);
    if (!next) return next.error();
    scenario.next_policy = std::move(*next);
  }
  scenario.script = std::make_shared<sim::ScriptedSteps>(file_, scripted);
  return scenario;
}

Tested PolicyTest::Run(const sim::Scripted& scripted) {
  Tested test;
  test.policy = name_;
  test.name = scripted.name;
  test.where = scripted.where;
  const auto asked =
      options_.cluster == "pacemaker" ? sim::ClusterKind::kPacemaker : sim::ClusterKind::kWsfc;
  const sim::ClusterKind kind = scripted.options.cluster.value_or(asked);
  test.cluster = NameOf(kind);
  const Result<sim::Scenario> scenario = ScenarioOf(scripted, kind);
  if (!scenario) {
    test.failure = scripted.where + ": " + scenario.error().detail;
    return test;
  }
  const Result<sim::RunResult> run = sim::RunPlan(*scenario, {});
  if (!run) {
    test.failure = scripted.where + ": " + run.error().detail;
    return test;
  }
  test.runs = 1;
  test.simulated = run->simulated;
  if (run->violation) {
    const bool own = run->violation->invariant == sim::Invariant::kScenario;
    test.failure = (own ? "" : std::string(sim::Name(run->violation->invariant)) + ": ") +
                   run->violation->what;
    test.timeline = Told(*run);
    return test;
  }
  CompareGolden(*run, test);
  const auto explore = static_cast<int>(scripted.options.explore.value_or(0));
  if (test.failure.empty() && explore > 0) Explore(*scenario, run->applied, explore, test);
  return test;
}

void PolicyTest::Explore(const sim::Scenario& scenario, const sim::Plan& own, int deviations,
                         Tested& test) {
  sim::ExploreOptions explore;
  explore.deviations = deviations;
  ProgressBar bar(test.name + ": ");
  explore.progress = bar.Teller();
  const Result<sim::ExploreReport> report = sim::Explore(scenario, explore);
  if (!report) return void(test.failure = report.error().detail);
  test.runs += report->runs;
  if (!report->violation) return;
  sim::Plan plan = report->plan;
  std::erase_if(plan, [&](const sim::Deviation& d) { return std::ranges::count(own, d) > 0; });
  const Result<sim::Shrunk> shrunk = sim::Shrink(scenario, plan);
  if (shrunk) plan = shrunk->plan;
  const sim::Violation& violation = shrunk ? shrunk->violation : *report->violation;
  test.failure = std::string(sim::Name(violation.invariant)) + ": " + violation.what;
  test.plan = sim::Text(plan);
  if (const Result<sim::RunResult> run = sim::RunPlan(scenario, plan)) test.timeline = Told(*run);
}

void PolicyTest::CompareGolden(const sim::RunResult& run, Tested& test) {
  const fs::path file =
      folder_ / "scenarios" / (FileNameOf(test.name) + "." + test.cluster + ".txt");
  const std::string now =
      "# " + test.name + ", on " + test.cluster + "\n" + WithoutVersions(Told(run));
  if (options_.update) {
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (!WriteText(file.string(), now)) test.failure = file.string() + ": cannot be written";
    return;
  }
  const std::optional<std::string> golden = TextOf(file);
  if (!golden || *golden == now) return;
  const std::vector<std::string> then_lines = LinesOf(*golden);
  const std::vector<std::string> now_lines = LinesOf(now);
  std::size_t i = 0;
  while (i < then_lines.size() && i < now_lines.size() && then_lines[i] == now_lines[i]) ++i;
  constexpr std::size_t kShown = 6;
  for (std::size_t n = i > 2 ? i - 2 : 0; n < i; ++n) test.timeline += "  " + now_lines[n] + "\n";
  for (std::size_t n = i; n < std::min(then_lines.size(), i + kShown); ++n) {
    test.timeline += "- " + then_lines[n] + "\n";
  }
  for (std::size_t n = i; n < std::min(now_lines.size(), i + kShown); ++n) {
    test.timeline += "+ " + now_lines[n] + "\n";
  }
  test.failure = file.string() + ":" + std::to_string(i + 1) +
                 ": it behaves otherwise than this timeline says; --update writes it anew";
}

}  // namespace

Outcome RunScenarios(const std::filesystem::path& policy, const TestCommandOptions& options,
                     const std::function<void(Tested)>& tell) {
  PolicyTest test(policy, options);
  if (const Outcome loaded = test.Load(); !loaded) return loaded.error();
  test.RunAll(tell);
  return Ok();
}

}  // namespace tidegate
