// tidegate test: the scenarios of policies, on virtual time.
//
// Exit codes: 0 all passed; 1 one failed; 2 none could be tried (no such folder, a policy or a
// scenarios.lua with an error in it).
#pragma once

#include <string>
#include <vector>

#include "host/core/time.h"

namespace tidegate {

struct TestCommandOptions {
  std::vector<std::string> where;  // policy folders, or folders of them
  std::string only;                // a part of the name
  std::string cluster = "wsfc";    // for scenarios that name none
  std::string junit;               // a file
  bool tap = false;
  bool json = false;
  bool update = false;  // write golden timelines
};
int TestCommand(const TestCommandOptions& options);

struct Tested {
  std::string policy;  // as it was named
  std::string name;
  std::string where;  // "scenarios.lua:12"
  std::string cluster;
  std::string failure;   // why; empty: it passed
  std::string timeline;  // of the failure
  std::string plan;      // what deviated besides what the scenario wanted
  Duration simulated;
  unsigned long long runs = 0;
  double seconds = 0;
};

// As JUnit's XML reports are read by CI systems, a testsuite a policy.
std::string JUnit(const std::vector<Tested>& tests);
// Source: the Test Anything Protocol, version 13.
std::string Tap(const std::vector<Tested>& tests);

}  // namespace tidegate
