// A Scenario is what a run begins with and what is asked of it: nodes, resources, the policy, the
// kind of cluster, and the operator's steps.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/core/digest.h"
#include "host/core/monitor.h"
#include "host/core/property.h"
#include "host/lua/compiled_policy.h"

namespace tidegate::sim {

class Simulation;
struct Site;

enum class ClusterKind : std::uint8_t { kWsfc, kPacemaker };

struct Step {
  enum class Kind : std::uint8_t {
    kOnline,  // `resource` on `node`
    kMove,    // `resource` to `node`, or to the next one
    kOffline,
    kRepeat,      // what was last asked for is asked for again: it must be harmless
    kTerminate,   // although it is offline: it must be harmless
    kAfter,       // `time` passes
    kSettle,      // until nothing is under way, `time` at most
    kQuiet,       // from here on nothing new deviates; what is broken stays so
    kFaultsStop,  // from here on nothing deviates, and what was broken is mended
    kRecovered,   // it must be online within `time`
  };
  Kind kind;
  std::string resource{};
  std::string node{};
  Duration time{};
};

// Says what comes next in a run, where a list cannot know it before: a scenario in Lua (script.h).
// It belongs to one run at a time.
class Steps {
 public:
  virtual ~Steps() = default;
  virtual void Begin(Simulation& run) = 0;
  virtual const Step* Next() = 0;          // null: the run is over
  virtual bool Look() = 0;                 // after each event; true ends the step
  virtual int Pick(const Site& site) = 0;  // the entry of the menu that it wants; -1: any
  virtual int applied() const = 0;         // how many of the run's deviations it wanted
  virtual void Describe(Digest& digest) const = 0;
};

struct Scenario {
  std::string name = "standard";
  int nodes = 2;
  int resources = 1;  // vol1 .. voln, each on a disk of its own
  ClusterKind cluster = ClusterKind::kWsfc;
  std::shared_ptr<const CompiledPolicy> policy;
  std::shared_ptr<const CompiledPolicy> next_policy;  // what a swap offers; none: the same again
  Properties properties;  // VolumePath and MountPoint are filled in where the policy declares them
  MonitorSettings monitor;
  std::vector<Step> steps;
  std::shared_ptr<Steps> script;  // if any, instead of them
  // Policies play from what is known of them (repertoire.h); false: from a sandbox each, as in
  // life.
  bool learns = true;
};

// Brings each resource online, lets it live, moves it, lets it live, and takes it offline, asking
// twice. Before the end nothing new happens for a minute, so that what is broken must be noticed,
// and then faults stop, so that recovery shows.
//
// Why both polls every 10 seconds instead of every 5 and 60: one of each is all that can differ,
// and exploration pays for every poll that is only like the last. They fall due together, as every
// twelfth one does by default: how long it has been online then matters by its seconds alone.
Scenario Standard(std::shared_ptr<const CompiledPolicy> policy, ClusterKind cluster, int nodes = 2,
                  int resources = 1);

inline std::string NodeName(int n) { return std::string(1, static_cast<char>('A' + n)); }
inline std::string ResourceName(int r) { return "vol" + std::to_string(r + 1); }

}  // namespace tidegate::sim
