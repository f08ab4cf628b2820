// The program's command line.
#include <CLI/CLI.hpp>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <iostream>

#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/explore.h"

namespace tidegate {
namespace {

constexpr const char* kAbout =
    "Tidegate runs the Online / Offline / LooksAlive / IsAlive logic of a cluster resource as a\n"
    "sandboxed Lua policy that can be swapped while it runs.\n\n"
    "A POLICY is a .lua file, or a folder NAME with NAME.lua in it.";

constexpr const char* kExamples =
    "Examples:\n"
    "  tidegate check policies/volume\n"
    "  tidegate call policies/volume is_alive --set VolumePath=/dev/sdb1\n"
    "  tidegate run policies/volume --set VolumePath=disk.img\n"
    "  tidegate run tidegate.toml        then, elsewhere: tidegate status\n"
    "  tidegate swap vol1 new/volume.lua\n\n"
    "Exit codes: 0 it succeeded, 1 it was tried and failed, 2 it could not be tried.";

void AddRuntimeDir(CLI::App* command, std::string& value) {
  command->add_option("--runtime-dir", value,
                      "where locks and control sockets are (default: /run/tidegate for root)");
}

void AddSet(CLI::App* command, std::vector<std::string>& value) {
  command->add_option("--set", value, "a property of the policy: Name=value; may be repeated")
      ->allow_extra_args(false)
      ->type_name("NAME=VALUE");
}

void AddRun(CLI::App& app, int& code) {
  auto* o = new RunOptions;  // lives as long as the parser: until the program ends
  CLI::App* c =
      app.add_subcommand("run", "host the resources of a configuration file, or one POLICY");
  c->add_option("FILE.toml|POLICY", o->target, "what to host")->required();
  AddSet(c, o->set);
  c->add_option("--name", o->name, "the resource's name (default: the policy's), with a POLICY");
  c->add_option("--node", o->node, "this node's name (default: the machine's)");
  c->add_option("--state-dir", o->state_dir, "where resource.state and store values are kept");
  AddRuntimeDir(c, o->runtime_dir);
  c->add_option("--log-file", o->log_file, "also write the log to this file");
  c->add_flag("-v,--verbose", o->verbose, "log what is of use when a policy is written");
  c->footer("SIGTERM and Ctrl-C take everything offline and end; SIGHUP reads FILE.toml again.");
  c->callback([o, &code] { code = RunCommand(*o); });
}

void AddCall(CLI::App& app, int& code) {
  auto* o = new CallOptions;
  CLI::App* c = app.add_subcommand("call", "perform one entry point of a POLICY here and now");
  c->add_option("POLICY", o->policy)->required();
  c->add_option("ENTRYPOINT", o->entry_point,
                "online, offline, is_alive, looks_alive, terminate ...")
      ->required();
  AddSet(c, o->set);
  c->add_option("--name", o->name, "the resource's name (default: the policy's)");
  c->add_option(
      "--state", o->state_file,
      "a file that holds resource.state and store values between calls (default: none are "
      "kept)");
  AddRuntimeDir(c, o->runtime_dir);
  c->add_flag("--json", o->json, "the outcome as one JSON object");
  c->callback([o, &code] { code = CallCommand(*o); });
}

void AddCheck(CLI::App& app, int& code) {
  auto* o = new CheckOptions;
  CLI::App* c = app.add_subcommand("check", "load a POLICY and report what is wrong with it");
  c->add_option("POLICY", o->policy)->required();
  AddSet(c, o->set);
  c->add_option("--pending-timeout", o->pending_timeout,
                "the PendingTimeout that the policy's timeouts must fit")
      ->capture_default_str();
  c->add_flag("--json", o->json, "the report as one JSON object");
  c->callback([o, &code] { code = CheckCommand(*o); });
}

void AddStatus(CLI::App& app, int& code) {
  auto* o = new StatusOptions;
  CLI::App* c = app.add_subcommand("status", "a table of the resources that running hosts have");
  c->add_option("RESOURCE", o->resource, "only this one");
  AddRuntimeDir(c, o->runtime_dir);
  c->add_flag("--json", o->json, "as JSON");
  c->callback([o, &code] { code = StatusCommand(*o); });
}

void AddSwap(CLI::App& app, int& code) {
  auto* o = new SwapOptions;
  CLI::App* c = app.add_subcommand("swap", "give a running resource another version of its policy");
  c->add_option("RESOURCE", o->resource)->required();
  c->add_option("POLICY", o->policy)->required();
  c->add_option("--timeout", o->timeout, "how long a running entry point is waited for")
      ->capture_default_str();
  AddRuntimeDir(c, o->runtime_dir);
  c->callback([o, &code] { code = SwapCommand(*o); });
}

void AddWant(CLI::App& app, int& code, const char* name, bool online) {
  auto* o = new WantOptions;
  o->online = online;
  CLI::App* c = app.add_subcommand(
      name, online ? "bring a resource of a running host online" : "take it offline");
  c->add_option("RESOURCE", o->resource)->required();
  c->add_option("--timeout", o->timeout, "how long to wait for it")->capture_default_str();
  AddRuntimeDir(c, o->runtime_dir);
  c->callback([o, &code] { code = WantCommand(*o); });
}

void AddSimulated(CLI::App* c, SimulateOptions& o) {
  c->add_option("POLICY", o.policy)->required();
  AddSet(c, o.set);
  c->add_option("--cluster", o.cluster, "whose side of the contract is modelled")
      ->check(CLI::IsMember({"wsfc", "pacemaker"}))
      ->capture_default_str();
  c->add_option("--nodes", o.nodes, "nodes that can have the resource")
      ->check(CLI::Range(1, 8))
      ->capture_default_str();
}

void AddExplore(CLI::App& app, int& code) {
  auto* o = new ExploreCommandOptions;
  CLI::App* c = app.add_subcommand(
      "explore", "try faults on a POLICY in a simulated cluster: online, live, move, offline");
  AddSimulated(c, o->simulate);
  c->add_option("--deviations", o->deviations, "all runs with at most so many faults")
      ->check(CLI::Range(0, 4))
      ->capture_default_str();
  c->add_option("--seconds", o->seconds, "stop after so long; 0: when it is complete");
  c->add_flag("--all", o->all, "leave out nothing as known or represented by another run");
  c->add_option("-o,--output", o->output, "write the counterexample's plan to this file");
  c->footer("Exit codes: 0 complete and nothing violated, 1 a violation, 3 time ran out first.");
  c->callback([o, &code] { code = ExploreCommand(*o); });
}

void AddPlan(CLI::App& app, int& code, const char* name, const char* about,
             int (*run)(const PlanCommandOptions&)) {
  auto* o = new PlanCommandOptions;
  CLI::App* c = app.add_subcommand(name, about);
  c->add_option("PLAN", o->plan, "a file of deviations, one a line")->required();
  AddSimulated(c, o->simulate);
  c->add_option("-o,--output", o->output, "write the result to this file");
  c->callback([o, &code, run] { code = run(*o); });
}

void AddDemo(CLI::App& app, int& code) {
  auto* o = new DemoOptions;
  CLI::App* c = app.add_subcommand(
      "demo", "a volume's life under policies/volume: online, hurt, recovered, swapped, offline");
  c->add_option("--policy", o->policy, "the volume policy's folder");
  c->add_option("--volume", o->volume, "image (no root needed) or loop (ext4 on a loop device)")
      ->check(CLI::IsMember({"image", "loop"}));
  c->add_option("--dir", o->dir, "keep the volume's files here instead of in a temporary folder");
  c->callback([o, &code] { code = DemoCommand(*o); });
}

int Main(int argc, char** argv) {
  std::setlocale(LC_ALL, "C");    // string comparison in policies must not depend on the machine
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error to handle, not a death
  int code = kExitOk;
  CLI::App app(kAbout, "tidegate");
  app.footer(kExamples);
  app.set_version_flag("--version", "tidegate " TIDEGATE_VERSION);
  app.require_subcommand(1);
  AddRun(app, code);
  AddCall(app, code);
  AddCheck(app, code);
  AddStatus(app, code);
  AddSwap(app, code);
  AddWant(app, code, "online", true);
  AddWant(app, code, "offline", false);
  AddExplore(app, code);
  AddPlan(app, code, "replay", "run a POLICY under the faults of a PLAN", ReplayCommand);
  AddPlan(app, code, "shrink", "make a PLAN that fails as small as it can be", ShrinkCommand);
  AddDemo(app, code);
  app.failure_message(CLI::FailureMessage::simple);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    code = app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    std::fputs("error: standard output could not be written\n", stderr);
    // What `call` did is its exit code, told or not; the others are there for what they print.
    if (code == kExitOk && !app.got_subcommand("call")) code = kExitFailed;
  }
  return code;
}

}  // namespace
}  // namespace tidegate

int main(int argc, char** argv) { return tidegate::Main(argc, argv); }
