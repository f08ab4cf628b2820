// First the marks of this name or mount point: the first whose volume is still there is the answer,
// wherever its name leads by now. Without one, what is mounted at the mount point decides, and only
// there is the name asked: the same volume is ours, another one is not, and where the name leads
// nowhere nobody can tell.
#include "host/env/linux/ours.h"

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
    return Found{m->source, major(m->device) != 0};
  struct stat s = {};
  if (lstat(where.c_str(), &s) == 0 && S_ISLNK(s.st_mode)) return Found{"a link", false};
  return std::nullopt;
}

bool LeadsNowhere(ErrorCode code) {
  return code == ErrorCode::kFileNotFound || code == ErrorCode::kPathNotFound;
}

// Found without a mark.
Result<Ours> AtItsMountPoint(const OffLimits& off_limits, const VolumeOurs& op,
                             const std::string& where) {
  const std::optional<Found> found = FoundAt(where);
  if (!found) return NothingUp("nothing is mounted at " + where);
  const Result<Target> target = Resolve(op.path);
  if (!target) {
    if (!LeadsNowhere(target.error().code)) return target.error();
    if (!found->of_a_disk) return NothingUp(found->what + " is at " + where + ", no disk's volume");
    return Error{ErrorCode::kNotReady, "",
                 found->what + " is mounted at " + where + ", and whether it is this volume " +
                     "cannot be told: " + target.error().detail};
  }
  if (const auto may = Resolve(op.path, off_limits); !may) return NothingUp(may.error().detail);
  const std::vector<MountPoint> mounts = MakeDevice(*target)->Mounts();
  for (const MountPoint& m : mounts) {
    if (m.where == where) return Ours{*target, where};
  }
  return NothingUp(found->what + " is mounted at " + where +
                   (mounts.empty() ? "" : ", and " + op.path + " at " + mounts.front().where));
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
    if (IsUp(mark)) return Ours{mark.target, mark.where.empty() ? where : mark.where};
    if (adopts) (void)marks.Remove(id, mark.target.identity);
  }
  if (where.empty()) return NothingUp("this resource has not brought up " + op.path + " here");
  Result<Ours> found = AtItsMountPoint(off_limits, op, where);
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
