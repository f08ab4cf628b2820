// tidegate ocf with faults: what would this cluster see if that operation failed, or hung?
//
// Why not in the agent: Pacemaker calls another program, which has no such option and no such code.
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/config.h"
#include "host/apps/tidegate/ocf/exit_code.h"
#include "host/apps/tidegate/simulate/simulate.h"
#include "host/apps/tidegate/terminal.h"
#include "host/core/fault_env.h"

namespace tidegate {
namespace {

// Refused unless a file says that this machine may be hurt.
Result<Plan> FaultsFor(const OcfOptions& options) {
  Result<Config> config = options.config.empty() ? Config() : ReadConfig(options.config);
  if (!config) return config.error();
  if (!config->inject_faults) {
    return Error{ErrorCode::kAccessDenied, "",
                 "--faults makes real operations fail: it needs --config FILE.toml, a file that "
                 "says inject_faults = true"};
  }
  Result<Plan> plan = ReadPlan(options.faults);
  if (!plan) return plan;
  if (const Outcome checked = CheckFaults(*plan, options.faults); !checked) return checked.error();
  return plan;
}

}  // namespace

int OcfByHand(OcfOptions options) {
  if (options.faults.empty()) return OcfCommand(options);
  Result<Plan> plan = FaultsFor(options);
  if (!plan) return Fail(static_cast<int>(ocf::Exit::kConfigured), plan.error().detail);
  options.plan = std::move(*plan);
  return OcfCommand(options);
}

}  // namespace tidegate
