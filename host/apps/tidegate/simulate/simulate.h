// What the simulator's commands have in common: a POLICY in a simulated cluster, and plans in
// files.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/core/manifest.h"
#include "host/sim/plan.h"
#include "host/sim/scenario.h"

namespace tidegate {

struct SimulateOptions {
  std::string policy;
  std::vector<std::string> set;
  std::string cluster = "wsfc";  // or "pacemaker"
  int nodes = 2;
  int resources = 1;
  std::string next;  // the POLICY that a swap offers; default: the same again
};

// The standard scenario with it.
Result<sim::Scenario> ScenarioOf(const SimulateOptions& options);

// "Name=value" texts as the policy's properties. A simulated volume has a path of its own, so that
// none has to be given.
Result<Properties> SimulatedProperties(const Manifest& manifest, std::vector<std::string> set);

// The bar of an exploration on standard error, drawn over itself; nothing when that is no terminal.
class ProgressBar {
 public:
  explicit ProgressBar(std::string what);
  ~ProgressBar();  // wipes it out
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // What an exploration tells; null when nobody looks.
  std::function<void(std::uint64_t runs, std::uint64_t planned)> Teller();

 private:
  void Draw(std::uint64_t runs, std::uint64_t planned);

  std::string what_;
  bool shows_;
};

// "[######............]  31 %  12288 runs"; without a number planned: "12288 runs".
std::string Bar(std::uint64_t runs, std::uint64_t planned);

Result<sim::Plan> ReadPlan(const std::string& file);
// What is to be injected into real operations. Refused unless `allowed`, by a file that says so;
// the error says what it needs.
Result<sim::Plan> ReadFaults(const std::string& file, bool allowed, const std::string& needs);
bool WriteText(const std::string& file, const std::string& text);

}  // namespace tidegate
