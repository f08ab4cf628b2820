// An OcfStage gives the agent what Pacemaker gives it: variables, for as long as the test runs, and
// a folder that is gone with it.
#pragma once

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "tests/apps/program.h"

namespace tidegate::test {

class OcfStage {
 public:
  explicit OcfStage(const std::string& instance) {
    Set("HA_RSCTMP", dir_ / "tmp");
    Set("OCF_RESOURCE_INSTANCE", instance);
    Set("OCF_EXIT_REASON_PREFIX", "ocf-exit-reason:");
    Set("OCF_RESKEY_CRM_meta_timeout", "20000");
  }
  ~OcfStage() {
    for (const std::string& name : names_) unsetenv(name.c_str());
  }
  OcfStage(const OcfStage&) = delete;
  OcfStage& operator=(const OcfStage&) = delete;

  void Set(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    names_.push_back(name);
  }
  Ended Does(const std::string& action, const std::vector<std::string>& more = {}) {
    Set("OCF_RESKEY_CRM_meta_interval", action == "monitor" ? "10000" : "0");
    std::vector<std::string> words = {"ocf", action};
    words.insert(words.end(), more.begin(), more.end());
    return RunProgram(words);
  }
  // "start 0", and what it said.
  std::string Line(const std::string& action) {
    const Ended ended = Does(action);
    return action + " " + std::to_string(ended.code) + (ended.output.empty() ? "\n" : " ") +
           ended.output;
  }
  const Folder& dir() const { return dir_; }

 private:
  Folder dir_;
  std::vector<std::string> names_;
};

}  // namespace tidegate::test
