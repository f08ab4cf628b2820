// Threads of a Windows host.
#include <memory>

#include "host/env/thread.h"
#include "host/env/windows/system.h"

namespace tidegate {
namespace {

struct Start {
  std::function<void()> body;
  HMODULE module = nullptr;  // ours, with a reference for this thread
};

DWORD WINAPI Main(void* argument) {
  HMODULE module = nullptr;
  {
    const std::unique_ptr<Start> start(static_cast<Start*>(argument));
    start->body();
    module = start->module;
  }
  FreeLibraryAndExitThread(module, 0);
}

// What a debugger shows; not there before Windows Server 2016.
void SetName(HANDLE thread, const char* name) {
  using Set = HRESULT(WINAPI*)(HANDLE, PCWSTR);
  static const auto set = Function<Set>(L"kernel32.dll", "SetThreadDescription");
  if (set != nullptr) set(thread, Wide(name).c_str());
}

}  // namespace

std::optional<Thread> StartThread(const char* name, std::function<void()> body) {
  auto start = std::make_unique<Start>(Start{std::move(body)});
  const auto* inside = reinterpret_cast<const wchar_t*>(&Main);
  if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, inside, &start->module)) {
    return std::nullopt;
  }
  const HMODULE module = start->module;
  const HANDLE thread = CreateThread(nullptr, 0, Main, start.get(), 0, nullptr);
  if (thread == nullptr) {
    FreeLibrary(module);
    return std::nullopt;
  }
  (void)start.release();
  SetName(thread, name);
  return Thread(reinterpret_cast<std::uintptr_t>(thread));
}

void Thread::join() {
  const auto thread = reinterpret_cast<HANDLE>(std::exchange(handle_, 0));
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
}

void Thread::detach() { CloseHandle(reinterpret_cast<HANDLE>(std::exchange(handle_, 0))); }

int ThreadNumber() { return static_cast<int>(GetCurrentThreadId()); }

}  // namespace tidegate
