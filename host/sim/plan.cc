// Labels of sites.
#include "host/sim/plan.h"

namespace tidegate::sim {

std::uint64_t Site::key() const { return SiteKey(node, resource, what, nth); }

std::string Site::label() const {
  return std::string(node) + " " + std::string(resource) + " " + std::string(what) + "#" +
         std::to_string(nth);
}

Deviation MakeDeviation(const Site& site, const Outcome& outcome) {
  return {site.label(), site.key(), outcome, 0};
}

}  // namespace tidegate::sim
