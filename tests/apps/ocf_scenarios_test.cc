// The simulator's scenarios of a policy, played once more by the OCF agent: one process an action,
// on a volume that is a file.
//
// The script is the scenario's own golden timeline. Each call that the simulated Pacemaker makes is
// an action here, each error that the simulated world answers is injected at the same operation,
// and the action must end as the timeline says. What is an exit code here is a state there:
//
//     call is_alive, well: monitor 0         state Online:  start 0     state Offline: stop 0
//     ... it failed, never online here:      state Failed:  start 1     state Failed:  stop 1,
//         probe 7; else monitor 1                                       and the node is fenced
//
// What differs, and why. The simulated Pacemaker takes each verdict as it is; the agent remembers
// them and says 1 only when `fail_after` are bad, so a monitor that is to fail is asked so often.
// The simulated one fences when offline has failed; the agent terminates, asks offline once more
// and says 0 if that succeeds: then it must be offline in truth. In both the model is harsher.
//
// Where the timeline's disk is gone, the file is: what finds nothing can only be told it in truth.
//
// Waits are shortened: an operation that is refused often and then done is refused twice, and one
// that is never done has 800 ms for it. An operation that hangs does so until the action's timeout.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <map>
#include <sstream>

#include "tests/apps/ocf_stage.h"
#include "tests/lua/stage.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;
using test::Ended;
using test::Folder;
using test::Has;

// One operation that the policy asks for in a call, and what it is answered; "" is nothing.
struct Answered {
  std::string op;
  std::string error;  // "" when it went well
  bool hangs = false;
};

struct Step {
  std::string node;
  std::string what;      // a call's entry point, or what happens: "off", "swap"
  std::string reason{};  // of its failure, up to what is the simulator's own
  bool ok = true;
  bool disk_gone = false;
  std::vector<Answered> operations{};
};

std::string After(const std::string& text, const std::string& mark) {
  const std::size_t at = text.find(mark);
  return at == text.npos ? "" : text.substr(at + mark.size());
}

// "offline: volume.lock failed: ERROR_ACCESS_DENIED (5), simulated, after 15 attempts" up to (5).
std::string Essence(const std::string& reason) {
  if (Has(reason, "no result within")) return reason.substr(0, reason.find(" within"));
  return reason.substr(0, reason.find(','));
}

class Timeline {
 public:
  explicit Timeline(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) Read(line);
  }
  const std::vector<Step>& steps() const { return steps_; }

 private:
  Step* Open(const std::string& node) {
    const auto it = open_.find(node);
    return it == open_.end() ? nullptr : &steps_[it->second];
  }
  void Add(Step step) {
    open_[step.node] = steps_.size();
    steps_.push_back(std::move(step));
  }

  void Read(const std::string& line) {
    if (line.size() < 14 || line[0] == '#') return;
    const std::string node = line.substr(12, 1);
    const std::string what = line.substr(std::min(line.size(), std::size_t{20}));
    if (Has(line, "operator: offers another version")) return Add({node, "swap"});
    if (Has(line, "loses power")) return Add({node, "off"});
    const std::string call = After(what, "call   ");
    if (!call.empty()) {
      // Part of the action that is under way.
      if (call.starts_with("terminate")) return;
      return Add({node, call});
    }
    if (Has(what, ": well")) return Add({node, "is_alive"});
    Step* step = Open(node);
    if (step == nullptr) return;
    const std::string fault = After(what, "FAULT  ");
    if (!fault.empty()) {
      if (Has(fault, " hangs"))
        step->operations.push_back({fault.substr(0, fault.find('#')), "", true});
      return;
    }
    const std::string failed = Has(what, "answers terminate") ? "" : After(what, "failed: ");
    if (what.starts_with("state  answers") && !failed.empty()) {
      step->ok = false;
      step->reason = Essence(failed);
      return;
    }
    std::istringstream words(what);
    std::string op;
    words >> op;
    const std::string answer = After(what, " -> ");
    if (answer.empty()) return;
    const std::string error = After(answer.substr(0, answer.find(' ')), "ERROR_");
    if (error == "FILE_NOT_FOUND" || Has(answer, "the disk is gone")) step->disk_gone = true;
    if (error == "FILE_NOT_FOUND" || error == "NOT_FOUND") return;  // it is answered so in truth
    step->operations.push_back({op, error, false});
  }

  std::vector<Step> steps_;
  std::map<std::string, std::size_t> open_;  // the latest step of each node
};

// The same errors at the same operations, as a plan for one action.
std::string PlanOf(const Step& step) {
  std::map<std::string, std::vector<Answered>> by_op;
  for (const Answered& a : step.operations) by_op[a.op].push_back(a);
  std::string plan;
  const auto add = [&](const std::string& op, std::size_t n, const std::string& fault) {
    plan += step.node + " vol1 " + op + "#" + std::to_string(n + 1) + " " + fault + "\n";
  };
  for (const auto& [op, answers] : by_op) {
    std::size_t n = 0;
    std::size_t refused = 0;
    for (const Answered& a : answers) {
      if (a.hangs) add(op, n, "hangs");
      const bool last = !step.ok && !answers.back().error.empty();
      if (!a.error.empty() && last) {
        add(op, n, "fails_from_now_on " + a.error);
        break;
      }
      if (!a.error.empty()) {
        if (++refused > 2) continue;
        add(op, n, "fails " + a.error);
      }
      ++n;
    }
  }
  return plan;
}

