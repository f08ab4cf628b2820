// tidegate ocf with faults: what would this cluster see if that operation failed, or hung?
//
// Why not in the agent: Pacemaker calls another program, which has no such option and no such code.
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/config.h"
#include "host/apps/tidegate/ocf/exit_code.h"
#include "host/apps/tidegate/simulate/simulate.h"
#include "host/apps/tidegate/terminal.h"

namespace tidegate {

int OcfByHand(OcfOptions options) {
  if (options.faults.empty()) return OcfCommand(options);
  const Result<Config> config = options.config.empty() ? Config() : ReadConfig(options.config);
  if (!config) return Fail(static_cast<int>(ocf::Exit::kConfigured), config.error().detail);
  Result<Plan> plan = ReadFaults(options.faults, config->inject_faults,
                                 "--config FILE.toml, a file that says inject_faults = true");
  if (!plan) return Fail(static_cast<int>(ocf::Exit::kConfigured), plan.error().detail);
  options.plan = std::move(*plan);
  return OcfCommand(options);
}

}  // namespace tidegate
