// The commands: what each takes from the command line, and the function that does it.
//
// Exit codes, the same everywhere: 0 it succeeded, 1 it was tried and failed, 2 it could not be
// tried (a wrong call, a file that cannot be read).
#pragma once

#include <string>
#include <vector>

#include "host/core/fault.h"

namespace tidegate {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

struct RunOptions {
  std::string target;            // FILE.toml or a POLICY
  std::vector<std::string> set;  // Name=value, with a POLICY
  std::string name;              // of the one resource; default: the policy's
  std::string node;
  std::string state_dir;
  std::string runtime_dir;
  std::string log_file;
  std::string faults;  // a file of faults to inject
  bool verbose = false;
};
int RunCommand(const RunOptions& options);

struct CallOptions {
  std::string policy;
  std::string entry_point;
  std::vector<std::string> set;
  std::string name;
  std::string state_file;
  std::string runtime_dir;
  bool json = false;
};
int CallCommand(const CallOptions& options);

struct CheckOptions {
  std::string policy;
  std::vector<std::string> set;
  std::string pending_timeout = "180s";
  bool json = false;
};
int CheckCommand(const CheckOptions& options);

struct StatusOptions {
  std::string resource;
  std::string runtime_dir;
  bool json = false;
};
int StatusCommand(const StatusOptions& options);

struct WantOptions {
  std::string resource;
  std::string runtime_dir;
  std::string timeout = "180s";
  bool online = true;
};
int WantCommand(const WantOptions& options);

struct TraceOptions {
  std::string resource;
  std::string output;  // a file; default: standard output
  std::string runtime_dir;
};
int TraceCommand(const TraceOptions& options);

struct OcfOptions {
  std::string action;
  std::string policy;                 // of an agent that is made for one
  std::string provider = "tidegate";  // and its name: ocf:PROVIDER:TYPE
  std::string type;
  std::string prefix = "/usr";  // for install
  std::string faults;           // a file of faults to inject, by hand only
  std::string config;           // and the FILE.toml that allows it
  Plan plan;                    // what that file says
  int answer = -1;  // a descriptor: takes the exit code as a byte before the process ends
};
int OcfCommand(const OcfOptions& options);  // answers with OCF's exit codes
int OcfByHand(OcfOptions options);          // with what only a person may ask for: faults

struct DemoOptions {
  std::string policy;  // default: the shipped one
  std::string volume;  // "image" or "loop"; default: loop for root
  std::string dir;     // where the volume's image and all else goes; default: a temporary folder
};
int DemoCommand(const DemoOptions& options);

}  // namespace tidegate
