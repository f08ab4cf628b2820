// Which events become lines.
#include "host/apps/tidegate/story.h"

#include <cstdio>
#include <utility>

#include "host/apps/tidegate/terminal.h"
#include "host/core/line.h"
#include "host/core/text.h"

namespace tidegate {
namespace {

Colour ColourOf(ResourceState state) {
  if (state == ResourceState::kOnline) return Colour::kGreen;
  if (state == ResourceState::kFailed) return Colour::kRed;
  return IsPending(state) ? Colour::kYellow : Colour::kPlain;
}

// "mount", "is_dirty false", "probe ERROR_IO_DEVICE (EIO: /dev/loop0)"
std::string Step(const Call& call, const Reply& reply) {
  const std::string_view name = Info(call).name;
  std::string step(name.substr(name.find('.') + 1));
  const std::string answer = Text(reply);
  const bool tells = std::holds_alternative<bool>(reply.value) || !reply.ok();
  if (tells) step += " " + (reply.ok() ? answer.substr(answer.find(' ') + 1) : answer);
  return step;
}

}  // namespace

void Story::Line(const std::string& who, std::string what) {
  if (const std::string prefix = folder_ + "/"; !folder_.empty()) {
    for (std::size_t at = what.find(prefix); at != std::string::npos; at = what.find(prefix, at)) {
      what.erase(at, prefix.size());
    }
  }
  const Duration t = Now() - began_;
  std::printf("%6.2fs  %-9s %s\n", static_cast<double>(t.ns) / 1e9, who.c_str(), what.c_str());
  std::fflush(stdout);
}

void Story::Tell(const std::string& who, const std::string& what) {
  const std::lock_guard lock(mutex_);
  Line(who, what);
}

void Story::TellSteps() {
  if (!steps_.empty()) Line(who_, "  " + std::exchange(steps_, {}));
}

void Story::Submit(ResourceId id, Ticket ticket, const Call& call) {
  {
    const std::lock_guard lock(mutex_);
    asked_.emplace(ticket.number, call);
  }
  inner().Submit(id, ticket, call);
}

void Story::Post(ResourceId id, Event event) {
  if (const auto* completed = std::get_if<Completed>(&event.what)) {
    const std::lock_guard lock(mutex_);
    if (auto asked = asked_.extract(completed->ticket.number)) {
      Answered(asked.mapped(), completed->reply);
    }
  }
  EnvTap::Post(id, std::move(event));
}

void Story::Answered(const Call& call, const Reply& reply) {
  const bool poll = state_ == ResourceState::kOnline;
  if (poll || Info(call).capability == Capability::kStore || GivesBack(call)) {
    return;
  }
  steps_ += (steps_.empty() ? "" : ", ") + Step(call, reply);
}

void Story::Report(ResourceId id, const Status& status) {
  {
    const std::lock_guard lock(mutex_);
    static const bool kColours = ColoursOn(1);
    if (status.state != state_) {
      TellSteps();
      const std::string cause =
          status.cause ? ": " + PrintableLine(Text(status.cause), 400) : std::string();
      Line(who_, Paint(Name(status.state), ColourOf(status.state), kColours) + cause);
    }
    state_ = status.state;
  }
  inner().Report(id, status);
}

void Story::Log(ResourceId, Level level, std::string_view text) {
  if (level == Level::kDebug) return;
  const std::lock_guard lock(mutex_);
  TellSteps();
  Line(who_, PrintableLine(text, 400));
}

}  // namespace tidegate
