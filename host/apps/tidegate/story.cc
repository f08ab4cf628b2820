// Which events become lines.
#include "host/apps/tidegate/story.h"

#include "host/apps/tidegate/terminal.h"
#include "host/core/line.h"
#include "host/core/text.h"

namespace tidegate {
namespace {

constexpr const char* kResource = "vol1";

Colour ColourOf(ResourceState state) {
  if (state == ResourceState::kOnline) return Colour::kGreen;
  if (state == ResourceState::kFailed) return Colour::kRed;
  return IsPending(state) ? Colour::kYellow : Colour::kPlain;
}

}  // namespace

void Story::Tell(const std::string& who, const std::string& what) {
  const Duration t = Now() - began_;
  static const bool kColours = ColoursOn(1);
  std::printf("%6.2fs  %-7s %s\n", static_cast<double>(t.ns) / 1e9,
              Paint(who, who == kResource ? Colour::kPlain : Colour::kDim, kColours).c_str(),
              what.c_str());
  std::fflush(stdout);
  ++lines_;
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
  const OpInfo& info = Info(call);
  if (info.capability == Capability::kStore || std::holds_alternative<VolumeClose>(call)) return;
  const bool poll = state_ == ResourceState::kOnline;
  if (poll && (std::holds_alternative<VolumeOpen>(call) || !told_.insert(info.name).second) &&
      reply.ok()) {
    return;
  }
  Tell(kResource, "  " + Text(call) + "  ->  " + Text(reply) +
                      (poll && reply.ok() ? "   (and so on, at every poll)" : ""));
}

void Story::Report(ResourceId id, const Status& status) {
  {
    const std::lock_guard lock(mutex_);
    static const bool kColours = ColoursOn(1);
    if (status.state != state_) {
      const std::string cause =
          status.cause ? ": " + PrintableLine(Text(status.cause), 400) : std::string();
      Tell(kResource, Paint(Name(status.state), ColourOf(status.state), kColours) + cause);
    }
    if (status.state == ResourceState::kOnline) told_.clear();
    state_ = status.state;
  }
  inner().Report(id, status);
}

void Story::Log(ResourceId, Level level, std::string_view text) {
  if (level == Level::kDebug) return;
  const std::lock_guard lock(mutex_);
  Tell(kResource, PrintableLine(text, 400));
}

}  // namespace tidegate
