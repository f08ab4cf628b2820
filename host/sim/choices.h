// Choices is everything that can differ between two simulated runs: Pick answers which entry of the
// site's menu happens, 0 being the nominal one.
//
// Exhaustive search and shrinking are loops over plans (explore.h, shrink.h), so two
// implementations are enough: what a plan says, and chance.
#pragma once

#include <array>
#include <vector>

#include "host/sim/plan.h"
#include "host/sim/prng.h"

namespace tidegate::sim {

class Choices {
 public:
  virtual ~Choices() = default;
  virtual int Pick(const Site& site) = 0;
  // It will answer 0 whatever it is asked, and need not be.
  virtual bool Nominal() const { return false; }
};

// Nominal but for what the plan says. A deviation that its site does not offer is not applied.
class PlannedChoices final : public Choices {
 public:
  explicit PlannedChoices(const Plan& plan) : plan_(plan) {}
  int Pick(const Site& site) override;
  bool Nominal() const override { return plan_.empty(); }

 private:
  const Plan& plan_;
};

// Chance with swarm: a random half of the fates is off for the whole run, so that those that are on
// meet each other more often. Each run has its own rate of deviations, spread over decades.
class RandomChoices final : public Choices {
 public:
  explicit RandomChoices(std::uint64_t seed);
  int Pick(const Site& site) override;

 private:
  Prng prng_;
  std::array<bool, kFates> on_{};
  int one_in_ = 100;
};

}  // namespace tidegate::sim
