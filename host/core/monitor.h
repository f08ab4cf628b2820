// A Monitor is what the Windows Resource Monitor is to a resource DLL: it polls, times, terminates
// and restarts one resource, by the properties that operators of clusters know.
//
// Source: "Resource Common Properties", "Implementing IsAlive", Windows Failover Cluster. Under a
// real cluster the cluster does this and no Monitor exists.
//
// Ownership: owns nothing. Threading: none. The caller serializes.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "host/core/digest.h"
#include "host/core/effect.h"

namespace tidegate {

enum class RestartAction : std::uint8_t {
  kDontRestart = 0,
  kRestartNoNotify = 1,  // restart here; past the threshold stay failed
  kRestartNotify = 2,    // restart here; past the threshold move to another node
};

struct MonitorSettings {
  Duration looks_alive_poll_interval = Seconds(5);
  Duration is_alive_poll_interval = Seconds(60);
  Duration pending_timeout = Seconds(180);
  Duration deadlock_timeout = Seconds(300);
  RestartAction restart_action = RestartAction::kRestartNotify;
  std::uint32_t restart_threshold = 3;
  Duration restart_period = Seconds(900);
  Duration restart_delay = Milliseconds(500);
  Duration retry_period_on_failure = Seconds(3600);
  bool operator==(const MonitorSettings&) const = default;
};

class Monitor {
 public:
  explicit Monitor(const MonitorSettings& settings) : settings_(settings) {}

  // The host has the resource now. Opens it; Want() may be said before or after.
  Effects Begin(Instant now);
  // What the operator wants. Online again after failures counts them from zero.
  Effects Want(bool online, const Cause& cause, Instant now);
  Effects On(const Status& status, Instant now);
  Effects On(const Answer& answer, Instant now);
  Effects On(const Due& due, Instant now);
  // A question besides the polls, whose times go on as they were.
  Effects Look(EntryPoint poll, Instant now);

  // Tells the monitor's tickets from the resource's.
  static bool Owns(Ticket ticket) { return (ticket.number & kMonitorBit) != 0; }

  bool wants_online() const { return wants_online_; }
  int restarts() const { return restarts_; }
  // Past the threshold: it is for another node to try, or for the operator.
  bool gave_up() const { return gave_up_; }
  // Nothing more will happen until somebody asks: what a host waits for before it ends.
  bool settled() const;

  // Everything that decides how it goes on, relative to `now`; failures by their number alone, so
  // only good for less than RestartPeriod.
  void Describe(Digest& digest, Instant now) const;

  void Change(const MonitorSettings& settings) { settings_ = settings; }
  const MonitorSettings& settings() const { return settings_; }

 private:
  static constexpr std::uint64_t kMonitorBit = 1ull << 63;

  // One of each is armed at a time; an older one that still comes due is no longer named here.
  struct Timer {
    Ticket ticket;
    Instant due;
  };
  void Set(Timer& timer, Instant due);
  void Stop(Timer& timer) { timer.ticket = {}; }

  void Poll(EntryPoint entry, Timer& timer, Duration interval);
  void Await(EntryPoint poll);
  void StopPolling();
  void Failed(const Status& status);
  void AfterTerminate();
  void Restart();
  void Collect(Effects& out, Instant now) {
    out_ = &out;
    now_ = now;
  }
  template <class E>
  void Emit(E effect) {
    out_->Add(std::move(effect));
  }

  MonitorSettings settings_;
  ResourceState state_ = ResourceState::kInitializing;
  std::uint32_t checkpoint_ = 0;
  bool wants_online_ = false;
  bool terminating_ = false;
  bool asked_is_alive_ = false;
  bool gave_up_ = false;
  int restarts_ = 0;
  std::vector<Instant> failures_;  // within restart_period

  Timer looks_alive_;
  Timer is_alive_;
  Timer progress_;  // PendingTimeout, pushed on by every rising checkpoint
  Timer answer_;    // DeadlockTimeout of a poll
  Timer restart_;
  std::uint64_t last_ticket_ = kMonitorBit;

  Instant now_;
  Effects* out_ = nullptr;  // of the call that is being answered
};

}  // namespace tidegate
