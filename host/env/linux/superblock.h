// A Superblock is what the first blocks of a volume say about the file system on it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace tidegate {

// How much of the volume has to be read: btrfs has its magic number at 64 KiB.
inline constexpr std::size_t kSuperblockBytes = 68 << 10;

struct Superblock {
  std::string type;  // as mount(2) takes it
  // What its own flags say; empty where the file system has none that can be read so simply.
  std::optional<bool> dirty;   // was not cleanly unmounted, or has errors
  std::optional<bool> errors;  // has errors, whether or not it is mounted now
};

// Empty when no known file system begins so.
std::optional<Superblock> ReadSuperblock(std::span<const unsigned char> start);

}  // namespace tidegate
