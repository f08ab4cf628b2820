// A Row is a line of the table that `./tg bench` ends with: what we take, what bare Lua takes for
// the same, and whether the bar is met.
//
// Why both in one run, in turns: on a machine that others use too, only the ratio means something.
#pragma once

#include <benchmark/benchmark.h>
#include <string>
#include <vector>

namespace tidegate::bench {

struct Bars {
  double ratio = 0;       // ours at most this many times bare; 0: no such bar
  double most = 0;        // in the row's unit; 0: no such bar
  bool at_least = false;  // `most` is what there must be
};

using Body = void (*)(benchmark::State&);

struct Row {
  std::string name;
  std::string unit;
  std::string ours;  // a benchmark, or "benchmark:counter"
  std::string bare;  // the same; empty: nothing to compare with
  Bars bars;
};

std::vector<Row>& Rows();

// Times per iteration, in nanoseconds of CPU.
bool Compare(const std::string& name, Body ours, Body bare, Bars bars);
// Benchmarks that measure by themselves and leave counters; each is a row of its own.
struct Counter {
  std::string name;
  std::string unit;
  std::string counter;
  Bars bars;
};
bool Measure(const std::string& name, Body ours, Body bare, const std::vector<Counter>& counters);

// Of a policy's file below the source tree.
std::string TextOf(const std::string& path);

}  // namespace tidegate::bench
