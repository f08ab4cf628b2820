// What the monitor asks for, polls, gives up on.
#include "host/core/monitor.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/core/picture.h"

namespace tidegate {
namespace {

using test::Drawn;

Status In(ResourceState state, std::uint32_t checkpoint = 0) {
  Status status;
  status.state = state;
  status.checkpoint = checkpoint;
  return status;
}
Instant At(Duration d) { return Instant{} + d; }
Answer Said(EntryPoint entry, bool ok) {
  return {entry, {ok, {.kind = ok ? CauseKind::kNone : CauseKind::kUnhealthy, .entry = entry}}};
}

// The due that answers the last Arm in `effects`.
Due LastArmed(const Effects& effects) {
  Due due{};
  for (const Effect& effect : effects) {
    if (const auto* arm = std::get_if<Arm>(&effect)) due.ticket = arm->ticket;
  }
  return due;
}

std::string Without(std::string text, char from) {  // drops ticket numbers: "#9223..." -> "#"
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == from) {
      while (i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9') ++i;
    }
  }
  return out;
}
std::string Picture(const Effects& effects) { return Without(Drawn(effects), '#'); }

Monitor OnlineMonitor(const MonitorSettings& settings = {}) {
  Monitor monitor(settings);
  (void)monitor.Begin({});
  (void)monitor.Want(true, {}, {});
  (void)monitor.On(In(ResourceState::kOffline), {});
  (void)monitor.On(In(ResourceState::kOnlinePending), {});
  (void)monitor.On(In(ResourceState::kOnline), {});
  return monitor;
}

TEST_CASE("A wanted resource is opened and brought online, then polled") {
  Monitor monitor{MonitorSettings{}};
  CHECK(Picture(monitor.Begin({})) == "\nask open\n");
  CHECK(Picture(monitor.Want(true, {}, {})) == "\n");
  CHECK(Picture(monitor.On(In(ResourceState::kOffline), {})) == "\nask online\n");
  CHECK(Picture(monitor.On(In(ResourceState::kOnlinePending), {})) == "\narm # at 3m\n");
  CHECK(Picture(monitor.On(In(ResourceState::kOnline), At(Seconds(10)))) ==
        "\narm # at 15s\narm # at 70s\n");
}

TEST_CASE("LooksAlive FALSE asks IsAlive at once; IsAlive FALSE terminates") {
  Monitor monitor = OnlineMonitor();
  CHECK(Picture(monitor.On(Said(EntryPoint::kLooksAlive, false), At(Seconds(5)))) ==
        "\nask is_alive\narm # at 2m\narm # at 305s\n");
  CHECK(Picture(monitor.On(Said(EntryPoint::kIsAlive, false), At(Seconds(5)))) ==
        "\nterminate, is_alive: unhealthy\n");
}

TEST_CASE("A failure is terminated, then restarted, and past the threshold given up for an hour") {
  Monitor monitor = OnlineMonitor({.restart_threshold = 2});
  std::string story;
  Effects last;
  for (int i = 0; i < 3; ++i) {
    const Instant now = At(Seconds(10 * (i + 1)));
    story += Picture(monitor.On(In(ResourceState::kFailed), now));
    last = monitor.On(Said(EntryPoint::kTerminate, true), now);
    story += Picture(last);
    if (i == 2) break;
    story += Picture(monitor.On(LastArmed(last), now + Milliseconds(500)));
    (void)monitor.On(In(ResourceState::kOnlinePending), now + Seconds(1));
  }
  CHECK(story == R"(
terminate, none

note restart 1 of 2 within 15m, in 500ms
arm # at 10.5s

ask online

terminate, none

note restart 2 of 2 within 15m, in 500ms
arm # at 20.5s

ask online

terminate, none

note restart threshold passed (2 within 15m); no other node to move it to; next try in 1h
arm # at 3630s
)");
  CHECK(monitor.gave_up());
  CHECK(monitor.settled());
  CHECK(Picture(monitor.On(LastArmed(last), At(Seconds(3630)))) == "\nask online\n");
}

TEST_CASE("Pending without a rising checkpoint for PendingTimeout is terminated") {
  Monitor monitor(MonitorSettings{});
  (void)monitor.Begin({});
  (void)monitor.Want(true, {}, {});
  (void)monitor.On(In(ResourceState::kOffline), {});
  Effects armed = monitor.On(In(ResourceState::kOnlinePending, 0), {});
  CHECK(Picture(monitor.On(In(ResourceState::kOnlinePending, 1), At(Seconds(100)))) == "\n");
  armed = monitor.On(LastArmed(armed), At(Seconds(180)));
  CHECK(Picture(armed) == "\narm # at 280s\n");
  CHECK(Picture(monitor.On(LastArmed(armed), At(Seconds(280)))) ==
        "\nterminate, online: pending without progress for PendingTimeout, 3m\n");
}

TEST_CASE("RestartAction 0 stays failed") {
  Monitor monitor = OnlineMonitor({.restart_action = RestartAction::kDontRestart});
  (void)monitor.On(In(ResourceState::kFailed), {});
  CHECK(Picture(monitor.On(Said(EntryPoint::kTerminate, true), {})) ==
        "\nnote failed and stays so: RestartAction is 0\n");
  CHECK(monitor.settled());
}

TEST_CASE("An operator's offline cancels a pending online by Terminate") {
  Monitor monitor(MonitorSettings{});
  (void)monitor.Begin({});
  (void)monitor.Want(true, {}, {});
  (void)monitor.On(In(ResourceState::kOffline), {});
  (void)monitor.On(In(ResourceState::kOnlinePending), {});
  const Cause asked{.kind = CauseKind::kOperator, .message = "operator asked"};
  CHECK(Picture(monitor.Want(false, asked, {})) == "\nterminate, operator asked\n");
}

TEST_CASE("A poll that is never answered is a deadlock") {
  Monitor monitor = OnlineMonitor({.is_alive_poll_interval = Seconds(600)});
  Effects armed = monitor.On(Said(EntryPoint::kLooksAlive, false), At(Seconds(5)));
  CHECK(Picture(monitor.On(LastArmed(armed), At(Seconds(305)))) ==
        "\nterminate, is_alive: no answer for DeadlockTimeout, 5m\n");
}

TEST_CASE("A question besides the polls leaves their times, and has the deadline of a poll") {
  Monitor monitor = OnlineMonitor();
  CHECK(Picture(monitor.Look(EntryPoint::kIsAlive, At(Seconds(30)))) ==
        "\nask is_alive\narm # at 330s\n");
  CHECK(Picture(monitor.On(Said(EntryPoint::kIsAlive, true), At(Seconds(31)))) == "\n");
  // A bad answer is as bad as a poll's.
  (void)monitor.Look(EntryPoint::kIsAlive, At(Seconds(40)));
  CHECK(Picture(monitor.On(Said(EntryPoint::kIsAlive, false), At(Seconds(41)))) ==
        "\nterminate, is_alive: unhealthy\n");
  CHECK(Picture(monitor.Look(EntryPoint::kIsAlive, At(Seconds(42)))) == "\n");  // it is ending
  Monitor hung = OnlineMonitor();
  const Effects asked = hung.Look(EntryPoint::kIsAlive, At(Seconds(30)));
  CHECK(Picture(hung.On(LastArmed(asked), At(Seconds(330)))) ==
        "\nterminate, is_alive: no answer for DeadlockTimeout, 5m\n");
}

}  // namespace
}  // namespace tidegate
