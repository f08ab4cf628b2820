// Calling back.
#include "host/apps/resource_dll/monitor_callbacks.h"

#include "host/apps/resource_dll/utf16.h"
#include "host/core/line.h"

namespace tidegate {
namespace {

// Entries of the cluster log are cut at 500 characters, the prefix with the resource's name
// included. Source: LogEvent.
constexpr std::size_t kLogEventBytes = 400;

abi::LogLevel LevelOf(Level level) {
  switch (level) {
    case Level::kDebug:
    case Level::kInformation:
      return abi::LogLevel::kInformation;
    case Level::kWarning:
      return abi::LogLevel::kWarning;
    case Level::kError:
      return abi::LogLevel::kError;
  }
  return abi::LogLevel::kError;
}

}  // namespace

MonitorCallbacks::MonitorCallbacks(abi::Dword version, const abi::Callbacks& table)
    : version_(version),
      log_(table.log_event),
      set_status_ex_(table.set_resource_status_ex),
      signal_failure_(table.signal_failure) {
  if (version >= abi::kVersion4) end_control_call_ = table.end_control_call;
}

void MonitorCallbacks::Log(abi::ResourceHandle resource, Level level, std::string_view text) const {
  if (log_ == nullptr) return;
  const std::u16string line = ToUtf16(PrintableLine(text, kLogEventBytes));
  log_(resource, LevelOf(level), u"%1!s!", line.c_str());
}

bool MonitorCallbacks::Report(abi::ResourceHandle resource,
                              const abi::ResourceStatusEx& status) const {
  abi::Dword answer = 0;
  if (set_status_ex_ != nullptr) {
    abi::ResourceStatusEx copy = status;
    answer = set_status_ex_(resource, &copy);
  } else if (set_status_ != nullptr) {
    abi::ResourceStatus plain{status.state, status.checkpoint, status.wait_hint, status.event};
    answer = set_status_(resource, &plain);
  }
  return answer != static_cast<abi::Dword>(abi::ExitState::kTerminate);
}

bool MonitorCallbacks::SignalFailure(abi::ResourceHandle resource, abi::Dword error) const {
  if (signal_failure_ == nullptr) return false;
  signal_failure_(resource, abi::FailureType::kGeneral, error);
  return true;
}

void MonitorCallbacks::EndControlCall(abi::Context context, abi::Dword status) const {
  if (end_control_call_ != nullptr) end_control_call_(context, status);
}

}  // namespace tidegate
