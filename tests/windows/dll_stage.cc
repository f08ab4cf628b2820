// The stage where the DLL itself is loaded, beside a cluster database of the tests' own.
#include "tests/windows/dll_stage.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "tests/windows/fsctl_hook.h"

namespace tidegate::test {
namespace {

std::filesystem::path ProgramFolder() {
  wchar_t path[MAX_PATH] = {};
  GetModuleFileNameW(nullptr, path, MAX_PATH);
  return std::filesystem::path(path).parent_path();
}

[[noreturn]] void Give(const std::string& what) {
  std::fprintf(stderr, "%s: error %lu\n", what.c_str(), GetLastError());
  std::abort();
}

// What this process keeps on disk and in the registry, for as long as it lives.
class Place {
 public:
  static Place& Get() {
    static Place place;
    return place;
  }
  std::filesystem::path folder;
  HKEY key = nullptr;
  int made = 0;

 private:
  Place() : name_("TidegateTest-" + std::to_string(GetCurrentProcessId())) {
    folder = std::filesystem::temp_directory_path() / name_;
    std::filesystem::create_directories(folder);
    SetEnvironmentVariableW(L"ProgramData", folder.wstring().c_str());
    RegCreateKeyExA(HKEY_CURRENT_USER, KeyName().c_str(), 0, nullptr, REG_OPTION_VOLATILE,
                    KEY_ALL_ACCESS, nullptr, &key, nullptr);
    if (key == nullptr) Give("the tests' registry key");
  }
  ~Place() {
    RegCloseKey(key);
    RegDeleteTreeA(HKEY_CURRENT_USER, KeyName().c_str());
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  std::string KeyName() const { return "Software\\" + name_; }
  std::string name_;
};

HKEY ParametersOf(abi::Key key) {
  HKEY parameters = nullptr;
  RegCreateKeyExW(static_cast<HKEY>(key), L"Parameters", 0, nullptr, REG_OPTION_VOLATILE,
                  KEY_ALL_ACCESS, nullptr, &parameters, nullptr);
  if (parameters == nullptr) Give("a Parameters key");
  return parameters;
}

}  // namespace

HMODULE LoadDll() {
  (void)Place::Get();
  InstallFsctlHook();
  static const HMODULE database = LoadLibraryW((ProgramFolder() / L"clusapi.dll").c_str());
  if (database == nullptr) Give("clusapi.dll of the tests");
  const HMODULE dll = LoadLibraryW((ProgramFolder() / L"tidegate.dll").c_str());
  if (dll == nullptr) Give("tidegate.dll");
  return dll;
}

Exports ExportsOf(HMODULE dll) {
  const auto find = [&](const char* name) {
    return reinterpret_cast<void*>(GetProcAddress(dll, name));
  };
  return {reinterpret_cast<abi::Startup>(find("Startup")),
          reinterpret_cast<abi::StartupEx>(find("StartupEx"))};
}

Exports DllExports() {
  static const Exports exports = ExportsOf(LoadDll());
  return exports;
}

abi::Key NewKey(const Properties& parameters) {
  HKEY key = nullptr;
  const std::wstring name = std::to_wstring(++Place::Get().made);
  RegCreateKeyExW(Place::Get().key, name.c_str(), 0, nullptr, REG_OPTION_VOLATILE, KEY_ALL_ACCESS,
                  nullptr, &key, nullptr);
  const HKEY values = ParametersOf(key);
  for (const auto& [property, value] : parameters) {
    const std::wstring wide = Wide(property);
    if (const auto* text = std::get_if<std::string>(&value)) {
      const std::wstring data = Wide(*text);
      RegSetValueExW(values, wide.c_str(), 0, REG_SZ, reinterpret_cast<const BYTE*>(data.c_str()),
                     static_cast<DWORD>((data.size() + 1) * sizeof(wchar_t)));
    } else {
      const auto number = static_cast<DWORD>(std::get<std::int64_t>(value));
      RegSetValueExW(values, wide.c_str(), 0, REG_DWORD, reinterpret_cast<const BYTE*>(&number),
                     sizeof number);
    }
  }
  RegCloseKey(values);
  return key;
}

Properties StoredIn(abi::Key key) {
  const HKEY values = ParametersOf(key);
  Properties stored;
  for (DWORD index = 0;; ++index) {
    wchar_t name[256] = {};
    DWORD name_size = 256;
    BYTE data[4096] = {};
    DWORD size = sizeof data - 2;
    DWORD type = 0;
    if (RegEnumValueW(values, index, name, &name_size, nullptr, &type, data, &size) != 0) break;
    std::int64_t number = 0;
    std::memcpy(&number, data, type == REG_QWORD ? 8 : 4);
    const bool text = type == REG_SZ;
    stored.emplace(Utf8(name), text ? PropertyValue(Utf8(reinterpret_cast<const wchar_t*>(data)))
                                    : PropertyValue(number));
  }
  RegCloseKey(values);
  return stored;
}

void ForgetKey(abi::Key key) { RegCloseKey(static_cast<HKEY>(key)); }

std::filesystem::path NewFolder() {
  const auto folder = Place::Get().folder / std::to_string(++Place::Get().made);
  std::filesystem::create_directories(folder);
  return folder;
}

std::filesystem::path StateFolder() { return Place::Get().folder / "Tidegate" / "state"; }

abi::Handle UserToken() {
  static HANDLE token = [] {
    HANDLE ours = nullptr;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &ours)) Give("the process token");
    return ours;
  }();
  return token;
}

// Under Wine the domain is the computer's name.
std::string UserName() {
  wchar_t name[256] = {};
  DWORD size = 256;
  if (!GetUserNameW(name, &size)) Give("the user's name");
  return "\\" + Utf8(name);
}

bool Signalled(abi::Handle event) { return WaitForSingleObject(event, 0) == WAIT_OBJECT_0; }

}  // namespace tidegate::test
