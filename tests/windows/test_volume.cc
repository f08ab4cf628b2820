// Talking to the test driver.
#include "tests/windows/test_volume.h"

#include <cstdio>
#include <cstdlib>

#include "host/env/windows/system.h"

namespace tidegate::test {
namespace {

std::wstring BesideProgram(const wchar_t* name) {
  wchar_t path[MAX_PATH] = {};
  GetModuleFileNameW(nullptr, path, MAX_PATH);
  const std::wstring program = path;
  return program.substr(0, program.rfind(L'\\') + 1) + name;
}

[[noreturn]] void Give(const char* what) {
  std::fprintf(stderr, "test volume: %s: error %lu\n", what, GetLastError());
  std::abort();
}

HANDLE Control() {
  static const HANDLE handle =
      CreateFileW(L"\\\\.\\TidegateTest", GENERIC_READ | GENERIC_WRITE,
                  FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr);
  if (handle == INVALID_HANDLE_VALUE) Give("the control device");
  return handle;
}

template <class In>
void Send(unsigned code, const In& in, test_state* state = nullptr) {
  DWORD size = 0;
  In copy = in;
  if (!DeviceIoControl(Control(), code, &copy, sizeof copy, state,
                       state == nullptr ? 0 : sizeof *state, &size, nullptr)) {
    Give("a request");
  }
}

}  // namespace

std::string StartTestDriver() {
  constexpr wchar_t kName[] = L"TidegateTestVolume";
  const std::wstring file = BesideProgram(L"test_volume.sys");
  const SC_HANDLE manager = OpenSCManagerW(nullptr, nullptr, SC_MANAGER_ALL_ACCESS);
  if (manager == nullptr) return "no service manager: " + SystemErrorText(GetLastError());
  SC_HANDLE service = OpenServiceW(manager, kName, SERVICE_ALL_ACCESS);
  if (service == nullptr) {
    service = CreateServiceW(manager, kName, nullptr, SERVICE_ALL_ACCESS, SERVICE_KERNEL_DRIVER,
                             SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, file.c_str(), nullptr,
                             nullptr, nullptr, nullptr, nullptr);
  }
  std::string trouble;
  if (service == nullptr ||
      (!StartServiceW(service, 0, nullptr) && GetLastError() != ERROR_SERVICE_ALREADY_RUNNING)) {
    trouble = Utf8(file) + ": " + SystemErrorText(GetLastError());
  }
  if (service != nullptr) CloseServiceHandle(service);
  CloseServiceHandle(manager);
  return trouble;
}

TestVolume::TestVolume(unsigned number) : number_(number) {
  static const std::string trouble = StartTestDriver();
  if (!trouble.empty()) {
    std::fprintf(stderr, "test volume: %s\n", trouble.c_str());
    std::abort();
  }
  Reset();
}

TestVolume::~TestVolume() { Reset(); }

std::string TestVolume::path() const {
  char path[64];
  std::snprintf(path, sizeof path, "\\\\?\\Volume{71de6a7e-0000-4000-8000-0000000000%02x}",
                number_);
  return path;
}

void TestVolume::Fail(unsigned op, std::uint32_t nt_status, unsigned count) const {
  Send(TEST_ADD_FAULT, test_fault{number_, op, TEST_FAIL, nt_status, 0, count});
}
void TestVolume::Delay(unsigned op, unsigned milliseconds, unsigned count) const {
  Send(TEST_ADD_FAULT, test_fault{number_, op, TEST_DELAY, 0, milliseconds, count});
}
void TestVolume::Hang(unsigned op, unsigned count) const {
  Send(TEST_ADD_FAULT, test_fault{number_, op, TEST_HANG, 0, 0, count});
}
void TestVolume::Stick(unsigned op, unsigned count) const {
  Send(TEST_ADD_FAULT, test_fault{number_, op, TEST_STUCK, 0, 0, count});
}
void TestVolume::Release(std::uint32_t nt_status) const {
  Send(TEST_RELEASE, test_request{number_, nt_status});
}
void TestVolume::Vanish(bool gone) const {
  Send(TEST_VANISH, test_request{number_, gone ? 1u : 0u});
}
void TestVolume::Is(unsigned what) const { Send(TEST_IS, test_request{number_, what}); }
void TestVolume::Reset() const { Send(TEST_RESET, test_request{number_, 0}); }

test_state TestVolume::state() const {
  test_state state{};
  Send(TEST_STATE, test_request{number_, 0}, &state);
  return state;
}

void TestVolume::WaitHanging(unsigned requests) const {
  while (state().hanging < requests) Sleep(1);
}

}  // namespace tidegate::test
