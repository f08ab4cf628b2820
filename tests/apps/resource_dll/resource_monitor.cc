// Calling a resource DLL, and being called back.
#include "tests/apps/resource_dll/resource_monitor.h"

#include <algorithm>
#include <chrono>
#include <cstdarg>
#include <map>
#include <string_view>

#include "host/apps/resource_dll/utf16.h"
#include "host/core/state.h"

namespace tidegate::test {
namespace {

constexpr std::chrono::seconds kPatience{20};
constexpr abi::Dword kTimedOut = 5910;

// What EndControlCall was told, by context.
std::mutex ended_mutex;
std::condition_variable ended_changed;
std::map<abi::Context, abi::Dword> ended;
abi::Context last_context = 0;

Record& RecordOf(abi::ResourceHandle handle) { return *static_cast<Record*>(handle); }

abi::Dword Answer(const Record& record) { return record.refuses() ? 1 : 0; }

abi::Dword OnStatusEx(abi::ResourceHandle handle, abi::ResourceStatusEx* status) {
  RecordOf(handle).Add(*status);
  return Answer(RecordOf(handle));
}

abi::Dword OnStatus(abi::ResourceHandle handle, abi::ResourceStatus* status) {
  abi::ResourceStatusEx all;
  all.state = status->state;
  all.checkpoint = status->checkpoint;
  all.event = status->event;
  return OnStatusEx(handle, &all);
}

void OnLog(abi::ResourceHandle handle, abi::LogLevel level, const abi::WideChar* format, ...) {
  const std::u16string_view expected = u"%1!s!";
  if (format != expected) return RecordOf(handle).AddLine(level, "a format of its own");
  va_list arguments;
  va_start(arguments, format);
  const auto* text = va_arg(arguments, const abi::WideChar*);
  RecordOf(handle).AddLine(level, ToUtf8(text, 4096));
  va_end(arguments);
}

abi::Dword OnFailure(abi::ResourceHandle handle, abi::FailureType, abi::Dword error) {
  RecordOf(handle).AddFailure(error);
  return 0;
}

abi::Dword OnEndControl(abi::Context context, abi::Dword status) {
  const std::scoped_lock lock(ended_mutex);
  ended[context] = status;
  ended_changed.notify_all();
  return 0;
}

abi::Callbacks TheCallbacks() {
  abi::Callbacks callbacks;
  callbacks.log_event = &OnLog;
  callbacks.set_resource_status_ex = &OnStatusEx;
  callbacks.signal_failure = &OnFailure;
  callbacks.end_control_call = &OnEndControl;
  callbacks.end_type_control_call = &OnEndControl;
  return callbacks;
}

bool IsPendingState(std::int32_t state) { return IsPending(static_cast<ResourceState>(state)); }

}  // namespace

template <class Done>
bool Record::Wait(Done done) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, done);
}

void Record::Add(const abi::ResourceStatusEx& status) {
  const std::scoped_lock lock(mutex_);
  reports_.push_back(status);
  changed_.notify_all();
}

void Record::AddLine(abi::LogLevel level, std::string text) {
  constexpr const char* kLevels[] = {"info: ", "warning: ", "error: ", "severe: "};
  const std::scoped_lock lock(mutex_);
  lines_.push_back(kLevels[static_cast<int>(level)] + std::move(text));
  changed_.notify_all();
}

void Record::AddFailure(abi::Dword error) {
  const std::scoped_lock lock(mutex_);
  failures_.push_back(error);
  changed_.notify_all();
}

std::optional<abi::ResourceStatusEx> Record::WaitEnd() {
  const bool came =
      Wait([this] { return !reports_.empty() && !IsPendingState(reports_.back().state); });
  return came ? std::optional(reports().back()) : std::nullopt;
}

bool Record::WaitFailure() {
  return Wait([this] { return !failures_.empty(); });
}

bool Record::WaitReports(std::size_t count) {
  return Wait([&] { return reports_.size() >= count; });
}

bool Record::WaitLine(std::string_view part) {
  return Wait([&] {
    return std::ranges::any_of(lines_,
                               [&](const auto& line) { return line.find(part) != line.npos; });
  });
}

std::vector<abi::ResourceStatusEx> Record::reports() const {
  const std::scoped_lock lock(mutex_);
  return reports_;
}
std::vector<std::string> Record::lines() const {
  const std::scoped_lock lock(mutex_);
  return lines_;
}
std::vector<abi::Dword> Record::failures() const {
  const std::scoped_lock lock(mutex_);
  return failures_;
}
void Record::ClearReports() {
  const std::scoped_lock lock(mutex_);
  reports_.clear();
}
void Record::Clear() {
  const std::scoped_lock lock(mutex_);
  reports_.clear();
  lines_.clear();
  failures_.clear();
}

