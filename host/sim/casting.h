// A Casting gives each instance of a simulation its repertoire, one for each version of the policy.
#pragma once

#include <memory>
#include <vector>

#include "host/sim/repertoire.h"
#include "host/sim/simulation.h"

namespace tidegate::sim {

class Simulation::Casting {
 public:
  Casting(const Scenario& scenario, std::size_t cells) : learns_(scenario.learns), roles_(cells) {}

  // Null: policies are made as in life.
  PolicyMaker* MakerFor(std::size_t cell) { return learns_ ? &roles_[cell] : nullptr; }
  std::size_t turns_learnt() const {
    std::size_t turns = 0;
    for (const Role& role : roles_) {
      for (const auto& repertoire : role.repertoires) turns += repertoire->turns_learnt();
    }
    return turns;
  }

 private:
  struct Role final : PolicyMaker {
    Result<std::unique_ptr<Policy>> Make(const std::shared_ptr<const CompiledPolicy>& program,
                                         const SandboxLimits& limits, PolicyHost& host) override {
      for (const auto& known : repertoires) {
        if (known->compiled() == program) {
          return std::unique_ptr<Policy>(std::make_unique<Player>(*known, host));
        }
      }
      auto repertoire = std::make_unique<Repertoire>(program, limits);
      if (const tidegate::Outcome begun = repertoire->Begin(); !begun) return begun.error();
      repertoires.push_back(std::move(repertoire));
      return std::unique_ptr<Policy>(std::make_unique<Player>(*repertoires.back(), host));
    }
    std::vector<std::unique_ptr<Repertoire>> repertoires;
  };

  bool learns_;
  std::vector<Role> roles_;
};

}  // namespace tidegate::sim
