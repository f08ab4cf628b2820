// Our own control codes about versions: the swap, the history, the end of a quarantine.
#include "host/apps/resource_dll/control_codes.h"
#include "host/apps/resource_dll/controls.h"
#include "host/apps/resource_dll/policy_library.h"
#include "host/apps/resource_dll/utf16.h"
#include "host/core/limits.h"
#include "host/env/clock.h"

namespace tidegate {
namespace {

using SharedInstance = std::shared_ptr<ResourceInstance>;
using Done = std::function<void(ControlReply)>;

// Whether the policy may run here.
Outcome Allowed(const ResourceInstance& resource, const Properties& stored,
                const LoadedPolicy& policy) {
  const Result<Properties> ours = TypedValues(PrivateSpecs({}), stored);
  if (!ours) return ours.error();
  if (Outcome same = CheckDigest(*ours, policy); !same) return same;
  const Result<Grants> grants = GrantsIn(*ours);
  if (!grants) return grants.error();
  if (Outcome granted = CheckGranted(*grants, policy); !granted) return granted;
  return CheckQuarantine(resource.host()->versions().Recall(resource.name()), resource.name(),
                         *policy.program, limits::kSwapQuarantine,
                         " (control code 0x01200011 tells why); to try it all the same: control "
                         "code 0x01600016 first");
}

// PolicyPath follows the swap. Two of its writes may be under way at once: when the version is
// rolled back while the first is, the second must be the last.
class PathKeeper {
 public:
  PathKeeper(SharedInstance resource, std::string given, std::string before)
      : resource_(std::move(resource)), given_(std::move(given)), before_(std::move(before)) {}

  Outcome Follow() {
    const std::scoped_lock lock(mutex_);
    if (given_.empty() || undone_) return Ok();
    return Write(given_);
  }

  // The next online must not bring back what was rolled back.
  void Undo() {
    const std::scoped_lock lock(mutex_);
    undone_ = true;
    if (given_.empty() || given_ == before_) {
      resource_->Log(Level::kWarning, before_ +
                                          " has the version that was rolled back: put the version "
                                          "before it back there, or the next online runs what it "
                                          "has");
    }
    const Result<Properties> stored = resource_->parameters().Read();
    if (stored && PolicyPathOf(*stored) == before_) return;
    if (const Outcome kept = Write(before_); !kept) {
      resource_->Log(Level::kError, "PolicyPath still names the version that was rolled back: " +
                                        kept.error().detail);
    }
  }

 private:
  Outcome Write(const std::string& path) {
    return resource_->parameters().Write(std::string(kPolicyPath), path);
  }

  Mutex mutex_;
  const SharedInstance resource_;
  const std::string given_;
  const std::string before_;
  bool undone_ = false;
};

std::string WhoAsks(const ResourceInstance& resource, const std::string& user) {
  return user.empty() ? "a control code" : resource.system().AccountOf(user);
}

// What the next host is to find: which policy it is, then how that came about.
Outcome Keep(const ResourceInstance& resource, PathKeeper& keeper) {
  if (Outcome followed = keeper.Follow(); !followed) return followed;
  Outcome written = resource.host()->versions().Flush(resource.name());
  if (written) return written;
  return Error{written.error().code, "",
               "the policy is swapped, but its history is not on disk: " + written.error().detail};
}

ControlReply ReplyOf(const ResourceInstance& resource, const Outcome& outcome) {
  return outcome ? ControlReply{} : Refused(resource, outcome.error());
}

}  // namespace

void SwapPolicy(const std::shared_ptr<ResourceInstance>& resource, std::span<const std::byte> in,
                const std::string& user, const Done& done) {
  const Result<Properties> stored = resource->parameters().Read();
  if (!stored) return done(Refused(*resource, stored.error()));
  SwapTo(resource, *stored, ToUtf8(reinterpret_cast<const char16_t*>(in.data()), in.size() / 2),
         user, done);
}

void SwapTo(const std::shared_ptr<ResourceInstance>& resource, const Properties& stored,
            const std::string& given, const std::string& user, const Done& done) {
  const std::string before = PolicyPathOf(stored);
  const std::string path = given.empty() ? before : given;
  const auto policy = resource->LoadPolicy(path);
  if (!policy) return done(Refused(*resource, policy.error()));
  if (const Outcome allowed = Allowed(*resource, stored, **policy); !allowed) {
    return done(Refused(*resource, allowed.error()));
  }
  const auto keeper = std::make_shared<PathKeeper>(resource, given, before);
  if (resource->running() == nullptr) return done(ReplyOf(*resource, keeper->Follow()));
  const auto swapped = [resource, keeper, done](const Outcome& outcome) {
    if (!outcome) return done(Refused(*resource, outcome.error()));
    // The cluster database may block, and this is the lane's thread.
    const bool started = resource->jobs().Start(
        [resource, keeper, done] { done(ReplyOf(*resource, Keep(*resource, *keeper))); });
    if (!started) done({static_cast<abi::Dword>(ErrorCode::kBusy), {}});
  };
  HistoryEntry entry = EntryOf((*policy)->manifest, WhoAsks(*resource, user));
  entry.file = path;
  resource->Swap(
      {.policy = *policy, .entry = std::move(entry), .done = swapped, .undone = [keeper] {
         keeper->Undo();
       }});
}

ControlReply TellHistory(const ResourceInstance& resource) {
  const std::string text =
      HistoryText(resource.name(), resource.host()->versions().Recall(resource.name()));
  const auto bytes = std::as_bytes(std::span(text));
  return {abi::kSuccess, {bytes.begin(), bytes.end()}};
}

ControlReply LiftQuarantine(const ResourceInstance& resource, const std::string& user) {
  Versions& versions = resource.host()->versions();
  (void)versions.Recall(resource.name());
  HistoryEntry entry;
  entry.time = WallClock();
  entry.by = WhoAsks(resource, user);
  entry.outcome = "quarantine lifted";
  return ReplyOf(resource, versions.Change(resource.name(), [&](VersionRecord& record) {
    record.rollbacks.clear();
    record.history.push_back(entry);
  }));
}

}  // namespace tidegate
