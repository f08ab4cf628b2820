// Finding scenarios, running them, telling how it went.
#include "host/apps/tidegate/simulate/test.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/simulate/simulate.h"
#include "host/apps/tidegate/simulate/test_run.h"
#include "host/apps/tidegate/terminal.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

// The folders with a scenarios.lua: the one named, or those right below it.
Result<std::vector<fs::path>> Folders(const std::string& where) {
  std::error_code error;
  fs::path folder = where;
  if (folder.extension() == ".lua")
    folder = folder.parent_path().empty() ? "." : folder.parent_path();
  if (!fs::is_directory(folder, error)) {
    return Error{ErrorCode::kPathNotFound, "", where + ": no such folder"};
  }
  if (fs::exists(folder / kScenarios, error)) return std::vector{fs::path(where)};
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (fs::exists(entry.path() / kScenarios, error)) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  if (!found.empty()) return found;
  return Error{ErrorCode::kFileNotFound, "",
               where +
                   ": there is no scenarios.lua in it; it returns a table of scenarios by "
                   "name, as policies/volume/scenarios.lua does"};
}

std::string Indented(const std::string& text) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out += "      " + text.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return out;
}

void Print(const Tested& test, const std::string& asked) {
  const bool colours = ColoursOn(STDOUT_FILENO);
  if (test.failure.empty()) {
    const std::string how =
        test.runs > 1 ? std::to_string(test.runs) + " runs" : Age(test.simulated) + " simulated";
    const std::string other = test.cluster == asked ? "" : ", on " + test.cluster;
    return void(std::printf("  %s  %s (%s%s)\n", Paint("ok     ", Colour::kGreen, colours).c_str(),
                            test.name.c_str(), how.c_str(), other.c_str()));
  }
  std::printf("  %s  %s\n%s", Paint("FAILED ", Colour::kRed, colours).c_str(), test.name.c_str(),
              Indented(test.timeline).c_str());
  if (!test.plan.empty()) std::printf("      plan:\n%s", Indented(test.plan).c_str());
  std::printf("      %s\n", test.failure.c_str());
}

nlohmann::ordered_json Json(const std::vector<Tested>& tests) {
  nlohmann::ordered_json all;
  all["scenarios"] = nlohmann::ordered_json::array();
  int failed = 0;
  for (const Tested& test : tests) {
    nlohmann::ordered_json one = {{"policy", test.policy},
                                  {"name", test.name},
                                  {"where", test.where},
                                  {"cluster", test.cluster}};
    one["result"] = test.failure.empty() ? "passed" : "failed";
    one["runs"] = test.runs;
    one["simulated_ns"] = test.simulated.ns;
    if (!test.failure.empty()) {
      one["failure"] = test.failure;
      one["plan"] = test.plan;
      one["timeline"] = test.timeline;
    }
    failed += test.failure.empty() ? 0 : 1;
    all["scenarios"].push_back(std::move(one));
  }
  all["failed"] = failed;
  all["passed"] = static_cast<int>(tests.size()) - failed;
  return all;
}

}  // namespace

int TestCommand(const TestCommandOptions& options) {
  const bool lines = !options.tap && !options.json;
  std::vector<fs::path> folders;
  for (const std::string& where :
       options.where.empty() ? std::vector<std::string>{"."} : options.where) {
    const Result<std::vector<fs::path>> found = Folders(where);
    if (!found) return Fail(kExitUsage, found.error().detail);
    folders.insert(folders.end(), found->begin(), found->end());
  }
  std::vector<Tested> tests;
  for (const fs::path& folder : folders) {
    if (lines) std::printf("%s on %s\n", folder.string().c_str(), options.cluster.c_str());
    const Outcome ran = RunScenarios(folder, options, [&](Tested test) {
      if (lines) Print(test, options.cluster);
      std::fflush(stdout);
      tests.push_back(std::move(test));
    });
    if (!ran) return Fail(kExitUsage, ran.error().detail);
  }
  const auto failed = static_cast<std::size_t>(
      std::ranges::count_if(tests, [](const Tested& t) { return !t.failure.empty(); }));
  if (options.tap) std::fputs(Tap(tests).c_str(), stdout);
  if (options.json) std::printf("%s\n", Json(tests).dump(2).c_str());
  if (!options.junit.empty() && !WriteText(options.junit, JUnit(tests))) {
    return Fail(kExitUsage, options.junit + ": cannot be written");
  }
  if (lines) {
    std::printf("%zu passed, %zu failed\n", tests.size() - failed, failed);
  }
  return failed > 0 ? kExitFailed : kExitOk;
}

}  // namespace tidegate