// Two nodes, each with a file for a disk: one machine cannot see one disk as two do. What a node
// keeps goes with its power, mounts too.
class Nodes {
 public:
  Nodes() {
    fs::create_directory(dir_ / "volume");
    dir_.Write("volume/volume.lua", test::FromTree("policies/volume/volume.lua"));
    dir_.Write("allowed.toml", "inject_faults = true\n[[resource]]\nname = \"vol1\"\npolicy = \"" +
                                   dir_ / "volume" + "\"\n");
    dir_.Write("none.plan", "# nothing goes wrong\n");
    stage_.Set("OCF_RESKEY_PolicyPath", dir_ / "volume");
    stage_.Set("OCF_RESKEY_OnlineRetries", "1");
    stage_.Set("OCF_RESKEY_OfflineWithin", "800ms");
  }

  Ended Does(const std::string& node, const std::string& action, const std::string& plan,
             bool disk_gone) {
    const std::string disk = dir_ / node + "/disk.img";
    if (!fs::exists(disk)) {
      fs::create_directories(dir_ / node);
      dir_.Write(node + "/disk.img", "");
      fs::resize_file(disk, 8 << 20);
    }
    stage_.Set("OCF_RESKEY_VolumePath", disk);
    stage_.Set("HA_RSCTMP", dir_ / node + "/run");
    stage_.Set("OCF_RESKEY_MountPoint", dir_ / node + "/mnt");
    stage_.Set("OCF_RESKEY_CRM_meta_on_node", node);
    stage_.Set("OCF_RESKEY_CRM_meta_timeout", Has(plan, " hangs") ? "2000" : "60000");
    if (disk_gone) fs::rename(disk, disk + ".gone");
    Ended ended =
        stage_.Does(action, {"--config", dir_ / "allowed.toml", "--faults",
                             plan.empty() ? dir_ / "none.plan" : dir_.Write("action.plan", plan)});
    if (disk_gone) fs::rename(disk + ".gone", disk);
    return ended;
  }
  void LosesPower(const std::string& node) { fs::remove_all(dir_ / node); }
  void Swaps() {
    std::string text = test::FromTree("policies/volume/volume.lua");
    text.replace(text.find("version = \"1.0\""), 15, "version = \"2.0\"");
    dir_.Write("volume/volume.lua", text);
  }
  bool Mounted(const std::string& node) const {
    return fs::exists(fs::status(dir_ / node + "/mnt"));  // a link that leads to its image
  }

 private:
  test::OcfStage stage_{"vol1"};
  const Folder& dir_ = stage_.dir();
};

// What the agent did, and what the timeline wants of it, line by line.
class Play {
 public:
  void Take(const Step& step) {
    if (step.what == "off") {
      nodes_.LosesPower(step.node);
      started_[step.node] = false;
    } else if (step.what == "swap") {
      nodes_.Swaps();
      Expect(step, "reload-agent", 0);
    } else if (step.what == "online") {
      started_[step.node] = true;
      const bool missing = Has(step.reason, "volume.open failed: ERROR_FILE_NOT_FOUND");
      Expect(step, "start", step.ok ? 0 : missing ? 5 : 1);
      if (step.ok) CHECK(nodes_.Mounted(step.node));
    } else if (step.what == "offline") {
      const int code = Expect(step, "stop", step.ok ? 0 : 1);
      if (code == 0) CHECK_FALSE(nodes_.Mounted(step.node));
      if (step.ok) started_[step.node] = false;
    } else if (!started_[step.node]) {
      Expect(step, "probe", step.ok ? 0 : 7);
    } else {
      // fail_after is 2: the first bad verdict is tolerated.
      if (!step.ok) Expect(step, "monitor", 0);
      Expect(step, "monitor", step.ok ? 0 : 1);
    }
  }
  std::string done;
  std::string wanted;

 private:
  int Expect(const Step& step, const std::string& action, int code) {
    const Ended ended = nodes_.Does(step.node, action, PlanOf(step), step.disk_gone);
    std::string reason = After(ended.output, "ocf-exit-reason:");
    int wants = code;
    if (action == "stop" && code == 1 && ended.code == 0) {
      wants = 0;
      reason = After(ended.output, "warning: offline: ");
      reason = reason.empty() ? "no offline has failed" : "offline: " + reason;
    }
    const std::string call = step.node + " " + action + " ";
    const bool reasoned = code == 1 && !step.disk_gone;  // why it is gone each says in its way
    done += call + std::to_string(ended.code) + (reasoned ? " " + Essence(reason) : "") + "\n";
    wanted += call + std::to_string(wants) + (reasoned ? " " + step.reason : "") + "\n";
    if (ended.code != wants) UNSCOPED_INFO(PlanOf(step) << ended.output);
    return ended.code;
  }
  Nodes nodes_;
  std::map<std::string, bool> started_;
};

TEST_CASE("OCF: the simulator's scenarios run through the agent") {
  int played = 0;
  for (const auto& entry :
       fs::directory_iterator(std::string(TIDEGATE_SOURCE_DIR) + "/policies/volume/scenarios")) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".pacemaker.txt")) continue;
    INFO(name);
    const Timeline timeline(test::FromTree("policies/volume/scenarios/" + name));
    REQUIRE(timeline.steps().size() > 3);
    Play play;
    for (const Step& step : timeline.steps()) play.Take(step);
    CHECK(play.done == play.wanted);
    ++played;
  }
  CHECK(played >= 12);
}

}  // namespace
}  // namespace tidegate
