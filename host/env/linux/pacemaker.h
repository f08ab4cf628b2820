// Pacemaker answers cluster.* by its own command-line tools: nodes, quorum, who owns a resource,
// standby, node attributes.
//
// Why tools and no library: they are what an administrator compares with, they work from any
// process and are the same over versions of the libraries, and a deadline can be put on a process.
// Source: crm_node(8), crm_resource(8), crm_mon(8), crm_attribute(8), attrd_updater(8).
//
// Threading: any; it is asked on worker threads.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/core/call.h"
#include "host/core/result.h"
#include "host/core/time.h"

namespace tidegate {

struct PacemakerOptions {
  std::string tools = "/usr/sbin";  // where they are
  std::string resource;             // as the cluster calls the resource that asks
  std::string node;                 // and this node; empty: the tools know
  Duration deadline = Seconds(5);   // of one tool
  Duration fresh = Seconds(5);      // how long an answer is given again
};

class Pacemaker {
 public:
  explicit Pacemaker(PacemakerOptions options) : options_(std::move(options)) {}

  // ERROR_NOT_SUPPORTED where there is no Pacemaker, ERROR_TIMEOUT where it does not answer.
  Reply Perform(const Call& call);
  // How much this node asks to be the one that has the resource promoted; none: not at all. Goes
  // with the node's boot.
  Outcome SetPromotionScore(std::optional<int> score);

 private:
  Reply Standby(const ClusterStandby& asked);
  Reply Attribute(const ClusterAttribute& asked);
  Reply SetAttribute(const ClusterSetAttribute& asked);
  Result<std::string> Do(std::vector<std::string> command) const;
  // The same, or what it answered a moment ago.
  Result<std::string> Ask(const std::vector<std::string>& command);
  std::optional<std::string> Known(const std::string& key);

  struct Answer {
    Instant when;
    std::string text;
  };
  const PacemakerOptions options_;
  std::mutex mutex_;
  std::map<std::string, Answer> known_;
};

// The output of a program, which is killed at the deadline.
Result<std::string> OutputOf(const std::vector<std::string>& command, Duration deadline);

}  // namespace tidegate
