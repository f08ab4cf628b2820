// The table of magic numbers, and the flags of ext2/3/4 and FAT.
#include "host/env/linux/superblock.h"

#include <string_view>

namespace tidegate {
namespace {

using Bytes = std::span<const unsigned char>;
using namespace std::string_view_literals;  // NOLINT(google-build-using-namespace)

struct Magic {
  const char* type;
  std::size_t offset;
  std::string_view bytes;
};

constexpr Magic kTable[] = {
    {"ext4", 0x438, "\x53\xef"sv},    {"xfs", 0, "XFSB"sv},
    {"btrfs", 0x10040, "_BHRfS_M"sv}, {"f2fs", 0x400, "\x10\x20\xf5\xf2"sv},
    {"ntfs3", 3, "NTFS    "sv},       {"exfat", 3, "EXFAT   "sv},
    {"vfat", 0x52, "FAT32   "sv},     {"vfat", 0x36, "FAT16   "sv},
    {"vfat", 0x36, "FAT12   "sv},     {"iso9660", 0x8001, "CD001"sv},
    {"squashfs", 0, "hsqs"sv},        {"erofs", 0x400, "\xe2\xe1\xf5\xe0"sv},
};

bool Has(Bytes start, const Magic& magic) {
  if (start.size() < magic.offset + magic.bytes.size()) return false;
  for (std::size_t i = 0; i < magic.bytes.size(); ++i) {
    if (start[magic.offset + i] != static_cast<unsigned char>(magic.bytes[i])) return false;
  }
  return true;
}

unsigned Word(Bytes start, std::size_t offset) {
  return start[offset] | static_cast<unsigned>(start[offset + 1]) << 8;
}

// Source: Documentation/filesystems/ext4/super.rst.
void ReadExt(Bytes start, Superblock& out) {
  constexpr std::size_t kStart = 0x400;
  if (start.size() < kStart + 0x68) return;
  const unsigned state = Word(start, kStart + 0x3a);
  const unsigned compatible = Word(start, kStart + 0x5c);
  const unsigned incompatible = Word(start, kStart + 0x60);
  constexpr unsigned kClean = 1, kErrors = 2, kJournal = 4, kRecover = 4, kExtents = 0x40;
  out.type = (incompatible & kExtents) != 0 ? "ext4"
             : (compatible & kJournal) != 0 ? "ext3"
                                            : "ext2";
  out.errors = (state & kErrors) != 0;
  out.dirty = (state & kClean) == 0 || *out.errors || (incompatible & kRecover) != 0;
}

// Source: "FAT: General Overview of On-Disk Format"; Linux keeps its flag in the same byte.
void ReadFat(Bytes start, Superblock& out, bool fat32) {
  const unsigned state = start[fat32 ? 0x41 : 0x25];
  out.dirty = (state & 3u) != 0;
  out.errors = (state & 2u) != 0;
}

}  // namespace

std::optional<Superblock> ReadSuperblock(Bytes start) {
  for (const Magic& magic : kTable) {
    if (!Has(start, magic)) continue;
    Superblock found{.type = magic.type, .dirty = {}, .errors = {}};
    if (found.type == "ext4") ReadExt(start, found);
    if (found.type == "vfat") ReadFat(start, found, magic.offset == 0x52);
    return found;
  }
  return std::nullopt;
}

}  // namespace tidegate
