// Applying faults to a running host.
#include "host/core/fault_env.h"

#include <algorithm>
#include <utility>

#include "host/core/limits.h"
#include "host/core/nearest.h"

namespace tidegate {
namespace {

// Ours among the tickets of a resource. Lanes and monitors use the two bits above.
constexpr std::uint64_t kFaultBit = 1ull << 61;

struct Site {
  std::string_view name;
  const OpInfo* info;
};

const std::vector<Site>& Sites() {
  static const std::vector<Site> kSites = []<std::size_t... I>(std::index_sequence<I...>) {
    std::vector<Site> sites;
    const auto add = [&](const Call& call) { sites.push_back({Info(call).name, &Info(call)}); };
    (add(Call(std::in_place_index<I>)), ...);
    std::erase_if(sites, [](const Site& s) { return s.name == TimerSleep::Info().name; });
    return sites;
  }
  (std::make_index_sequence<std::variant_size_v<Call>>());
  return kSites;
}

std::string CodesOf(const OpInfo& info) {
  std::string text;
  for (const ErrorCode code : info.errors) {
    text += (text.empty() ? "" : ", ") + std::string(Name(code)).substr(6);
  }
  return text;
}

// What is wrong with a line for a running host; empty when nothing is.
std::string Objection(const Deviation& line) {
  const Fate fate = line.outcome.fate;
  if (const std::string_view why = Refusal(fate); !why.empty()) {
    return std::string(Word(fate)) + " is for the simulator: " + std::string(why);
  }
  const std::optional<Label> label = ParseLabel(line.label);
  if (!label) return "not a label: " + line.label;
  const auto site = std::ranges::find(Sites(), label->what, &Site::name);
  if (site == Sites().end()) {
    std::vector<std::string_view> names;
    for (const Site& s : Sites()) names.push_back(s.name);
    return "a running host injects into operations; none is called " + std::string(label->what) +
           Suggestion(label->what, names);
  }
  if (fate == Fate::kSlow || fate == Fate::kHangs) {
    if (site->info->blocking) return "";
    return std::string(site->name) + " answers at once: it can neither be slow nor hang";
  }
  if (std::ranges::find(site->info->errors, line.outcome.code) == site->info->errors.end()) {
    return std::string(site->name) + " cannot fail with " +
           std::string(Name(line.outcome.code)).substr(6) + "; it can with " + CodesOf(*site->info);
  }
  return "";
}

}  // namespace

std::string_view Refusal(Fate fate) {
  switch (fate) {
    case Fate::kNominal:
    case Fate::kFails:
    case Fate::kFailsAfterEffect:
    case Fate::kFailsFromNowOn:
    case Fate::kSlow:
    case Fate::kHangs:
      return "";
    case Fate::kStale:
      return "what was true before the latest change is not known here";
    case Fate::kCrashesBefore:
    case Fate::kCrashesAfter:
    case Fate::kReboots:
      return "it would take this machine's power";
    case Fate::kHostKilled:
      return "end this process with kill -9 instead";
    case Fate::kPolicySwapped:
      return "use tidegate swap instead";
    case Fate::kIntruderOpens:
      return "open the volume with a program of your own instead";
    case Fate::kDiskGone:
    case Fate::kDiskReadOnly:
    case Fate::kDiskFull:
    case Fate::kReservationLost:
      return "only there are disks that can be taken away and given back";
    case Fate::kPartitioned:
    case Fate::kPartitionedOneWay:
      return "only there is a network to cut";
    case Fate::kClockSteps:
    case Fate::kClockDrifts:
      return "this machine's clock serves others too";
    case Fate::kOperatorMoves:
    case Fate::kOperatorTakesOffline:
      return "use tidegate offline, or the cluster's own commands, instead";
    case Fate::kSecondFirst:
      return "the order of two events at one instant is the machine's here";
    case Fate::kOtherReading:
      return "here the cluster is what it is";
  }
  return "a running host does not know it";
}

Outcome CheckFaults(const Plan& plan, std::string_view file) {
  for (const Deviation& line : plan) {
    const std::string objection = Objection(line);
    if (objection.empty()) continue;
    return Error{ErrorCode::kInvalidParameter, "",
                 std::string(file) + ":" + std::to_string(line.line) + ": " + objection};
  }
  return Ok();
}

FaultEnv::FaultEnv(Env& inner, EventSink& mail, Plan plan, std::string_view node)
    : EnvTap(inner), mail_(mail), node_(node), resources_(limits::kResources) {
  for (Deviation& deviation : plan) {
    if (ParseLabel(deviation.label)->node != node) continue;
    lines_.push_back(std::make_unique<Line>());
    lines_.back()->deviation = std::move(deviation);
  }
}

void FaultEnv::Register(ResourceId id, const std::string& name) {
  resources_[id.index] = std::make_unique<Faulted>();
  resources_[id.index]->name = name;
}

Ticket FaultEnv::NewTicket(Faulted& resource) { return {kFaultBit | ++resource.last_ticket}; }

void FaultEnv::Answer(ResourceId id, Ticket ticket, Reply reply) {
  mail_.Post(id, {Now(), Completed{ticket, std::move(reply)}});
}

std::optional<Fault> FaultEnv::Meets(ResourceId id, Faulted& resource, std::string_view what) {
  const int nth = ++resource.counts[what];
  if (const auto it = resource.fails_from_now_on.find(what);
      it != resource.fails_from_now_on.end()) {
    return Fault{Fate::kFails, it->second};
  }
  const std::uint64_t key = SiteKey(node_, resource.name, what, nth);
  for (const std::unique_ptr<Line>& line : lines_) {
    if (line->deviation.key != key) continue;
    line->applied = true;
    return Meet(id, resource, what, nth, line->deviation.outcome);
  }
  for (const Deviation& line : resource.injected) {
    if (line.key == key) return Meet(id, resource, what, nth, line.outcome);
  }
  return std::nullopt;
}

Fault FaultEnv::Meet(ResourceId id, Faulted& resource, std::string_view what, int nth,
                     const Fault& fault) {
  if (fault.fate == Fate::kFailsFromNowOn) resource.fails_from_now_on[what] = fault.code;
  if (told_) told_(id, std::string(what) + "#" + std::to_string(nth) + " " + Text(fault));
  return fault;
}

void FaultEnv::Inject(ResourceId id, Plan plan) {
  Faulted& resource = *resources_[id.index];
  for (Deviation& line : plan) {
    const std::optional<Label> label = ParseLabel(line.label);
    line.key = SiteKey(node_, resource.name, label->what, label->nth);
  }
  resource.injected = std::move(plan);
  resource.counts.clear();
  resource.fails_from_now_on.clear();
}

void FaultEnv::Submit(ResourceId id, Ticket ticket, const Call& call) {
  Faulted* resource = resources_[id.index].get();
  const std::optional<Fault> fault =
      resource != nullptr ? Meets(id, *resource, Info(call).name) : std::nullopt;
  if (!fault) return inner().Submit(id, ticket, call);
  Apply(id, *resource, ticket, call, *fault);
}

void FaultEnv::Apply(ResourceId id, Faulted& resource, Ticket ticket, const Call& call,
                     const Fault& fault) {
  const bool closes = GivesBack(call);
  if (fault.fate == Fate::kSlow || fault.fate == Fate::kHangs) {
    const Ticket ours = NewTicket(resource);
    resource.waiting[ours.number] = {ticket, call, fault};
    const Duration time = fault.fate == Fate::kSlow ? limits::kFaultSlow : limits::kFaultHangs;
    return inner().Arm(id, ours, Now() + time);
  }
  // A handle that was asked to close is gone, whatever the answer.
  if (fault.fate == Fate::kFailsAfterEffect || closes) {
    resource.waiting[ticket.number] = {ticket, call, fault};
    return inner().Submit(id, ticket, call);
  }
  Answer(id, ticket, Failure(fault.code, "injected"));
}

bool FaultEnv::Intercept(ResourceId id, Faulted& resource, Event& event) {
  if (const auto* due = std::get_if<Due>(&event.what)) {
    const auto waiting = resource.waiting.extract(due->ticket.number);
    if (!waiting) return true;
    const Waiting& late = waiting.mapped();
    const bool closes = GivesBack(late.call);
    if (late.fault.fate == Fate::kSlow || closes) {
      inner().Submit(id, late.ticket, late.call);
    } else {
      Answer(id, late.ticket, Failure(ErrorCode::kOperationAborted, "injected: it hung"));
    }
    return false;
  }
  auto* completed = std::get_if<Completed>(&event.what);
  if (completed == nullptr) return true;
  if ((completed->ticket.number & kFaultBit) != 0)
    return false;  // a handle that nobody was told of
  const auto waiting = resource.waiting.extract(completed->ticket.number);
  if (!waiting || !completed->reply.ok()) return true;
  if (const VolumeHandle* opened = OpenedHandle(completed->reply)) {
    inner().Submit(id, NewTicket(resource), VolumeClose{*opened});
  }
  completed->reply = Failure(waiting.mapped().fault.code, "injected, after its effect");
  return true;
}

void FaultEnv::Post(ResourceId id, Event event) {
  Faulted* resource = resources_[id.index].get();
  if (resource == nullptr || Intercept(id, *resource, event)) EnvTap::Post(id, std::move(event));
}

Plan FaultEnv::NotApplied() const {
  Plan left;
  for (const std::unique_ptr<Line>& line : lines_) {
    if (!line->applied) left.push_back(line->deviation);
  }
  return left;
}

}  // namespace tidegate
