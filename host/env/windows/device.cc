// Overlapped requests.
#include "host/env/windows/device.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <list>
#include <new>

#include "host/env/windows/error_map.h"

namespace tidegate {
namespace {

constexpr std::size_t kAlignment = 4096;  // of memory that a device reads into past every cache

struct FreeAligned {
  void operator()(char* memory) const { operator delete[](memory, std::align_val_t(kAlignment)); }
};

DWORD Milliseconds(Duration d) { return static_cast<DWORD>(d.ns / 1'000'000); }

}  // namespace

struct Device::Request {
  Request(std::uint64_t whose, std::string_view in, std::size_t size, SystemHandle spare)
      : owner(whose),
        input(in),
        output_size(size),
        output(size == 0 ? nullptr : new (std::align_val_t(kAlignment)) char[size]),
        event(spare ? std::move(spare)
                    : SystemHandle(CreateEventW(nullptr, TRUE, FALSE, nullptr))) {
    overlapped.hEvent = event.get();
    if (output != nullptr) std::memset(output.get(), 0, size);
  }
  bool Ended() const { return HasOverlappedIoCompleted(&overlapped); }

  OVERLAPPED overlapped{};
  const std::uint64_t owner;
  std::string input;
  std::size_t output_size;
  std::unique_ptr<char[], FreeAligned> output;
  SystemHandle event;
  DWORD bytes = 0;
  bool cancelled = false;  // behind the device's mutex
};

// Requests that drivers keep. It is never destroyed: they may write into them at any time.
class Device::LeftBehind {
 public:
  static LeftBehind& All() {
    static auto& all = *new LeftBehind;
    return all;
  }
  void Add(std::unique_ptr<Request> request) {
    const std::scoped_lock lock(mutex_);
    requests_.push_back(std::move(request));
  }
  std::size_t Count() {
    const std::scoped_lock lock(mutex_);
    Forget();
    return requests_.size();
  }
  std::size_t CountOf(std::uint64_t owner) {
    const std::scoped_lock lock(mutex_);
    Forget();
    return static_cast<std::size_t>(std::ranges::count_if(
        requests_, [&](const auto& request) { return request->owner == owner; }));
  }

 private:
  void Forget() {
    std::erase_if(requests_, [](const auto& request) { return request->Ended(); });
  }

