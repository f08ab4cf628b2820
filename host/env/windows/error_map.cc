// The exceptions.
#include "host/env/windows/error_map.h"

#include "host/env/windows/system.h"

namespace tidegate {
namespace {

constexpr DWORD kNoSuchDevice = 433;
constexpr DWORD kDeviceRemoved = 1617;
constexpr DWORD kNoMediaInDrive = 1112;

}  // namespace

ErrorCode CodeOfSystemError(unsigned long error) {
  switch (error) {
    case ERROR_DEV_NOT_EXIST:
    case kNoSuchDevice:
    case ERROR_FILE_INVALID:  // the volume behind an open handle has changed
    case kNoMediaInDrive:
    case ERROR_DEVICE_NOT_CONNECTED:
    case kDeviceRemoved:
      return ErrorCode::kNotReady;
    case ERROR_INVALID_FUNCTION:
    case ERROR_CALL_NOT_IMPLEMENTED:
      return ErrorCode::kNotSupported;
    default:
      return static_cast<ErrorCode>(error);
  }
}

Error SystemError(unsigned long error, const std::string& what) {
  return {CodeOfSystemError(error), "", SystemErrorText(error) + ": " + what};
}

}  // namespace tidegate
