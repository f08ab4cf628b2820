// A target is a function that takes a fuzzer's bytes and must end well whatever they are: no crash,
// no sanitizer's report, no leak, and every Expect() in it holds.
//
// Each has a libFuzzer program (libfuzzer.cc, clang only). The tests run the kept corpus and every
// finding through the same functions in any build.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace tidegate::fuzz {

void FuzzPolicy(std::string_view bytes);     // a policy's text, then what the world answers it
void FuzzOperation(std::string_view bytes);  // arguments from Lua, replies of every type
void FuzzState(std::string_view bytes);      // resource.state as JSON
void FuzzConfig(std::string_view bytes);     // a configuration file
void FuzzPack(std::string_view bytes);       // a stranger's pack: archive, list, keys, manifest

struct Target {
  std::string_view name;  // of its corpus folder too
  void (*run)(std::string_view bytes);
};
inline constexpr Target kTargets[] = {
    {"policy", &FuzzPolicy},
    {"operation", &FuzzOperation},
    {"state", &FuzzState},
    {"config", &FuzzConfig},
    {"pack", &FuzzPack},
};

// Why abort: it is what a fuzzer takes for a finding.
inline void Expect(bool holds, std::string_view what, std::string_view detail = {}) {
  if (holds) return;
  for (const std::string_view text : {std::string_view("expected: "), what, std::string_view("\n"),
                                      detail, std::string_view("\n")}) {
    std::fwrite(text.data(), 1, text.size(), stderr);
  }
  std::abort();
}

}  // namespace tidegate::fuzz
