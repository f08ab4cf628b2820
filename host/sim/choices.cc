// Picking.
#include "host/sim/choices.h"

namespace tidegate::sim {

int PlannedChoices::Pick(const Site& site) {
  if (plan_.empty()) return 0;
  const std::uint64_t key = site.key();
  for (const Deviation& deviation : plan_) {
    if (deviation.key != key) continue;
    for (std::size_t i = 1; i < site.menu.size(); ++i) {
      if (site.menu[i] == deviation.outcome) return static_cast<int>(i);
    }
  }
  return 0;
}

RandomChoices::RandomChoices(std::uint64_t seed) : prng_(seed) {
  for (bool& on : on_) on = prng_.OneIn(2);
  constexpr int kRates[] = {10, 30, 100, 300, 1000};
  one_in_ = kRates[prng_.Below(5)];
}

int RandomChoices::Pick(const Site& site) {
  if (site.menu.size() < 2 || !prng_.OneIn(one_in_)) return 0;
  const int pick = 1 + prng_.Below(static_cast<int>(site.menu.size()) - 1);
  const Fate fate = site.menu[static_cast<std::size_t>(pick)].fate;
  return on_[static_cast<std::size_t>(fate)] ? pick : 0;
}

}  // namespace tidegate::sim
