// Plans as text: what is read is written back, and what is wrong is named.
#include "host/sim/plan.h"

#include <catch2/catch_test_macros.hpp>

namespace tidegate::sim {
namespace {

std::string Problem(const std::string& text) {
  const Result<Plan> plan = ParsePlan(text, "x.plan");
  return plan ? "" : plan.error().detail;
}

TEST_CASE("a plan is read and written", "[sim]") {
  const Result<Plan> plan = ParsePlan(
      "# why: nobody knows\n\n"
      "  A vol1 volume.offline#1 fails NOT_READY  \r\n"
      "B vol2 order#12 second_first\n");
  REQUIRE(plan.ok());
  CHECK(Text(*plan) == "A vol1 volume.offline#1 fails NOT_READY\nB vol2 order#12 second_first\n");
  CHECK((*plan)[0].line == 3);
  CHECK((*plan)[1].line == 4);
}

TEST_CASE("every outcome of every menu is read back as it is written", "[sim]") {
  const auto each = [](Menu menu) {
    for (std::size_t i = 1; i < menu.size(); ++i) {
      CHECK(ParseFault(Text(menu[i])) == menu[i]);
    }
  };
  each(EntryMenu());
  each(OrderMenu());
  each(ReadingMenu());
  each(MenuOf(VolumeOpen{}, true));
  each(MenuOf(VolumeIsMounted{}, true));
  each(MenuOf(VolumeMount{}, true));
}

TEST_CASE("a site's key is its label's", "[sim]") {
  const Site site{"A", "vol1", "volume.lock", 3, MenuOf(VolumeLock{}, false)};
  const Result<Plan> plan = ParsePlan(site.label() + " hangs");
  REQUIRE(plan.ok());
  CHECK(plan->front().key == site.key());
}

TEST_CASE("what is wrong with a plan is named with its line", "[sim]") {
  CHECK(Problem("A vol1 volume.offline#1 fails NOT_READY\nA vol1 hangs\n") ==
        "x.plan:2: expected NODE RESOURCE SITE#N OUTCOME, such as "
        "\"A vol1 volume.offline#1 fails NOT_READY\"");
  CHECK(Problem("A vol1 volume.offline#0 hangs") ==
        "x.plan:1: after # comes which one it is, a number from 1 on");
  CHECK(Problem("A vol1 volume.offline#1 hang") ==
        "x.plan:1: no outcome \"hang\", did you mean hangs?");
  CHECK(Problem("A vol1 volume.offline#1 fails") ==
        "x.plan:1: no outcome \"fails\"; written like \"fails NOT_READY\" or \"hangs\"");
  CHECK(Problem("A vol1 online#1 reboots\nA vol1 online#1 disk_gone") ==
        "x.plan:2: A vol1 online#1 deviates already in line 1");
}

}  // namespace
}  // namespace tidegate::sim
