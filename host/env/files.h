// Files is the little that a Store needs of a file system. Names are UTF-8, parts divided by '/'
// (on Windows also by '\').
//
// Errors are those that store.get and store.set declare: ERROR_NOT_FOUND, ERROR_DISK_FULL,
// ERROR_WRITE_PROTECT, and ERROR_IO_DEVICE for everything else; the detail names the system's error
// and the file. Threading: any.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "host/core/result.h"

namespace tidegate {

// What the names of files that WriteWhole was interrupted in end with.
inline constexpr std::string_view kTemporaryFile = ".tmp~";

// Makes the directory, for us alone, and those above it. There already is success.
Outcome MakeDirectories(const std::string& path);
// The same when `parent`, which is above it, is known to be there.
Outcome MakeDirectory(const std::string& path, const std::string& parent);
Outcome CheckWritable(const std::string& directory);

// The content of a plain file, or its first `most` bytes. A link or a pipe is not a plain file.
Result<std::string> ReadPlain(const std::string& path, std::size_t most);
// Puts `data` in place of `directory`/`name`, whole or not at all, and on disk before it answers: a
// crash at any moment leaves the old content or the new one.
Outcome WriteWhole(const std::string& directory, const std::string& name, std::string_view data);

// Takes a file away, on disk before it answers. There being none is success.
Outcome RemoveForGood(const std::string& directory, const std::string& name);

bool FileExists(const std::string& path);
bool RenameFile(const std::string& from, const std::string& to);  // over what is there
void RemoveFile(const std::string& path);
// With the files in it; a link to a folder, or one with folders in it, stays.
bool RemoveFolder(const std::string& path);
void ForEachFile(const std::string& directory, const std::function<void(std::string_view)>& visit);

}  // namespace tidegate
