// MonitorCallbacks are the functions that the Resource Monitor gave us, whichever version it
// speaks.
//
// Text goes through LogEvent finished, as the argument of a fixed format: what a script says is
// never a format string. Threading: any.
#pragma once

#include <string_view>

#include "host/apps/resource_dll/abi.h"
#include "host/core/effect.h"

namespace tidegate {

class MonitorCallbacks {
 public:
  MonitorCallbacks() = default;
  MonitorCallbacks(abi::SetResourceStatus set_status, abi::LogEvent log)
      : version_(abi::kVersion1), log_(log), set_status_(set_status) {}
  // Reads only what a table of `version` promises to have.
  MonitorCallbacks(abi::Dword version, const abi::Callbacks& table);

  // One line of less than 500 characters, with what cannot be shown escaped.
  void Log(abi::ResourceHandle resource, Level level, std::string_view text) const;
  // False: the operation must end now.
  bool Report(abi::ResourceHandle resource, const abi::ResourceStatusEx& status) const;
  // False: the table has no such function.
  bool SignalFailure(abi::ResourceHandle resource, abi::Dword error) const;
  void EndControlCall(abi::Context context, abi::Dword status) const;

 private:
  abi::Dword version_ = 0;
  abi::LogEvent log_ = nullptr;
  abi::SetResourceStatus set_status_ = nullptr;
  abi::SetResourceStatusEx set_status_ex_ = nullptr;
  abi::SignalFailure signal_failure_ = nullptr;
  abi::EndControlCall end_control_call_ = nullptr;
};

}  // namespace tidegate
