// An Env is everything that a resource can touch outside itself: the clock, devices, timers, the
// cluster that listens, the log.
//
// Why a seam of five methods: whoever implements them (Linux, Windows, the simulator, replay)
// decides what is real, and whoever wraps them (faults, traces) does so for all of them alike.
//
// Threading: an Env may be called from several lanes at once. It answers by events to its sink,
// never from inside the call that it answers.
#pragma once

#include <string_view>

#include "host/core/effect.h"

namespace tidegate {

class Recorder;

class Env {
 public:
  virtual ~Env() = default;
  // Who else is told what lanes do; null: nobody.
  virtual Recorder* recorder() { return nullptr; }
  virtual Instant Now() const = 0;
  // Performs `call` for `id`; answered later by exactly one Completed{ticket}.
  virtual void Submit(ResourceId id, Ticket ticket, const Call& call) = 0;
  // Answered by Due{ticket} at `due` or a little later, never earlier.
  virtual void Arm(ResourceId id, Ticket ticket, Instant due) = 0;
  virtual void Report(ResourceId id, const Status& status) = 0;
  virtual void Log(ResourceId id, Level level, std::string_view text) = 0;
};

// Where an Env delivers its answers. Events of one resource come one at a time, in order; those of
// different resources may come at once.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void Post(ResourceId id, Event event) = 0;
};

// Forwards everything to another Env; a fault or a trace overrides what concerns it.
class EnvWrapper : public Env {
 public:
  explicit EnvWrapper(Env& inner) : inner_(inner) {}
  Recorder* recorder() override { return inner_.recorder(); }
  Instant Now() const override { return inner_.Now(); }
  void Submit(ResourceId id, Ticket ticket, const Call& call) override {
    inner_.Submit(id, ticket, call);
  }
  void Arm(ResourceId id, Ticket ticket, Instant due) override { inner_.Arm(id, ticket, due); }
  void Report(ResourceId id, const Status& status) override { inner_.Report(id, status); }
  void Log(ResourceId id, Level level, std::string_view text) override {
    inner_.Log(id, level, text);
  }

 protected:
  Env& inner() const { return inner_; }

 private:
  Env& inner_;
};

// Stands between an Env and an engine and sees both directions: what is asked and what is answered.
// Recorders, stories and faults are taps.
class EnvTap : public EnvWrapper, public EventSink {
 public:
  using EnvWrapper::EnvWrapper;
  // Before the first event.
  void Forward(EventSink& to) { to_ = &to; }
  void Post(ResourceId id, Event event) override { to_->Post(id, std::move(event)); }

 private:
  EventSink* to_ = nullptr;
};

}  // namespace tidegate
