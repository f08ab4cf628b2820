// What of everything is recorded.
#include "host/core/trace_env.h"

#include <utility>

namespace tidegate {
namespace {

bool Resumes(const Effects& effects) {
  for (const Effect& effect : effects) {
    if (std::holds_alternative<Resume>(effect)) return true;
  }
  return false;
}

}  // namespace

void TraceEnv::Hosts(ResourceId id, Instant at, const Hosting& hosting) {
  std::unique_ptr<Recording>& recording = rings_[id.index];
  if (!recording) {
    recording = std::make_unique<Recording>(budget_);
    recording->resource = hosting.resource;
    recording->node = hosting.node;
    recording->began = at;
  }
  recording->ring.Hosts(at, hosting);
}

void TraceEnv::Wants(ResourceId id, Instant at, bool online, const Cause& cause) {
  if (Recording* r = Of(id)) r->ring.Add(at, Wanted{online, cause});
}

void TraceEnv::ToldTime(ResourceId id, Task task, int nth, Instant now) {
  if (Recording* r = Of(id)) r->ring.Add(now, tidegate::ToldTime{task, nth, now});
}

void TraceEnv::KeepsState(ResourceId id, Instant at, const std::string& json) {
  if (Recording* r = Of(id)) r->ring.State(at, json);
}

void TraceEnv::Stepped(ResourceId id, const Event& event, const Effects& effects) {
  Recording* r = Of(id);
  if (r == nullptr) return;
  trace::Ring& ring = r->ring;
  const bool asked = std::holds_alternative<Yielded>(event.what);
  std::visit(
      [&]<class What>(const What& what) {
        if constexpr (std::is_same_v<What, Completed>) {
          if (!Resumes(effects)) ring.Add(event.at, what);
        } else if constexpr (!std::is_same_v<What, Due>) {
          ring.Add(event.at, what);
        }
      },
      event.what);
  for (const Effect& effect : effects) {
    std::visit(
        [&]<class What>(const What& what) {
          if constexpr (std::is_same_v<What, tidegate::Submit>) {
            if (!asked) ring.Add(event.at, what);
          } else if constexpr (std::is_same_v<What, Run> || std::is_same_v<What, Resume> ||
                               std::is_same_v<What, Cancel> || std::is_same_v<What, Swap> ||
                               std::is_same_v<What, tidegate::Report> ||
                               std::is_same_v<What, Answer>) {
            ring.Add(event.at, what);
          }
        },
        effect);
  }
}

void TraceEnv::Log(ResourceId id, Level level, std::string_view text) {
  if (Recording* r = Of(id)) r->ring.AddNote(Now(), level, text);
  inner().Log(id, level, text);
}

void TraceEnv::Report(ResourceId id, const Status& status) {
  inner().Report(id, status);
  Recording* r = Of(id);
  if (r == nullptr) return;
  const ResourceState before = std::exchange(r->state, status.state);
  const bool failed = status.state == ResourceState::kFailed && before != ResourceState::kFailed;
  if (failed && failed_) failed_(id, status);
}

std::optional<Trace> TraceEnv::Take(ResourceId id) const {
  const Recording* r = rings_[id.index].get();
  if (r == nullptr) return std::nullopt;
  Trace trace;
  trace.resource = r->resource;
  trace.node = r->node;
  trace.clock = r->began;
  r->ring.Read(trace);
  return trace;
}

}  // namespace tidegate
