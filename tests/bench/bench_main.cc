// Runs everything in turns, several times, and prints medians as one table.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>

#include "tests/bench/row.h"

namespace tidegate::bench {

std::vector<Row>& Rows() {
  static std::vector<Row> rows;
  return rows;
}

bool Compare(const std::string& name, Body ours, Body bare, Bars bars) {
  benchmark::RegisterBenchmark((name + "/ours").c_str(), ours);
  if (bare != nullptr) benchmark::RegisterBenchmark((name + "/bare").c_str(), bare);
  Rows().push_back({name, "ns", name + "/ours", bare != nullptr ? name + "/bare" : "", bars});
  return true;
}

bool Measure(const std::string& name, Body ours, Body bare, const std::vector<Counter>& counters) {
  benchmark::RegisterBenchmark((name + "/ours").c_str(), ours)->Iterations(1);
  if (bare != nullptr) {
    benchmark::RegisterBenchmark((name + "/bare").c_str(), bare)->Iterations(1);
  }
  for (const Counter& c : counters) {
    Rows().push_back({c.name, c.unit, name + "/ours:" + c.counter,
                      bare != nullptr ? name + "/bare:" + c.counter : "", c.bars});
  }
  return true;
}

std::string TextOf(const std::string& path) {
  std::ifstream in(std::string(TIDEGATE_SOURCE_DIR) + "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

namespace {

// Keeps the medians; says nothing but what goes wrong.
class Collector final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.error_occurred) {
        std::fprintf(stderr, "%s: %s\n", run.benchmark_name().c_str(), run.error_message.c_str());
      }
      if (run.aggregate_name != "median") continue;
      std::string name = run.run_name.function_name;
      medians[name] = run.GetAdjustedCPUTime();
      for (const auto& [counter, value] : run.counters) medians[name + ":" + counter] = value;
    }
  }
  std::map<std::string, double> medians;
};

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
  return text;
}

// "1.5x, 60": both must hold.
std::string BarText(const Bars& bars) {
  std::string text;
  if (bars.ratio > 0) text += Number(bars.ratio) + "x";
  if (bars.most > 0) {
    text += (text.empty() ? "" : ", ") + std::string(bars.at_least ? "at least " : "") +
            Number(bars.most);
  }
  return text;
}

void Print(const std::map<std::string, double>& medians) {
  std::printf("| %-50s | %-6s | %9s | %9s | %6s | %-16s | %-6s |\n", "what", "unit", "ours", "bare",
              "ratio", "bar", "");
  std::printf("|%.52s|--------|----------:|----------:|-------:|%.18s|--------|\n",
              "----------------------------------------------------------------",
              "------------------------");
  for (const Row& row : Rows()) {
    const auto ours = medians.find(row.ours);
    const auto bare = medians.find(row.bare);
    if (ours == medians.end()) continue;
    const bool compared = bare != medians.end();
    const double ratio = compared ? ours->second / bare->second : 0;
    const Bars& bars = row.bars;
    bool ok = bars.ratio == 0 || !compared || ratio <= bars.ratio;
    if (bars.most > 0) {
      ok = ok && (bars.at_least ? ours->second >= bars.most : ours->second <= bars.most);
    }
    const bool judged = bars.ratio > 0 || bars.most > 0;
    std::printf("| %-50s | %-6s | %9s | %9s | %6s | %-16s | %-6s |\n", row.name.c_str(),
                row.unit.c_str(), Number(ours->second).c_str(),
                compared ? Number(bare->second).c_str() : "", compared ? Number(ratio).c_str() : "",
                BarText(bars).c_str(),
                !judged ? ""
                : ok    ? "ok"
                        : "missed");
  }
}

}  // namespace
}  // namespace tidegate::bench

int main(int argc, char** argv) {
  std::vector<char*> args(argv, argv + argc);
  // Given first, so that the command line's own win.
  std::string defaults[] = {"--benchmark_repetitions=9", "--benchmark_min_time=0.05",
                            "--benchmark_enable_random_interleaving=true"};
  std::size_t at = 1;
  for (std::string& flag : defaults) {
    args.insert(args.begin() + static_cast<std::ptrdiff_t>(at++), flag.data());
  }
  int count = static_cast<int>(args.size());
  benchmark::Initialize(&count, args.data());
  if (benchmark::ReportUnrecognizedArguments(count, args.data())) return 1;
  tidegate::bench::Collector collector;
  benchmark::RunSpecifiedBenchmarks(&collector);
  tidegate::bench::Print(collector.medians);
  return 0;
}
