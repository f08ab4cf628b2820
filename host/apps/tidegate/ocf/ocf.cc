// tidegate ocf: one action of the OCF resource agent.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <unistd.h>

#include "host/apps/shared/inspect.h"
#include "host/apps/shared/pack/pack_name.h"
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/ocf/agent.h"
#include "host/apps/tidegate/ocf/installed.h"
#include "host/apps/tidegate/ocf/meta_data.h"
#include "host/apps/tidegate/terminal.h"
#include "host/core/line.h"
#include "host/core/nearest.h"

namespace tidegate {
namespace {

constexpr std::string_view kActions[] = {"start",        "stop",   "monitor",      "probe",
                                         "promote",      "demote", "validate-all", "meta-data",
                                         "reload-agent", "install"};

int Print(const OcfOptions& options, const ocf::Environment& environment) {
  ocf::AgentName agent;
  agent.generic = options.policy.empty();
  agent.provider = options.provider;
  if (!options.type.empty()) agent.type = options.type;
  std::string text;
  if (environment.policy.empty()) {
    text = ocf::MetaData(agent, nullptr);
  } else {
    const Result<Inspected> policy = Inspect(environment.policy);
    if (!policy && !agent.generic) {
      return Fail(static_cast<int>(ocf::Exit::kInstalled), policy.error().detail);
    }
    text = ocf::MetaData(agent, policy ? &policy->manifest : nullptr);
  }
  std::fputs(text.c_str(), stdout);
  return static_cast<int>(ocf::Exit::kOk);
}

int Install(const OcfOptions& options) {
  if (options.policy.empty()) return Fail(kExitUsage, "ocf install needs a POLICY");
  const Result<Inspected> policy = Inspect(options.policy);
  if (!policy) return Fail(kExitUsage, policy.error().detail);
  const std::string own = NamesInstalledPack(options.policy)
                              ? ParsePackName(options.policy)->name
                              : std::filesystem::path(policy->manifest.name).stem().string();
  const std::string type = options.type.empty() ? own : options.type;
  const Result<Manifest> runs =
      ocf::Install({options.provider, type, options.policy}, options.prefix);
  if (!runs) return Fail(kExitFailed, runs.error().detail);
  std::printf(
      "ocf:%s:%s is an agent of this node now; install it on the others, too\n"
      "it runs %s until it is installed again; no node runs another one where the resource has\n"
      "PolicyDigest=%s\n",
      options.provider.c_str(), type.c_str(),
      (own + (runs->version.empty() ? "" : " " + runs->version)).c_str(), runs->digest.c_str());
  return kExitOk;
}

ocf::Answered Act(ocf::Agent& agent, const std::string& action) {
  if (action == "start") return agent.Start();
  if (action == "stop") return agent.Stop();
  if (action == "promote") return agent.Promote();
  if (action == "demote") return agent.Demote();
  if (action == "validate-all") return agent.Validate();
  if (action == "reload-agent") return agent.Reload();
  return agent.Monitor();
}

}  // namespace

int OcfCommand(const OcfOptions& options) {
  const std::string& action = options.action;
  if (action.empty() || action == "usage" || action == "help") {
    std::puts(
        "usage: an agent of Tidegate's, "
        "start|stop|promote|demote|monitor|validate-all|reload-agent|"
        "meta-data; parameters come as OCF_RESKEY_ variables");
    return static_cast<int>(action.empty() ? ocf::Exit::kUnimplemented : ocf::Exit::kOk);
  }
  if (std::ranges::find(kActions, action) == std::end(kActions)) {
    return Fail(static_cast<int>(ocf::Exit::kUnimplemented),
                "no action " + action + Suggestion(action, kActions));
  }
  if (action == "install") return Install(options);
  const ocf::Environment environment = ocf::Read(ocf::Environ(), action, options.policy);
  if (action == "meta-data") return Print(options, environment);
  ocf::Agent agent(environment, options.plan);
  const ocf::Answered answered = Act(agent, action);
  if (!answered.reason.empty() && answered.exit != ocf::Exit::kOk) {
    std::fprintf(stderr, "%s%s\n", environment.reason_mark.c_str(),
                 PrintableLine(answered.reason, limits::kReasonBytes).c_str());
  }
  agent.LetGo();
  std::fflush(nullptr);
  const auto code = static_cast<unsigned char>(answered.exit);
  if (options.answer >= 0) (void)!write(options.answer, &code, 1);
  _exit(code);
}

}  // namespace tidegate