ResourceMonitor::ResourceMonitor(const Exports& exports, abi::Dword version) : version_(version) {
  static abi::Callbacks callbacks = TheCallbacks();
  started_ = version == abi::kVersion1
                 ? exports.startup(u"Tidegate", version, version, &OnStatus, &OnLog, &table_)
                 : exports.startup_ex(u"Tidegate", abi::kVersion1, version, &callbacks, &table_);
  if (table_ != nullptr) version_ = table_->version;
}

abi::ResourceId ResourceMonitor::Open(const std::u16string& name, abi::Key key,
                                      Record& record) const {
  if (version_ == abi::kVersion1) return table_->v1.open(name.c_str(), key, &record);
  return table_->v2.open(name.c_str(), key, &record, 0);
}

abi::Dword ResourceMonitor::Online(abi::ResourceId id, abi::Handle* event, abi::Dword flags,
                                   std::string input) const {
  abi::Handle none = nullptr;
  if (event == nullptr) event = &none;
  if (version_ == abi::kVersion1) return table_->v1.online(id, event);
  auto* in = input.empty() ? nullptr : reinterpret_cast<abi::Byte*>(input.data());
  return table_->v2.online(id, event, flags, in, static_cast<abi::Dword>(input.size()), 0);
}

abi::Dword ResourceMonitor::Offline(abi::ResourceId id, abi::Dword flags) const {
  if (version_ == abi::kVersion1) return table_->v1.offline(id);
  return table_->v2.offline(id, u"node2", flags, nullptr, 0, 0);
}

ControlResult ResourceMonitor::ControlOnce(abi::ResourceId id, abi::Dword code,
                                           std::span<const std::byte> in, std::size_t out_size,
                                           abi::Handle token) const {
  ControlResult result;
  result.data.resize(out_size);
  void* input = in.empty() ? nullptr : const_cast<std::byte*>(in.data());
  void* output = out_size == 0 ? nullptr : result.data.data();
  const auto in_bytes = static_cast<abi::Dword>(in.size());
  const auto out_bytes = static_cast<abi::Dword>(out_size);
  if (version_ < abi::kVersion4) {
    // What a busy machine does not answer in time is asked again, as a tool would.
    for (int tries = 0; tries < 50 && (tries == 0 || result.status == kTimedOut); ++tries) {
      result.status = table_->v1.resource_control(id, code, input, in_bytes, output, out_bytes,
                                                  &result.returned);
    }
  } else {
    abi::Context context = 0;
    {
      const std::scoped_lock lock(ended_mutex);
      context = ++last_context;
    }
    abi::Bool later = 0;
    result.status =
        token == nullptr
            ? table_->v4.begin_resource_control(id, code, input, in_bytes, output, out_bytes,
                                                &result.returned, context, &later)
            : table_->v4.begin_resource_control_as_user(id, token, code, input, in_bytes, output,
                                                        out_bytes, &result.returned, context,
                                                        &later);
    result.later = later != 0;
    if (result.later) {
      std::unique_lock lock(ended_mutex);
      ended_changed.wait_for(lock, kPatience, [&] { return ended.contains(context); });
      result.status = ended.contains(context) ? ended[context] : result.status;
    }
  }
  const bool filled = result.status == abi::kSuccess || result.status == abi::kPropertiesStored;
  result.data.resize(filled ? std::min<std::size_t>(result.returned, out_size) : 0);
  return result;
}

ControlResult ResourceMonitor::Control(abi::ResourceId id, abi::Dword code,
                                       std::span<const std::byte> in) const {
  ControlResult result = ControlOnce(id, code, in, 0);
  for (int tries = 0; result.status == abi::kMoreData && tries < 4; ++tries) {
    result = ControlOnce(id, code, in, result.returned);
  }
  return result;
}

ControlResult ResourceMonitor::ControlAs(abi::ResourceId id, abi::Handle token, abi::Dword code,
                                         std::span<const std::byte> in) const {
  return ControlOnce(id, code, in, 0, token);
}

ControlResult ResourceMonitor::TypeControl(abi::Dword code) const {
  ControlResult result;
  result.data.resize(4096);
  if (version_ < abi::kVersion4) {
    result.status = table_->v1.resource_type_control(u"Tidegate", code, nullptr, 0,
                                                     result.data.data(), 4096, &result.returned);
  } else {
    abi::Bool later = 0;
    result.status = table_->v4.begin_resource_type_control(
        u"Tidegate", code, nullptr, 0, result.data.data(), 4096, &result.returned, 1, &later);
  }
  result.data.resize(std::min<std::size_t>(result.returned, 4096));
  return result;
}

}  // namespace tidegate::test
