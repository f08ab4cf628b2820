// First the marks of this name or mount point: the first whose volume is still there is the answer,
// wherever its name leads by now. Without one, what is mounted at the mount point decides, and only
// there is the name asked: the same volume is ours, another one is not, and where the name leads
// nowhere nobody can tell.
#include "host/env/linux/ours.h"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace tidegate {
namespace {

Error NothingUp(const std::string& why) { return {ErrorCode::kNotFound, "", why}; }

bool Concerns(const Mark& mark, const VolumeOurs& op, const std::string& where) {
  return mark.name == op.path || (!where.empty() && mark.where == where);
}

// What is mounted where an image's link would be, or a file system on top.
struct Found {
  std::string what;
  bool of_a_disk = false;
};
std::optional<Found> FoundAt(const std::string& where) {
  if (const std::optional<MountPoint> m = OnTop(where))
    return Found{m->source, major(m->device) != 0 || m->type == "btrfs"};
  // Hidden by a mount above it.
  const std::vector<MountPoint> stack = StackAt(where);
  if (!stack.empty()) return Found{stack.back().source, true};
  struct stat s = {};
  if (lstat(where.c_str(), &s) == 0 && S_ISLNK(s.st_mode)) return Found{"a link", false};
  return std::nullopt;
}

bool LeadsNowhere(ErrorCode code) {
  return code == ErrorCode::kFileNotFound || code == ErrorCode::kPathNotFound;
}

Outcome MayBeLinked(const OffLimits& off_limits, const std::string& where) {
  const std::size_t slash = where.rfind('/');
  const std::string above = slash == 0 ? "/" : where.substr(0, slash);
  const Fd folder(open(above.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return Error{ErrorCode::kPathNotFound, "", above + " is not there"};
  return off_limits.CheckLink(folder, where.substr(slash + 1));
}

// Found without a mark.
Result<Ours> AtItsMountPoint(const OffLimits& off_limits, const VolumeOurs& op,
                             const std::string& where) {
  const std::optional<Found> found = FoundAt(where);
  if (!found) return NothingUp("nothing is mounted at " + where);
  const Result<Target> target = Resolve(op.path);
  if (!target) {
    // A directory, a terminal: nothing of that kind was ever mounted.
    const ErrorCode code = target.error().code;
    if (code == ErrorCode::kInvalidParameter) return NothingUp(target.error().detail);
    if (!LeadsNowhere(code)) return target.error();
    if (!found->of_a_disk) return NothingUp(found->what + " is at " + where + ", no disk's volume");
    return Error{ErrorCode::kNotReady, "",
                 found->what + " is mounted at " + where + ", and whether it is this volume " +
                     "cannot be told: " + target.error().detail};
  }
  if (const auto may = Resolve(op.path, off_limits); !may) return NothingUp(may.error().detail);
  const std::vector<MountPoint> mounts = MakeDevice(*target)->Mounts();
  // A view of what somebody has mounted elsewhere is his, and so is a link where no image is
  // mounted.
  const MountPoint* primary = PrimaryOf(mounts);
  if (primary != nullptr && primary->where == where) {
    const Outcome may = primary->id == 0 ? MayBeLinked(off_limits, where) : Ok();
    if (!may) return NothingUp(may.error().detail);
    return Ours{*target, where};
  }
  return NothingUp(found->what + " is mounted at " + where +
                   (primary == nullptr ? "" : ", and " + op.path + " at " + primary->where));
}

// Where what is marked is up by now; none: all that had been brought up is gone. A mount point may
// have been a link, and a volume that was only brought online may have been mounted since.
std::optional<Ours> UpBy(const Mark& mark, const std::string& where) {
  if (!IsUp(mark)) return std::nullopt;
  const std::unique_ptr<Device> device = MakeDevice(mark.target);
  const std::vector<MountPoint> mounts = device->Mounts();
  const auto at = [&](const std::string& place) {
    return std::ranges::any_of(mounts, [&](const MountPoint& m) { return m.where == place; });
  };
  if (at(mark.where) || (!mark.where.empty() && device->MountAt(mark.where))) {
    return Ours{mark.target, mark.where};
  }
  if (at(where)) return Ours{mark.target, where};
  // Its mount failed, and what has no offline state of its own is as it was before.
  const bool only_online = mark.where.empty() && !where.empty();
  if (only_online && !device->OfflineOutlivesHost()) return std::nullopt;
  return Ours{mark.target, mark.where.empty() ? where : mark.where};
}

}  // namespace

Result<Ours> FindOurs(Marks& marks, const OffLimits& off_limits, ResourceId id,
                      const VolumeOurs& op, bool adopts) {
  std::string where;
  if (!op.at.empty()) {
    const Result<std::string> place = PlaceOf(op.at);
    // Where nothing can be mounted nothing is; what is marked is known without it.
    if (place) where = *place;
  }
  const Result<std::vector<Mark>> marked = marks.Of(id);
  if (!marked && where.empty()) return marked.error();
  for (const Mark& mark : marked ? *marked : std::vector<Mark>()) {
    if (!Concerns(mark, op, where)) continue;
    if (std::optional<Ours> up = UpBy(mark, where)) return *std::move(up);
    if (adopts) (void)marks.Remove(id, mark.target.identity);
  }
  if (where.empty()) return NothingUp("this resource has not brought up " + op.path + " here");
  Result<Ours> found = AtItsMountPoint(off_limits, op, where);
  if (!marked) {
    const bool nothing = !found && found.error().code == ErrorCode::kNotFound;
    return nothing ? Result<Ours>(marked.error()) : found;
  }
  if (found && adopts) (void)marks.Put(id, MarkOf(op.path, found->target, where));
  return found;
}

std::optional<Mark> LeftBehind(const Marks& marks, ResourceId id, const std::string& name,
                               const Identity& now) {
  const Result<std::vector<Mark>> marked = marks.Of(id);
  if (!marked) return std::nullopt;
  for (const Mark& mark : *marked) {
    if (mark.name == name && mark.target.identity != now && IsUp(mark)) return mark;
  }
  return std::nullopt;
}

}  // namespace tidegate
