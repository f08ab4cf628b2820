// tidegate.dll: its exports, and the system that it runs on.
#include "host/apps/resource_dll/dll_module.h"
#include "host/apps/resource_dll/entry_points.h"
#include "host/apps/resource_dll/windows/cluster_questions.h"
#include "host/apps/resource_dll/windows/cluster_registry.h"
#include "host/env/windows/account.h"
#include "host/env/windows/file_system.h"
#include "host/env/windows/off_limits.h"
#include "host/env/windows/system.h"
#include "host/env/windows/volumes.h"

namespace tidegate {
namespace {

class WindowsSystem final : public System {
 public:
  // State, packs, and whom to trust.
  static std::string OwnFolder() {
    wchar_t folder[MAX_PATH] = {};
    const DWORD size = GetEnvironmentVariableW(L"ProgramData", folder, MAX_PATH);
    const bool known = size > 0 && size < MAX_PATH;
    return (known ? Utf8(folder) : std::string("C:\\ProgramData")) + "\\Tidegate";
  }

  Result<std::shared_ptr<ParameterStore>> OpenParameters(abi::Key resource_key) override {
    return OpenClusterParameters(resource_key);
  }

  VolumeDriver MakeVolumes() override {
    const auto volumes = std::make_shared<WindowsVolumes>();
    const auto perform = [volumes, own = OwnFolder()](ResourceId id, const Call& call) {
      if (const auto* mount = std::get_if<VolumeMount>(&call)) {
        const Outcome may = CheckMountPoint(mount->where, own);
        if (!may) return Failure(may.error().code, may.error().detail);
      }
      return volumes->Perform(id, call);
    };
    return {perform,
            [volumes](ResourceId id) { volumes->Cancel(id); },
            [volumes](ResourceId id) { volumes->Rest(id); },
            [volumes](ResourceId id) { volumes->CloseAll(id); },
            [volumes](ResourceId id) { return volumes->LeftBehind(id); },
            &FactsOf,
            &HoldsPath};
  }

  std::function<Reply(const std::string&, const Call&)> MakeCluster() override {
    return &AskCluster;
  }

  // Beside what other services keep of this machine: resource.state is the node's, not the
  // cluster's.
  std::string StateDirectory() override { return OwnFolder() + "\\state"; }

  std::string UserOf(abi::Handle token) override { return SidOf(token); }
  std::string AccountOf(const std::string& user) override { return tidegate::AccountOf(user); }

  abi::Handle MakeEvent() override { return CreateEventW(nullptr, TRUE, FALSE, nullptr); }
  void SetEvent(abi::Handle event, bool signalled) override {
    (void)(signalled ? ::SetEvent(event) : ::ResetEvent(event));
  }
  void CloseEvent(abi::Handle event) override { CloseHandle(event); }
  void SetLastError(abi::Dword error) override { ::SetLastError(error); }
};

}  // namespace

// Never destroyed: a destructor would run inside DllMain, where nothing may be waited for.
DllModule& TheModule() {
  static DllModule& module = *new DllModule(*new WindowsSystem);
  return module;
}

}  // namespace tidegate

extern "C" {

tidegate::abi::Dword Startup(const tidegate::abi::WideChar* type, tidegate::abi::Dword least,
                             tidegate::abi::Dword most, tidegate::abi::SetResourceStatus set_status,
                             tidegate::abi::LogEvent log, tidegate::abi::FunctionTable** table) {
  return tidegate::StartV1(type, least, most, set_status, log, table);
}

tidegate::abi::Dword StartupEx(const tidegate::abi::WideChar* type, tidegate::abi::Dword least,
                               tidegate::abi::Dword most, tidegate::abi::Callbacks* callbacks,
                               tidegate::abi::FunctionTable** table) {
  return tidegate::StartEx(type, least, most, callbacks, table);
}
}
