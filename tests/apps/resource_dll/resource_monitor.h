// A ResourceMonitor of our own: it loads tables and calls entry points as the cluster's does, and
// writes down what it is told.
//
// Plain C++: the tests of every platform use it, on the DLL's code or on the DLL itself.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/apps/resource_dll/abi.h"

namespace tidegate::test {

struct Exports {
  abi::Startup startup = nullptr;
  abi::StartupEx startup_ex = nullptr;
};

// What the Resource Monitor heard of one resource. Its address is the RESOURCE_HANDLE.
class Record {
 public:
  void Add(const abi::ResourceStatusEx& status);
  void AddLine(abi::LogLevel level, std::string text);
  void AddFailure(abi::Dword error);
  // The next report, and those after it, are answered with "terminate".
  void Refuse() { refuses_ = true; }
  bool refuses() const { return refuses_; }

  // Waits, 20 seconds at most, for the end of a pending operation; its last report.
  std::optional<abi::ResourceStatusEx> WaitEnd();
  bool WaitFailure();
  bool WaitReports(std::size_t count);
  bool WaitLine(std::string_view part);

  std::vector<abi::ResourceStatusEx> reports() const;
  std::vector<std::string> lines() const;
  std::vector<abi::Dword> failures() const;
  void Clear();
  void ClearReports();

 private:
  template <class Done>
  bool Wait(Done done);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<abi::ResourceStatusEx> reports_;
  std::vector<std::string> lines_;
  std::vector<abi::Dword> failures_;
  std::atomic<bool> refuses_ = false;
};

struct ControlResult {
  abi::Dword status = 0;
  abi::Dword returned = 0;
  bool later = false;
  std::vector<std::byte> data;
};

class ResourceMonitor {
 public:
  // Accepts tables up to `version`, as the system does that came with it.
  ResourceMonitor(const Exports& exports, abi::Dword version);

  abi::Dword started() const { return started_; }
  const abi::FunctionTable* table() const { return table_; }

  abi::ResourceId Open(const std::u16string& name, abi::Key key, Record& record) const;
  void Close(abi::ResourceId id) const { table_->v1.close(id); }
  abi::Dword Online(abi::ResourceId id, abi::Handle* event = nullptr, abi::Dword flags = 0,
                    std::string input = {}) const;
  abi::Dword Offline(abi::ResourceId id, abi::Dword flags = 0) const;
  void Terminate(abi::ResourceId id) const { table_->v1.terminate(id); }
  bool LooksAlive(abi::ResourceId id) const { return table_->v1.looks_alive(id) != 0; }
  bool IsAlive(abi::ResourceId id) const { return table_->v1.is_alive(id) != 0; }

  // Grows the buffer as long as the answer is ERROR_MORE_DATA, and waits for EndControlCall.
  ControlResult Control(abi::ResourceId id, abi::Dword code,
                        std::span<const std::byte> in = {}) const;
  ControlResult ControlOnce(abi::ResourceId id, abi::Dword code, std::span<const std::byte> in,
                            std::size_t out_size, abi::Handle token = nullptr) const;
  // Of version 4, for a user.
  ControlResult ControlAs(abi::ResourceId id, abi::Handle token, abi::Dword code,
                          std::span<const std::byte> in = {}) const;
  ControlResult TypeControl(abi::Dword code) const;

 private:
  abi::Dword version_;
  abi::Dword started_ = 0;
  abi::FunctionTable* table_ = nullptr;
};

}  // namespace tidegate::test