  Mutex mutex_;
  std::list<std::unique_ptr<Request>> requests_;
};

Result<std::shared_ptr<Device>> Device::Open(const std::wstring& name, DeviceOptions options) {
  SystemHandle handle(CreateFileW(name.c_str(), GENERIC_READ | GENERIC_WRITE,
                                  FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING,
                                  FILE_FLAG_OVERLAPPED | FILE_FLAG_NO_BUFFERING, nullptr));
  if (!handle) return SystemError(GetLastError(), Utf8(name));
  return std::shared_ptr<Device>(new Device(name, std::move(handle), options));
}

std::unique_ptr<Device::Request> Device::NewRequest(std::string_view input, std::size_t size) {
  SystemHandle spare;
  {
    const std::scoped_lock lock(mutex_);
    if (!events_.empty()) {
      spare = std::move(events_.back());
      events_.pop_back();
    }
  }
  return std::make_unique<Request>(options_.owner, input, size, std::move(spare));
}

// Waits until the request has ended or was cancelled, at most for `time`. Whoever cancels sets the
// request's event, so that nobody waits for a driver that ignores it. True: it ended by itself, and
// the system has set its event for the last time.
bool Device::Await(HANDLE file, Request& request, Duration time) {
  if (WaitForSingleObject(request.event.get(), Milliseconds(time)) == WAIT_OBJECT_0 &&
      request.Ended()) {
    return true;
  }
  CancelIoEx(file, &request.overlapped);
  ResetEvent(request.event.get());
  if (request.Ended()) return false;  // before the reset, perhaps
  WaitForSingleObject(request.event.get(), Milliseconds(options_.cancel_wait));
  return false;
}

// The system's error, 0 for success. A request that is left behind is taken out of `request`.
template <class Start>
DWORD Device::Run(std::unique_ptr<Request>& request, Start start) {
  std::shared_ptr<SystemHandle> file;
  {
    const std::scoped_lock lock(mutex_);
    if (handle_ == nullptr) return ERROR_INVALID_HANDLE;
    file = handle_;
    under_way_.push_back(request.get());
  }
  DWORD error = start(file->get(), *request) ? ERROR_SUCCESS : GetLastError();
  bool by_itself = true;
  if (error == ERROR_IO_PENDING) {
    {
      const std::scoped_lock lock(mutex_);
      // Cancelled when there was nothing to cancel yet.
      if (request->cancelled) SetEvent(request->event.get());
    }
    by_itself = Await(file->get(), *request, options_.deadline);
  }
  bool cancelled = false;
  {
    const std::scoped_lock lock(mutex_);
    std::erase(under_way_, request.get());
    cancelled = request->cancelled;
    // Nobody sets it any more, and the system resets it when the next request begins.
    if (by_itself && !cancelled) events_.push_back(std::move(request->event));
  }
  if (error == ERROR_IO_PENDING && !request->Ended()) {
    LeftBehind::All().Add(std::move(request));
    return ERROR_TIMEOUT;
  }
  if (error == ERROR_SUCCESS || error == ERROR_IO_PENDING) {
    const BOOL done =
        GetOverlappedResult(file->get(), &request->overlapped, &request->bytes, FALSE);
    error = done ? ERROR_SUCCESS : GetLastError();
  }
  // Aborted, but not by us asking on somebody's behalf: its time was up.
  return error == ERROR_OPERATION_ABORTED && !cancelled ? ERROR_TIMEOUT : error;
}

std::string Device::About(std::uint32_t code) const {
  char text[48];
  std::snprintf(text, sizeof text, "control code 0x%08x to ", code);
  return text + Utf8(name_);
}

Result<std::string> Device::Control(std::uint32_t code, std::string_view input, std::size_t size) {
  if (LeftBehind::All().Count() >= limits::kIoctlsLeftBehind) {
    return Error{ErrorCode::kBusy, "",
                 std::to_string(limits::kIoctlsLeftBehind) +
                     " requests are stuck in drivers that ignore cancellation"};
  }
  auto request = NewRequest(input, size);
  const DWORD error = Run(request, [code](HANDLE file, Request& r) {
    void* in = r.input.empty() ? nullptr : r.input.data();
    return DeviceIoControl(file, code, in, static_cast<DWORD>(r.input.size()), r.output.get(),
                           static_cast<DWORD>(r.output_size), nullptr, &r.overlapped);
  });
  if (request == nullptr) {
    return Error{ErrorCode::kTimeout, "",
                 About(code) + ": no answer within " + Text(options_.deadline) +
                     ", and the driver ignores cancellation: quarantined"};
  }
  if (error == ERROR_TIMEOUT) {
    return Error{ErrorCode::kTimeout, "",
                 About(code) + ": no answer within " + Text(options_.deadline)};
  }
  if (error != ERROR_SUCCESS) return SystemError(error, About(code));
  const std::size_t bytes = std::min<std::size_t>(request->bytes, request->output_size);
  return bytes == 0 ? std::string() : std::string(request->output.get(), bytes);
}

Result<bool> Device::Ask(ControlCode code, ErrorCode no) {
  const Result<std::string> answer = Control(code);
  if (answer) return true;
  const ErrorCode why = answer.error().code;
  if (why == no || why == ErrorCode::kNotSupported) return false;
  return answer.error();
}

Result<std::int64_t> Device::Read(std::int64_t offset, std::size_t length) {
  auto request = NewRequest({}, length);
  request->overlapped.Offset = static_cast<DWORD>(offset);
  request->overlapped.OffsetHigh = static_cast<DWORD>(offset >> 32);
  const DWORD error = Run(request, [](HANDLE file, Request& r) {
    return ReadFile(file, r.output.get(), static_cast<DWORD>(r.output_size), nullptr,
                    &r.overlapped);
  });
  const std::string what = "read of " + std::to_string(length) + " bytes at " +
                           std::to_string(offset) + " of " + Utf8(name_);
  if (error == ERROR_TIMEOUT) {
    return Error{
        ErrorCode::kTimeout, "",
        what + ": no answer within " + Text(options_.deadline) +
            (request == nullptr ? ", and the driver ignores cancellation: quarantined" : "")};
  }
  if (error != ERROR_SUCCESS) return SystemError(error, what);
  return static_cast<std::int64_t>(request->bytes);
}

// The system waits in this call itself: a driver that hangs in it keeps the thread.
Outcome Device::Flush() {
  std::shared_ptr<SystemHandle> file;
  {
    const std::scoped_lock lock(mutex_);
    file = handle_;
  }
  if (file == nullptr) return SystemError(ERROR_INVALID_HANDLE, Utf8(name_));
  if (FlushFileBuffers(file->get())) return Ok();
  return SystemError(GetLastError(), "flush of " + Utf8(name_));
}

void Device::Cancel() {
  const std::scoped_lock lock(mutex_);
  for (Request* request : under_way_) {
    request->cancelled = true;
    if (handle_ != nullptr) CancelIoEx(handle_->get(), &request->overlapped);
    SetEvent(request->event.get());
  }
}

std::size_t Device::LeftBehindOf(std::uint64_t owner) { return LeftBehind::All().CountOf(owner); }

void Device::Close() {
  Cancel();
  const std::scoped_lock lock(mutex_);
  handle_.reset();
}

}  // namespace tidegate
