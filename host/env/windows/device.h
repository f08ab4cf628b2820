// A Device is an open handle to a device and the requests that are under way through it.
//
// Every request is overlapped and ends: by its result, at its deadline, or by Cancel(). One that
// the driver keeps although it was cancelled is left behind with its buffers, for ever or until the
// driver lets go, and its caller goes on with ERROR_TIMEOUT. So a driver that hangs costs memory,
// bounded by limits::kIoctlsLeftBehind, and no thread, unless it blocks before it answers at all.
// Sources: DeviceIoControl, CancelIoEx, GetOverlappedResult.
//
// Threading: any. Cancel() and Close() never wait for the driver.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/limits.h"
#include "host/core/result.h"
#include "host/env/mutex.h"
#include "host/env/windows/control_code.h"
#include "host/env/windows/system.h"

namespace tidegate {

struct DeviceOptions {
  Duration deadline = limits::kIoctlDeadline;
  Duration cancel_wait = limits::kIoctlCancelWait;
  std::uint64_t owner = 0;  // whose requests they are
};

class Device {
 public:
  // `name` as the system takes it: \\.\X:, \\?\Volume{...}, \\.\PhysicalDrive3.
  static Result<std::shared_ptr<Device>> Open(const std::wstring& name, DeviceOptions options);
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  // What the driver put into at most `size` bytes. ERROR_MORE_DATA when that was too little.
  Result<std::string> Control(std::uint32_t code, std::string_view input, std::size_t size);
  Result<std::string> Control(ControlCode code, std::string_view input = {}, std::size_t size = 0) {
    return Control(static_cast<std::uint32_t>(code), input, size);
  }
  // A control code that answers by its status alone: true for success, false for `no` or an unknown
  // code, an error for any other.
  Result<bool> Ask(ControlCode code, ErrorCode no = ErrorCode::kGenFailure);
  // How many bytes there were, at an offset and of a length that are multiples of the sector size.
  Result<std::int64_t> Read(std::int64_t offset, std::size_t length);
  Outcome Flush();

  // What is under way fails with ERROR_OPERATION_ABORTED.
  void Cancel();
  // From now on every request fails; the handle closes when those under way have ended.
  void Close();
  // How many requests of an owner drivers still have that were left behind, through whichever
  // device.
  static std::size_t LeftBehindOf(std::uint64_t owner);

  const std::wstring& name() const { return name_; }

 private:
  struct Request;
  class LeftBehind;

  Device(std::wstring name, SystemHandle handle, DeviceOptions options)
      : name_(std::move(name)),
        options_(options),
        handle_(std::make_shared<SystemHandle>(std::move(handle))) {}
  std::unique_ptr<Request> NewRequest(std::string_view input, std::size_t size);
  template <class Start>
  DWORD Run(std::unique_ptr<Request>& request, Start start);
  bool Await(HANDLE file, Request& request, Duration time);
  std::string About(std::uint32_t code) const;

  const std::wstring name_;
  const DeviceOptions options_;
  Mutex mutex_;
  std::shared_ptr<SystemHandle> handle_;  // none: closed
  std::vector<Request*> under_way_;
  std::vector<SystemHandle> events_;  // spare ones: making one costs as much as a request
};

}  // namespace tidegate
