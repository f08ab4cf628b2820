// Files of a Windows host.
//
// Why FlushFileBuffers and MOVEFILE_WRITE_THROUGH: a rename is a transaction of NTFS, but which of
// data and rename reaches the disk first is promised only when each is waited for. Sources:
// FlushFileBuffers, MoveFileEx.
#include <atomic>
#include <memory>

#include "host/env/files.h"
#include "host/env/windows/system.h"

namespace tidegate {
namespace {

constexpr DWORD kDiskQuotaExceeded = 1295;  // not in every winerror.h

Error FromSystem(DWORD error, const std::string& what) {
  ErrorCode code = ErrorCode::kIoDevice;
  if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) code = ErrorCode::kNotFound;
  if (error == ERROR_DISK_FULL || error == ERROR_HANDLE_DISK_FULL || error == kDiskQuotaExceeded) {
    code = ErrorCode::kDiskFull;
  }
  if (error == ERROR_WRITE_PROTECT || error == ERROR_ACCESS_DENIED) {
    code = ErrorCode::kWriteProtect;
  }
  return {code, "", SystemErrorText(error) + ": " + what};
}

// Why "\\\\?\\": names of any length, and a key called "con" is a file and not the console. It also
// switches off "." and "..", so a name with those stays as it is.
std::wstring NameOf(const std::string& path) {
  std::wstring wide = Wide(path);
  for (wchar_t& c : wide) {
    if (c == L'/') c = L'\\';
  }
  const bool absolute = wide.size() > 2 && wide[1] == L':' && wide[2] == L'\\';
  const bool dots =
      (wide + L'\\').find(L"\\.\\") != wide.npos || (wide + L'\\').find(L"\\..\\") != wide.npos;
  return absolute && !dots ? LR"(\\?\)" + wide : wide;
}

bool IsSeparator(char c) { return c == '/' || c == '\\'; }

// Behind "C:", "\\server\share" or "\\?\C:", which nobody can make.
std::size_t RootOf(const std::string& path) {
  std::size_t at = 0;
  if (path.size() > 2 && IsSeparator(path[0]) && IsSeparator(path[1])) {
    for (int parts = 0; parts < 2 && at != std::string::npos; ++parts) {
      at = path.find_first_of("/\\", at == 0 ? 2 : at + 1);
    }
    return at == std::string::npos ? path.size() : at;
  }
  return path.size() >= 2 && path[1] == ':' ? 2 : 0;
}

bool WriteAll(HANDLE file, std::string_view data) {
  while (!data.empty()) {
    DWORD written = 0;
    if (!WriteFile(file, data.data(), static_cast<DWORD>(data.size()), &written, nullptr)) {
      return false;
    }
    data.remove_prefix(written);
  }
  return true;
}

}  // namespace

// Access is inherited from the parent: see MakeGuarded (guarded.h).
Outcome MakeDirectory(const std::string& path, const std::string&) {
  const std::wstring wide = NameOf(path);
  if (CreateDirectoryW(wide.c_str(), nullptr)) return Ok();
  const DWORD error = GetLastError();
  const DWORD attributes = GetFileAttributesW(wide.c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) return FromSystem(error, path);
  if ((attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) return FromSystem(ERROR_DIRECTORY, path);
  return Ok();
}

Outcome MakeDirectories(const std::string& path) {
  for (std::size_t end = RootOf(path); end != std::string::npos && end < path.size();) {
    end = path.find_first_of("/\\", end + 1);
    Outcome made = MakeDirectory(path.substr(0, end), "");
    if (!made) return made;
  }
  return Ok();
}

Outcome CheckWritable(const std::string& directory) {
  const SystemHandle handle(
      CreateFileW(NameOf(directory).c_str(), FILE_LIST_DIRECTORY | FILE_ADD_FILE,
                  FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                  FILE_FLAG_BACKUP_SEMANTICS, nullptr));
  if (handle) return Ok();
  return FromSystem(GetLastError(), directory);
}

Result<std::string> ReadPlain(const std::string& path, std::size_t most) {
  const SystemHandle file(CreateFileW(
      NameOf(path).c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
      nullptr, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  if (!file) return FromSystem(GetLastError(), path);
  BY_HANDLE_FILE_INFORMATION about{};
  constexpr DWORD kNotPlain = FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY;
  if (GetFileType(file.get()) != FILE_TYPE_DISK ||
      !GetFileInformationByHandle(file.get(), &about) ||
      (about.dwFileAttributes & kNotPlain) != 0) {
    return FromSystem(ERROR_INVALID_DATA, path);
  }
  std::string data(most, '\0');
  std::size_t size = 0;
  DWORD n = 1;
  while (size < data.size() && n > 0) {
    if (!::ReadFile(file.get(), data.data() + size, static_cast<DWORD>(data.size() - size), &n,
                    nullptr)) {
      return FromSystem(GetLastError(), path);
    }
    size += n;
  }
  data.resize(size);
  return data;
}

Outcome WriteWhole(const std::string& directory, const std::string& name, std::string_view data) {
  static std::atomic<unsigned> number{0};
  const std::string path = directory + "/" + name;
  const std::string temporary = path + "." + std::to_string(GetCurrentProcessId()) + "." +
                                std::to_string(++number) + std::string(kTemporaryFile);
  SystemHandle file(CreateFileW(NameOf(temporary).c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW,
                                FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file) return FromSystem(GetLastError(), path);
  bool done = WriteAll(file.get(), data) && FlushFileBuffers(file.get());
  DWORD error = GetLastError();
  file.Reset();
  if (done) {
    done = MoveFileExW(NameOf(temporary).c_str(), NameOf(path).c_str(),
                       MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH);
    error = GetLastError();
  }
  if (done) return Ok();
  DeleteFileW(NameOf(temporary).c_str());
  return FromSystem(error, path);
}

Outcome RemoveForGood(const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name;
  if (DeleteFileW(NameOf(path).c_str())) return Ok();
  const DWORD error = GetLastError();
  if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) return Ok();
  return FromSystem(error, path);
}

bool FileExists(const std::string& path) {
  return GetFileAttributesW(NameOf(path).c_str()) != INVALID_FILE_ATTRIBUTES;
}

bool RenameFile(const std::string& from, const std::string& to) {
  return MoveFileExW(NameOf(from).c_str(), NameOf(to).c_str(),
                     MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH);
}

void RemoveFile(const std::string& path) { DeleteFileW(NameOf(path).c_str()); }

bool RemoveFolder(const std::string& path) {
  const DWORD attributes = GetFileAttributesW(NameOf(path).c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) return false;
  if ((attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) return false;
  if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) return false;
  ForEachFile(path, [&](std::string_view name) { RemoveFile(path + "/" + std::string(name)); });
  return RemoveDirectoryW(NameOf(path).c_str()) != 0;
}

void ForEachFile(const std::string& directory, const std::function<void(std::string_view)>& visit) {
  WIN32_FIND_DATAW found{};
  const HANDLE search = FindFirstFileW(NameOf(directory + "/*").c_str(), &found);
  if (search == INVALID_HANDLE_VALUE) return;
  do {
    visit(Utf8(found.cFileName));
  } while (FindNextFileW(search, &found));
  FindClose(search);
}

}  // namespace tidegate
