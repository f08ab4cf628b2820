// Telling differences.
#include "host/apps/tidegate/simulate/diff.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/terminal.h"
#include "host/sim/compare.h"
#include "host/sim/timeline.h"

namespace tidegate {
namespace {

// "    24.001  A vol1  volume.flush volume=3"
std::string Told(const sim::Line& line) {
  return line.text.empty() ? "nothing more\n" : sim::Timeline({line});
}

void Print(const sim::CompareReport& report, bool colours) {
  for (const sim::Difference& difference : report.differences) {
    const std::string plan = sim::Text(difference.plan);
    std::printf("%s", plan.empty() ? "without a fault\n" : ("under " + plan).c_str());
    std::printf("  %s", Paint("- " + Told(difference.before), Colour::kRed, colours).c_str());
    std::printf("  %s", Paint("+ " + Told(difference.after), Colour::kGreen, colours).c_str());
    if (difference.plans > 1) {
      std::printf("  and under %llu more plans\n",
                  static_cast<unsigned long long>(difference.plans - 1));
    }
  }
  std::printf("%llu of %llu plans differ\n", static_cast<unsigned long long>(report.different),
              static_cast<unsigned long long>(report.plans));
}

nlohmann::ordered_json Json(const sim::Line& line) {
  if (line.text.empty()) return nullptr;
  return {{"at_ns", line.at.ns},
          {"node", line.node},
          {"resource", line.resource},
          {"kind", line.mark == '-' ? "call" : "state"},
          {"text", line.text}};
}

nlohmann::ordered_json Json(const sim::CompareReport& report) {
  nlohmann::ordered_json all = {{"plans", report.plans}, {"different", report.different}};
  all["differences"] = nlohmann::ordered_json::array();
  for (const sim::Difference& difference : report.differences) {
    nlohmann::ordered_json plan = nlohmann::ordered_json::array();
    for (const sim::Deviation& d : difference.plan) {
      plan.push_back(d.label + " " + Text(d.outcome));
    }
    all["differences"].push_back({{"plan", std::move(plan)},
                                  {"old", Json(difference.before)},
                                  {"new", Json(difference.after)},
                                  {"plans", difference.plans}});
  }
  return all;
}

}  // namespace

int DiffCommand(const DiffCommandOptions& options) {
  const Result<sim::Scenario> before = ScenarioOf(options.simulate);
  if (!before) return Fail(kExitUsage, before.error().detail);
  SimulateOptions newer = options.simulate;
  newer.policy = options.newer;
  const Result<sim::Scenario> after = ScenarioOf(newer);
  if (!after) return Fail(kExitUsage, after.error().detail);
  std::vector<sim::Plan> plans;
  for (const std::string& file : options.plans) {
    Result<sim::Plan> plan = ReadPlan(file);
    if (!plan) return Fail(kExitUsage, plan.error().detail);
    plans.push_back(std::move(*plan));
  }
  std::function<void(std::uint64_t)> progress;
  if (isatty(STDERR_FILENO) != 0) {
    progress = [](std::uint64_t done) {
      if (done % 64 == 0)
        std::fprintf(stderr, "\r%llu plans", static_cast<unsigned long long>(done));
    };
  }
  const Result<sim::CompareReport> report =
      sim::Compare(*before, *after, plans, options.deviations > 0, progress);
  if (progress) std::fprintf(stderr, "\r\x1b[K");
  if (!report) return Fail(kExitUsage, report.error().detail);
  for (const std::string& line : report->not_applied) {
    std::fprintf(stderr, "warning: %s\n", line.c_str());
  }
  if (options.json) {
    std::printf("%s\n", Json(*report).dump(2).c_str());
  } else {
    Print(*report, ColoursOn(STDOUT_FILENO));
  }
  return report->different > 0 ? kExitFailed : kExitOk;
}

}  // namespace tidegate
