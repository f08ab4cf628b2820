// Marks as text, a line each: NAME KIND DEVICE INODE SEQUENCE PATH WHERE, with every byte escaped
// that would end a field.
#include "host/env/linux/mark.h"

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <sstream>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "host/env/file_name.h"
#include "host/env/linux/image.h"
#include "host/env/linux/loop.h"
#include "host/env/linux/sysfs.h"

namespace tidegate {
namespace {

constexpr const char* kRecord = "volumes";
constexpr std::string_view kEmpty = "-";  // no path is that

// Source: Documentation/ABI/stable/sysfs-block, "diskseq". A partition has its disk's.
std::uint64_t SequenceOf(dev_t device) {
  for (const char* name : {"/diskseq", "/../diskseq"}) {
    const auto text = ReadAttribute(SysOf(device) + name);
    if (text) return std::strtoull(text->c_str(), nullptr, 10);
  }
  return 0;
}

bool IsFile(const Target& target) {
  struct stat s = {};
  return stat(target.path.c_str(), &s) == 0 && s.st_dev == target.identity.device &&
         s.st_ino == target.identity.inode;
}

bool IsDevice(const Mark& mark) {
  const dev_t device = mark.target.identity.device;
  if (ReadAttribute(SysOf(device) + "/dev")) {
    const std::uint64_t now = SequenceOf(device);
    return now == 0 || mark.sequence == 0 || now == mark.sequence;
  }
  struct stat s = {};  // where there is no /sys
  return access("/sys/dev/block", F_OK) != 0 && stat(mark.target.path.c_str(), &s) == 0 &&
         S_ISBLK(s.st_mode) && s.st_rdev == device;
}

// A mount outlives its device.
bool IsMountedStill(const Mark& mark) {
  const std::vector<MountPoint> all = AllMounts();
  return !mark.where.empty() && std::ranges::any_of(all, [&](const MountPoint& m) {
    return m.where == mark.where && m.device == mark.target.identity.device;
  });
}

std::string Boot() { return ReadAttribute("/proc/sys/kernel/random/boot_id").value_or("?"); }

std::string Escaped(const std::string& text) {
  if (text.empty()) return std::string(kEmpty);
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (u <= ' ' || u == '%' || (out.empty() && c == '-')) {
      constexpr char kHex[] = "0123456789abcdef";
      out += {'%', kHex[u >> 4], kHex[u & 15]};
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<std::string> Unescaped(const std::string& text) {
  if (text == kEmpty) return "";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned byte = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const auto [end, error] = std::from_chars(&text[i + 1], &text[i + 3], byte, 16);
    if (error != std::errc() || end != &text[i + 3]) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

std::string TextOf(const std::vector<Mark>& marks) {
  std::ostringstream out;
  out << "boot " << Boot() << "\n";
  for (const Mark& m : marks) {
    const Identity& is = m.target.identity;
    out << Escaped(m.name) << " " << is.kind << " " << is.device << " " << is.inode << " "
        << m.sequence << " " << Escaped(m.target.path) << " " << Escaped(m.where) << "\n";
  }
  return std::move(out).str();
}

// None: it is not what TextOf made.
std::optional<std::vector<Mark>> Parse(const std::string& text) {
  std::istringstream in(text);
  std::string word, boot;
  if (!(in >> word >> boot) || word != "boot") return std::nullopt;
  std::vector<Mark> marks;
  if (boot != Boot()) return marks;
  std::string name, path, where;
  Mark m;
  Identity& is = m.target.identity;
  while (in >> name >> is.kind >> is.device >> is.inode >> m.sequence >> path >> where) {
    const auto a = Unescaped(name), b = Unescaped(path), c = Unescaped(where);
    if (!a || !b || !c) return std::nullopt;
    m.name = *a;
    m.target.path = *b;
    m.where = *c;
    marks.push_back(m);
  }
  if (!in.eof()) return std::nullopt;
  return marks;
}

const Identity& IdentityOf(const Mark& mark) { return mark.target.identity; }

}  // namespace

Mark MarkOf(std::string name, const Target& target, std::string where) {
  const bool block = target.identity.kind == 'b';
  return {std::move(name), target, block ? SequenceOf(target.identity.device) : 0,
          std::move(where)};
}

bool IsUp(const Mark& mark) {
  const Identity& is = mark.target.identity;
  if (is.kind == 'i') {
    return IsFile(mark.target) ||
           (!mark.where.empty() && LeadsTo(mark.target, AT_FDCWD, mark.where));
  }
  if (is.kind == 'l') return IsFile(mark.target) || !LoopNodeOf(is.device, is.inode).empty();
  // A number is not used again while it is mounted: what is mounted by one that is another disk's
  // now is that disk's.
  const bool gone = !ReadAttribute(SysOf(is.device) + "/dev").has_value();
  return IsDevice(mark) || (gone && IsMountedStill(mark));
}

std::shared_ptr<Marks::Kept> Marks::KeptOf(ResourceId id) const {
  const std::scoped_lock lock(mutex_);
  std::shared_ptr<Kept>& kept = kept_[id];
  if (kept == nullptr) kept = std::make_shared<Kept>();
  return kept;
}

void Marks::Register(ResourceId id, const std::string& name) {
  const auto kept = std::make_shared<Kept>();
  kept->name = name;
  if (store_) {
    const Reply read = store_->Get(name, RecordGet{kRecord});
    std::optional<std::vector<Mark>> marks(std::in_place);
    if (read.ok()) marks = Parse(std::get<std::string>(read.value));
    if (marks) kept->marks = std::move(*marks);
    const bool none = read.code == ErrorCode::kNotFound;
    if (!marks || (!read.ok() && !none)) {
      kept->unreadable = Error{ErrorCode::kIoDevice, "",
                               "what " + name + " has brought up here is not known: " +
                                   (marks ? Text(read) : std::string("its marks are no marks")) +
                                   "; take it offline by hand, then remove that file"};
    }
  }
  const std::scoped_lock lock(mutex_);
  kept_.insert_or_assign(id, kept);
}

void Marks::Forget(ResourceId id) {
  const std::scoped_lock lock(mutex_);
  kept_.erase(id);
}

Result<std::vector<Mark>> Marks::Of(ResourceId id) const {
  const auto kept = KeptOf(id);
  const std::scoped_lock lock(kept->mutex);
  if (kept->unreadable) return *kept->unreadable;
  return kept->marks;
}

std::optional<Mark> Marks::Of(ResourceId id, const Identity& identity) const {
  const auto kept = KeptOf(id);
  const std::scoped_lock lock(kept->mutex);
  const auto at = std::ranges::find(kept->marks, identity, &IdentityOf);
  return at == kept->marks.end() ? std::nullopt : std::optional(*at);
}

// The list that is known is the one on disk.
Outcome Marks::Become(Kept& kept, std::vector<Mark> marks) const {
  if (store_) {
    const Reply set = store_->Set(kept.name, RecordSet{kRecord, TextOf(marks)});
    if (!set.ok()) {
      return Error{ErrorCode::kIoDevice, "",
                   "what is brought up here cannot be noted: " + Text(set)};
    }
  }
  kept.marks = std::move(marks);
  return Ok();
}

// Not over what cannot be read: that something may be up would be forgotten.
Outcome Marks::Put(ResourceId id, const Mark& mark) {
  const auto kept = KeptOf(id);
  const std::scoped_lock lock(kept->mutex);
  if (kept->unreadable) return *kept->unreadable;
  std::vector<Mark> marks = kept->marks;
  const auto at = std::ranges::find(marks, mark.target.identity, &IdentityOf);
  if (at == marks.end()) {
    marks.push_back(mark);
  } else if (*at == mark) {
    return Ok();
  } else {
    *at = mark;
  }
  return Become(*kept, std::move(marks));
}

// Where nobody can read what they said, it was what was found at the resource's own place and has
// been taken offline: from then on it is known that nothing is up.
Outcome Marks::Remove(ResourceId id, const Identity& identity) {
  const auto kept = KeptOf(id);
  const std::scoped_lock lock(kept->mutex);
  if (kept->unreadable) {
    Outcome known = Become(*kept, {});
    if (known) kept->unreadable.reset();
    return known;
  }
  std::vector<Mark> marks = kept->marks;
  if (std::erase_if(marks, [&](const Mark& m) { return IdentityOf(m) == identity; }) == 0) {
    return Ok();
  }
  return Become(*kept, std::move(marks));
}

}  // namespace tidegate
