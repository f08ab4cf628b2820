// PackFiles are the files of a pack, by path; the digest list names every one of them with its
// SHA-256, and it is what a vendor signs.
//
// The list is what `sha256sum` prints of the files in the order of their paths: there is exactly
// one for a set of files, and `sha256sum -c DIGESTS` checks it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "host/core/result.h"

namespace tidegate {

using PackFiles = std::map<std::string, std::string>;  // without the two that follow

inline constexpr std::string_view kDigests = "DIGESTS";
inline constexpr std::string_view kSignature = "DIGESTS.minisig";
inline constexpr std::string_view kPackToml = "pack.toml";
inline constexpr std::string_view kEvidenceToml = "evidence.toml";

// Whether a pack may have a file of this path on every system that it may come to; the error says
// what is wrong with it.
Outcome CheckPath(std::string_view path);

// Adds a file that came from outside: its path, that no other has it or would be mistaken for it
// where letters have no case, its size and that of the whole.
class PackFilesReader {
 public:
  Outcome Add(std::string_view path, std::string bytes);
  // What can still be added, of one file.
  std::size_t room() const;
  bool empty() const { return files_.empty(); }
  PackFiles Take() { return std::move(files_); }

 private:
  PackFiles files_;
  std::map<std::string, std::string> folded_;  // lower case -> as it is; folders too
  std::size_t bytes_ = 0;
};

std::string ListOf(const PackFiles& files);
// Whether `list` is the list of exactly these files. The error names the first difference.
Outcome CheckList(std::string_view list, const PackFiles& files);

}  // namespace tidegate
