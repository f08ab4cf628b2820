// The stage of the resource DLL's tests: where its entry points come from, what is stored in the
// cluster database, and policies on disk. Each platform's tests bring their own.
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "host/apps/resource_dll/property_list.h"
#include "host/core/property.h"
#include "tests/apps/resource_dll/resource_monitor.h"

namespace tidegate::test {

Exports DllExports();
// The key of one resource in a cluster database, and what is stored below it.
abi::Key NewKey(const Properties& parameters);
Properties StoredIn(abi::Key key);
void ForgetKey(abi::Key key);
bool Signalled(abi::Handle event);
// Who asks in an ...AsUser form, and what such a user is called.
abi::Handle UserToken();
std::string UserName();
std::filesystem::path NewFolder();    // for one test; the stage removes it
std::filesystem::path StateFolder();  // where the DLL keeps what outlives it

// A policy on disk.
class PolicyOnDisk {
 public:
  explicit PolicyOnDisk(const std::string& text, const std::string& name = "test.lua")
      : folder_(NewFolder()), file_(folder_ / name) {
    Write(text);
  }
  ~PolicyOnDisk() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  PolicyOnDisk(const PolicyOnDisk&) = delete;
  PolicyOnDisk& operator=(const PolicyOnDisk&) = delete;

  void Write(const std::string& text) { std::ofstream(file_, std::ios::binary) << text; }
  std::string path() const { return file_.string(); }

 private:
  std::filesystem::path folder_;
  std::filesystem::path file_;
};

// One resource, open for as long as this lives.
class OpenResource {
 public:
  OpenResource(abi::Dword version, const Properties& parameters, std::u16string name = u"vol1")
      : monitor(DllExports(), version), key(NewKey(parameters)) {
    if (monitor.started() == abi::kSuccess) id = monitor.Open(name, key, record);
  }
  ~OpenResource() {
    Close();
    ForgetKey(key);
  }
  OpenResource(const OpenResource&) = delete;
  OpenResource& operator=(const OpenResource&) = delete;

  void Close() {
    if (id != nullptr) monitor.Close(id);
    id = nullptr;
  }
  // To their end, whether that comes at once or by a report: a busy machine makes anything pending.
  abi::Dword Online(abi::Dword flags = 0, std::string input = {}) {
    record.ClearReports();
    event = nullptr;
    return Finished(monitor.Online(id, &event, flags, std::move(input)));
  }
  abi::Dword Offline(abi::Dword flags = 0) {
    record.ClearReports();
    return Finished(monitor.Offline(id, flags));
  }
  // A poll may be answered with the last verdict while the machine is busy, and the answer to one
  // that began before the failure counts for a second.
  bool Dies() const {
    for (int tries = 0; tries < 2000; ++tries) {
      if (!monitor.IsAlive(id)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  Record record;
  ResourceMonitor monitor;
  abi::Key key;
  abi::ResourceId id = nullptr;
  abi::Handle event = nullptr;  // of the last Online

 private:
  abi::Dword Finished(abi::Dword code) {
    if (code != abi::kIoPending) return code;
    const auto end = record.WaitEnd();
    if (!end) return code;
    event = end->event;
    // V1's reports carry no error.
    const bool failed = end->state == 4 && end->application_error == 0;
    return failed ? 5038 : end->application_error;
  }
};

}  // namespace tidegate::test
