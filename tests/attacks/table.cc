// Printing the table when the run ends.
#include "tests/attacks/table.h"

#include <algorithm>
#include <array>
#include <catch2/catch_test_case_info.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <charconv>
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
  Worst turn;
  Worst stretch;
  Worst excess;  // fuel spent beyond the limit
  Worst delay;
};

std::array<Row, std::size(kCaughtNames)> rows;
std::vector<std::int64_t> delays;
std::vector<Worst> stretches;
int neighbour_ticks = 0;

// Of "fuel: 2000001 of 2000000", the 1.
std::int64_t Excess(const std::string& message) {
  constexpr std::string_view kHead = "fuel: ";
  if (!message.starts_with(kHead)) return 0;
  std::int64_t spent = 0;
  std::int64_t limit = 0;
  const char* end = message.data() + message.size();
  const char* at = std::from_chars(message.data() + kHead.size(), end, spent).ptr;
  if (end - at < 4) return 0;
  std::from_chars(at + 4, end, limit);
  return spent - limit;
}

double Ms(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

void Print() {
  std::printf("\nattacks: by what caught them; times in ms\n");
  std::printf("%-9s %5s  %8s  %8s  %8s  %8s\n", "", "files", "turn", "overshot", "fuel over",
              "neighbour");
  const Worst Row::*const columns[] = {&Row::turn, &Row::stretch, &Row::excess, &Row::delay};
  Row all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (row.attacks == 0) continue;
    all.attacks += row.attacks;
    std::printf("%-9s %5d  %8.2f  %8.2f  %8lld  %8.2f\n", kCaughtNames[i].data(), row.attacks,
                Ms(row.turn.value), Ms(row.stretch.value), static_cast<long long>(row.excess.value),
                Ms(row.delay.value));
    for (const Worst Row::*column : columns) {
      Worst& worst = const_cast<Worst&>(all.*column);
      worst.Take((row.*column).value, (row.*column).file);
    }
  }
  std::printf("%-9s %5d\n", "all", all.attacks);
  std::printf("longest turn            %8.2f ms  %s\n", Ms(all.turn.value), all.turn.file.c_str());
  std::ranges::sort(stretches, std::greater<>(), &Worst::value);
  stretches.resize(std::min<std::size_t>(stretches.size(), 12));
  for (const Worst& worst : stretches) {
    std::printf("longest without a look  %8.2f ms  %s\n", Ms(worst.value), worst.file.c_str());
  }
  std::printf("most fuel over          %8lld     %s\n", static_cast<long long>(all.excess.value),
              all.excess.file.c_str());
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
  row.turn.Take(outcry.measured.turn.ns, attack.file);
  row.stretch.Take(outcry.measured.stretch.ns, attack.file);
  row.delay.Take(outcry.measured.delay.ns, attack.file);
  for (const Ending& ending : outcry.endings) {
    row.excess.Take(Excess(ending.verdict.cause.message), attack.file);
  }
  stretches.push_back({outcry.measured.stretch.ns, attack.file});
  delays.push_back(outcry.measured.delay.ns);
}

void EnterNeighbour(int ticks) { neighbour_ticks += ticks; }

}  // namespace tidegate::test
