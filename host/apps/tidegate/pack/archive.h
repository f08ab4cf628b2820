// An archive is a pack as one file, NAME-VERSION.pack: a tar of its list and its files, compressed
// with gzip. The same files make the same bytes, whenever and by whom it is built.
#pragma once

#include <string>
#include <string_view>

#include "host/apps/shared/pack/pack_files.h"

namespace tidegate {

Result<std::string> WriteArchive(const PackFiles& files, const std::string& list);

struct Unpacked {
  PackFiles files;
  std::string list;
};
// Reads a stranger's bytes: nothing is written anywhere, and what is kept in memory is bounded
// whatever they claim.
Result<Unpacked> ReadArchive(std::string_view bytes);

}  // namespace tidegate
