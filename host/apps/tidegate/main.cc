// The program's command line.
#include <CLI/CLI.hpp>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <iostream>

#include "host/apps/shared/pack/places.h"
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/pack/pack_commands.h"
#include "host/apps/tidegate/paths.h"
#include "host/apps/tidegate/replay.h"
#include "host/apps/tidegate/report/report.h"
#include "host/apps/tidegate/simulate/diff.h"
#include "host/apps/tidegate/simulate/explore.h"
#include "host/apps/tidegate/simulate/test.h"
#include "host/apps/tidegate/swap/swap_commands.h"

namespace tidegate {
namespace {

constexpr const char* kAbout =
    "Tidegate runs the Online / Offline / LooksAlive / IsAlive logic of a cluster resource as a\n"
    "sandboxed Lua policy that can be swapped while it runs.\n\n"
    "A POLICY is a .lua file, a folder NAME with NAME.lua in it, a pack's folder, or\n"
    "NAME[@VERSION] of an installed pack.";

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
  c->add_option("--faults", o->faults,
                "inject the faults of this file, a line each, such as \"A vol1 volume.offline#1 "
                "fails NOT_READY\"; FILE.toml must say inject_faults = true");
  c->add_option("--log-file", o->log_file, "also write the log to this file");
  c->add_flag("-v,--verbose", o->verbose, "log what is of use when a policy is written");
  c->footer(
      "SIGTERM and Ctrl-C take everything offline and end; SIGHUP reads FILE.toml again.\n"
      "A resource of FILE.toml that cannot be hosted keeps no other down: it is Failed, and\n"
      "tidegate status says why.\n"
      "Exit codes: 0 everything is offline, 1 something did not go offline, or was never hosted,\n"
      "2 there was nothing to host.");
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

void AddTrace(CLI::App& app, int& code) {
  auto* o = new TraceOptions;
  CLI::App* c =
      app.add_subcommand("trace", "what the flight recorder of a running host has of a resource");
  c->add_option("RESOURCE", o->resource)->required();
  c->add_option("-o,--output", o->output, "write it to this file");
  AddRuntimeDir(c, o->runtime_dir);
  c->footer("See what the policy did, and what it would have done: tidegate replay FILE.");
  c->callback([o, &code] { code = TraceCommand(*o); });
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

void AddCluster(CLI::App* c, SimulateOptions& o) {
  c->add_option("--cluster", o.cluster, "whose side of the contract is modelled")
      ->check(CLI::IsMember({"wsfc", "pacemaker"}))
      ->capture_default_str();
  c->add_option("--next", o.next, "the POLICY that a swap offers (default: the same again)");
  c->add_option("--nodes", o.nodes, "nodes that can have the resource")
      ->check(CLI::Range(1, 8))
      ->capture_default_str();
  c->add_option("--resources", o.resources, "resources, each with a disk of its own")
      ->check(CLI::Range(1, 4))
      ->capture_default_str();
}

void AddSimulated(CLI::App* c, SimulateOptions& o, bool policy_is_needed = true) {
  c->add_option("POLICY,--policy", o.policy)->required(policy_is_needed);
  AddSet(c, o.set);
  AddCluster(c, o);
}

void AddExplore(CLI::App& app, int& code) {
  auto* o = new ExploreCommandOptions;
  CLI::App* c = app.add_subcommand(
      "explore", "try faults on a POLICY in a simulated cluster: online, live, move, offline");
  AddSimulated(c, o->simulate);
  c->add_option("--deviations", o->deviations, "all runs with at most so many faults")
      ->check(CLI::Range(0, 4))
      ->capture_default_str();
  c->add_flag("--swaps", o->swaps,
              "beside them, --next takes over wherever a run can deviate, once a run");
  c->add_option("--seconds", o->seconds, "stop after so long; 0: when it is complete");
  c->add_flag("--all", o->all, "leave out nothing as known from another run");
  c->add_option("-o,--output", o->output, "write the counterexample's plan to this file");
  c->footer(
      "Exit codes: 0 complete and nothing violated, 1 a violation, 2 it could not be tried, 3 time "
      "ran out, or Ctrl-C came, first.");
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

void AddReplay(CLI::App& app, int& code) {
  auto* o = new ReplayCommandOptions;
  CLI::App* c = app.add_subcommand(
      "replay", "run a POLICY under the faults of a plan, or against what a trace recorded");
  c->add_option("FILE", o->file, "a plan, or a trace of a running host")->required();
  AddSimulated(c, o->simulate, false);
  c->add_option("--deviate", o->deviate,
                "of a trace, what if: \"volume.dismount#1 fails ACCESS_DENIED\", the first of the "
                "recording; or ok VALUE, hangs. May be repeated: that is how to go on")
      ->allow_extra_args(false);
  c->add_flag("--all", o->all, "of a trace, show every decision");
  c->add_flag("--json", o->json, "of a trace, as JSON");
  c->footer(
      "A trace needs no POLICY where the recorded one is still in its place; another version forks "
      "where it decides otherwise.\nExit codes of a trace: 0 the same decisions, 1 a fork, 2 it "
      "cannot be replayed. Of a plan: 0, or 1 when it violates an invariant.");
  c->callback([o, &code] { code = ReplayCommand(*o); });
}

void AddReport(CLI::App& app, int& code) {
  auto* o = new ReportCommandOptions;
  CLI::App* c =
      app.add_subcommand("report", "a run under a plan, or a trace, as one HTML file to look at");
  c->add_option("FILE", o->file, "a plan, or a trace of a running host")->required();
  AddSimulated(c, o->simulate, false);
  c->add_option("-o,--output", o->output, "the file to write (default: FILE.html)");
  c->callback([o, &code] { code = ReportCommand(*o); });
}

void AddTest(CLI::App& app, int& code) {
  auto* o = new TestCommandOptions;
  CLI::App* c = app.add_subcommand("test", "run the scenarios of policies in a simulated cluster");
  c->add_option("WHERE", o->where,
                "folders with a policy and its scenarios.lua, or a folder of them (default: .)");
  c->add_option("--only", o->only, "those whose name has this in it");
  c->add_option("--cluster", o->cluster, "for scenarios that name none")
      ->check(CLI::IsMember({"wsfc", "pacemaker"}))
      ->capture_default_str();
  c->add_option("--junit", o->junit, "also write a JUnit XML report to this file");
  CLI::Option* tap = c->add_flag("--tap", o->tap, "print the results as TAP, version 13");
  c->add_flag("--json", o->json, "print them as one JSON object")->excludes(tap);
  c->add_flag("--update", o->update,
              "write the golden timelines, scenarios/NAME.CLUSTER.txt beside scenarios.lua");
  c->footer("Exit codes: 0 all passed, 1 one failed, 2 they could not be tried.");
  c->callback([o, &code] { code = TestCommand(*o); });
}

void AddDiff(CLI::App& app, int& code) {
  auto* o = new DiffCommandOptions;
  CLI::App* c = app.add_subcommand(
      "diff", "where two versions of a policy decide otherwise under the same faults");
  c->add_option("OLD", o->simulate.policy, "a POLICY")->required();
  c->add_option("NEW", o->newer, "another version of it")->required();
  AddSet(c, o->simulate.set);
  AddCluster(c, o->simulate);
  c->add_option("--deviations", o->deviations, "1: also under each single fault; 0: nominal only")
      ->check(CLI::Range(0, 1))
      ->capture_default_str();
  c->add_option("--plan", o->plans, "also under this plan; may be repeated")
      ->allow_extra_args(false);
  c->add_flag("--json", o->json, "the differences as one JSON object");
  c->footer("Exit codes: 0 they decide the same, 1 they do not, 2 it could not be tried.");
  c->callback([o, &code] { code = DiffCommand(*o); });
}

void AddOcf(CLI::App& app, int& code) {
  auto* o = new OcfOptions;
  CLI::App* c = app.add_subcommand("ocf", "one action of the OCF resource agent, for Pacemaker");
  c->add_option("ACTION", o->action,
                "start, stop, promote, demote, monitor, probe, validate-all, meta-data,\n"
                "reload-agent; or install")
      ->required();
  c->add_option("POLICY,--policy", o->policy,
                "the policy of an agent that is made for it, to install: a .lua file, a folder, or "
                "NAME[@VERSION] of an installed pack");
  c->add_option("--provider", o->provider, "that agent is ocf:PROVIDER:TYPE")
      ->capture_default_str();
  c->add_option("--type", o->type, "default: the name of its policy");
  c->add_option("--prefix", o->prefix, "where install puts the agent")->capture_default_str();
  c->add_option("--faults", o->faults,
                "a plan: operations that fail on purpose, \"node1 vol1 volume.lock#1 hangs\"");
  c->add_option("--config", o->config, "a FILE.toml that says inject_faults = true, for --faults");
  c->footer(
      "Parameters come as OCF_RESKEY_ variables. Exit codes are OCF's: 0 ok, 1 failed,\n"
      "2 and 5 not on this node, 6 not configured right, 7 not running, 8 running promoted,\n"
      "9 failed promoted.\n\n"
      "tidegate ocf install POLICY --provider acme gives the policy an agent of its own, to run on "
      "every node:\ncrm and pcs then show ocf:acme:NAME with the policy's properties as "
      "parameters. It is a copy:\nanother version runs there when it is installed there in its "
      "place. NAME without a version\nis the highest that is installed now.");
  c->callback([o, &code] { code = OcfByHand(*o); });
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
  SetPackPlaces(DefaultPackPlaces());
  int code = kExitOk;
  CLI::App app(kAbout, "tidegate");
  app.footer(kExamples);
  app.set_version_flag("--version", "tidegate " TIDEGATE_VERSION);
  app.require_subcommand(1);
  AddRun(app, code);
  AddCall(app, code);
  AddCheck(app, code);
  AddStatus(app, code);
  AddSwapCommands(app, code);
  AddTrace(app, code);
  AddWant(app, code, "online", true);
  AddWant(app, code, "offline", false);
  AddExplore(app, code);
  AddReplay(app, code);
  AddReport(app, code);
  AddPlan(app, code, "shrink", "make a PLAN that fails as small as it can be", ShrinkCommand);
  AddTest(app, code);
  AddDiff(app, code);
  AddPack(app, code);
  AddOcf(app, code);
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
