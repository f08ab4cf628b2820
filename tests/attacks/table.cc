// Printing the table when the run ends.
#include "tests/attacks/table.h"

#include <algorithm>
#include <array>
#include <catch2/catch_test_case_info.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <cstdio>
#include <functional>

namespace tidegate::test {
namespace {

struct Worst {
  std::int64_t value = 0;
  std::string file;

  void Take(std::int64_t other, const std::string& by) {
    if (other <= value) return;
    value = other;
    file = by;
  }
};

struct Row {
  int attacks = 0;
  Worst load;
  Worst turn;
  Worst stretch;
  Worst delay;
};

std::array<Row, std::size(kCaughtNames)> rows;
std::vector<std::int64_t> delays;
std::vector<Worst> stretches;
int neighbour_ticks = 0;

double Ms(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

void Print() {
  std::printf("\nattacks: by what caught them; times in ms\n");
  std::printf("%-9s %5s  %8s  %8s  %8s  %8s\n", "", "files", "load", "turn", "overshot",
              "neighbour");
  const Worst Row::*const columns[] = {&Row::load, &Row::turn, &Row::stretch, &Row::delay};
  Row all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (row.attacks == 0) continue;
    all.attacks += row.attacks;
    std::printf("%-9s %5d  %8.2f  %8.2f  %8.2f  %8.2f\n", kCaughtNames[i].data(), row.attacks,
                Ms(row.load.value), Ms(row.turn.value), Ms(row.stretch.value), Ms(row.delay.value));
    for (const Worst Row::*column : columns) {
      Worst& worst = const_cast<Worst&>(all.*column);
      worst.Take((row.*column).value, (row.*column).file);
    }
  }
  std::printf("%-9s %5d\n", "all", all.attacks);
  std::printf("longest load            %8.2f ms  %s\n", Ms(all.load.value), all.load.file.c_str());
  std::printf("longest turn            %8.2f ms  %s\n", Ms(all.turn.value), all.turn.file.c_str());
  std::ranges::sort(stretches, std::greater<>(), &Worst::value);
  stretches.resize(std::min<std::size_t>(stretches.size(), 12));
  for (const Worst& worst : stretches) {
    std::printf("longest without a look  %8.2f ms  %s\n", Ms(worst.value), worst.file.c_str());
  }
  std::ranges::sort(delays);
  const auto at = [](std::size_t percent) {
    return Ms(delays[(delays.size() - 1) * percent / 100]);
  };
  std::printf(
      "neighbour, its worst tick beside each attack: median %.2f ms, 99 %% %.2f ms, worst "
      "%.2f ms  %s; %d ticks\n",
      at(50), at(99), Ms(all.delay.value), all.delay.file.c_str(), neighbour_ticks);
}

class Printer final : public Catch::EventListenerBase {
 public:
  using EventListenerBase::EventListenerBase;
  void testRunEnded(const Catch::TestRunStats&) override {
    if (!delays.empty()) Print();
  }
};
CATCH_REGISTER_LISTENER(Printer)

}  // namespace

void Enter(const Attack& attack, const Outcry& outcry) {
  Row& row = rows[static_cast<std::size_t>(attack.caught)];
  ++row.attacks;
  row.load.Take(outcry.measured.load.ns, attack.file);
  row.turn.Take(outcry.measured.turn.ns, attack.file);
  row.stretch.Take(outcry.measured.stretch.ns, attack.file);
  row.delay.Take(outcry.measured.delay.ns, attack.file);
  stretches.push_back({outcry.measured.stretch.ns, attack.file});
  delays.push_back(outcry.measured.delay.ns);
}

void EnterNeighbour(int ticks) { neighbour_ticks += ticks; }

}  // namespace tidegate::test
