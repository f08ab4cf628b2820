// Pacemaker answers cluster.* by its own command-line tools: nodes, quorum, and who owns a
// resource.
//
// Why tools and no library: they are what an administrator compares with, they work from any
// process and are the same over versions of the libraries, and a deadline can be put on a process.
// Source: crm_node(8), crm_resource(8).
//
// Threading: any; it is asked on worker threads.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/core/call.h"
#include "host/core/result.h"
#include "host/core/time.h"

namespace tidegate {

struct PacemakerOptions {
  std::string tools = "/usr/sbin";  // where they are
  std::string resource;             // as the cluster calls the resource that asks
  Duration deadline = Seconds(5);   // of one tool
  Duration fresh = Seconds(5);      // how long an answer is given again
};

class Pacemaker {
 public:
  explicit Pacemaker(PacemakerOptions options) : options_(std::move(options)) {}

  // ERROR_NOT_SUPPORTED where there is no Pacemaker, ERROR_TIMEOUT where it does not answer.
  Reply Perform(const Call& call);

 private:
  Result<std::string> Ask(const std::vector<std::string>& command);

  struct Known {
    Instant when;
    std::string text;
  };
  const PacemakerOptions options_;
  std::mutex mutex_;
  std::map<std::string, Known> known_;
};

// The output of a program, which is killed at the deadline.
Result<std::string> OutputOf(const std::vector<std::string>& command, Duration deadline);

}  // namespace tidegate
