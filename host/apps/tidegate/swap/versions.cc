// Records as JSON, copies as files.
#include "host/apps/tidegate/swap/versions.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/apps/tidegate/trace_files.h"
#include "host/core/limits.h"
#include "host/core/line.h"
#include "host/env/files.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::string_view kRecordKey = ".versions";
constexpr std::string_view kCopyHead = "tidegate-policy 1\n";
constexpr std::size_t kWhyBytes = 300;

std::string TextIn(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
}

Json JsonOf(const VersionRecord& record) {
  return {{"configured", record.configured},
          {"rollbacks", record.rollbacks},
          {"pin", PinJson(record)},
          {"history", HistoryJson(record)}};
}

VersionRecord RecordOf(const Json& json) {
  VersionRecord record;
  record.configured = TextIn(json, "configured");
  if (const auto pin = json.find("pin"); pin != json.end() && pin->is_object()) {
    record.pin = Pin{TextIn(*pin, "time"), TextIn(*pin, "by"), TextIn(*pin, "why")};
  }
  if (const auto counts = json.find("rollbacks"); counts != json.end() && counts->is_object()) {
    for (const auto& [digest, count] : counts->items()) {
      if (count.is_number_integer()) record.rollbacks[digest] = count.get<int>();
    }
  }
  if (const auto history = json.find("history"); history != json.end() && history->is_array()) {
    for (const Json& e : *history) {
      if (!e.is_object()) continue;
      record.history.push_back({TextIn(e, "time"), TextIn(e, "policy"), TextIn(e, "version"),
                                TextIn(e, "digest"), TextIn(e, "file"), TextIn(e, "by"),
                                TextIn(e, "outcome"), TextIn(e, "why")});
    }
  }
  return record;
}

std::string Dump(const VersionRecord& record) {
  return JsonOf(record).dump(-1, ' ', false, Json::error_handler_t::replace);
}

void Add(VersionRecord& record, HistoryEntry entry) {
  entry.why = PrintableLine(entry.why, kWhyBytes);
  entry.file = PrintableLine(entry.file, kWhyBytes);
  if (entry.outcome == "rolled back") ++record.rollbacks[entry.digest];
  record.history.push_back(std::move(entry));
  if (record.history.size() > limits::kHistoryEntries) record.history.erase(record.history.begin());
}

std::string Part(const Module& module) {
  return module.name + "\n" + std::to_string(module.text.size()) + "\n" + module.text + "\n";
}

// "name\nsize\ntext\n"
std::optional<Module> TakePart(std::string_view& rest) {
  const std::size_t name = rest.find('\n');
  const std::size_t size = name == rest.npos ? name : rest.find('\n', name + 1);
  if (size == rest.npos) return std::nullopt;
  const std::size_t bytes =
      std::strtoull(std::string(rest.substr(name + 1, size)).c_str(), nullptr, 10);
  if (bytes > rest.size() - size - 1) return std::nullopt;
  Module module{std::string(rest.substr(0, name)), std::string(rest.substr(size + 1, bytes))};
  rest.remove_prefix(std::min(size + 1 + bytes + 1, rest.size()));
  return module;
}

}  // namespace

Json HistoryJson(const VersionRecord& record) {
  Json history = Json::array();
  for (const HistoryEntry& e : record.history) {
    history.push_back({{"time", e.time},
                       {"policy", e.policy},
                       {"version", e.version},
                       {"digest", e.digest},
                       {"file", e.file},
                       {"by", e.by},
                       {"outcome", e.outcome},
                       {"why", e.why}});
  }
  return history;
}

Json PinJson(const VersionRecord& record) {
  if (!record.pin) return nullptr;
  return {{"time", record.pin->time}, {"by", record.pin->by}, {"why", record.pin->why}};
}

Result<std::unique_ptr<Versions>> Versions::Open(const std::string& state_dir, Told told) {
  Result<Store> store = Store::Open(state_dir);
  if (!store) return store.error();
  return std::unique_ptr<Versions>(new Versions(std::move(*store), std::move(told)));
}

Versions::Versions(Store store, Told told) : store_(std::move(store)), told_(std::move(told)) {
  thread_ = StartThread("versions", [this] { Main(); });
}

Versions::~Versions() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  some_.notify_all();
  if (thread_) thread_->join();
}

void Versions::Main() {
  std::unique_lock lock(mutex_);
  while (true) {
    some_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const std::string resource = waiting_.extract(waiting_.begin()).value();
    const std::string text = Dump(records_[resource]);
    lock.unlock();
    if (const Outcome written = Write(resource, text); !written) {
      told_(Level::kWarning, resource, "its history was not written: " + written.error().detail);
    }
    lock.lock();
  }
}

Outcome Versions::Write(const std::string& resource, const std::string& text) {
  const Reply reply = store_.Set(resource, {std::string(kRecordKey), text});
  if (reply.ok()) return Ok();
  return Error{reply.code, "", reply.detail};
}

std::optional<VersionRecord> Versions::Load(const std::string& resource) {
  const Reply reply = store_.Get(resource, {std::string(kRecordKey)});
  if (!reply.ok()) {
    if (reply.code != ErrorCode::kNotFound) {
      told_(Level::kError, resource, "its history begins anew: " + std::string(reply.detail));
    }
    return std::nullopt;
  }
  const Json json = Json::parse(std::get<std::string>(reply.value), nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  return records_[resource] = RecordOf(json);
}

VersionRecord Versions::Of(const std::string& resource) const {
  const std::lock_guard lock(mutex_);
  const auto it = records_.find(resource);
  return it == records_.end() ? VersionRecord() : it->second;
}

void Versions::Note(const std::string& resource, HistoryEntry entry) {
  {
    const std::lock_guard lock(mutex_);
    entry.time = WallClock();
    Add(records_[resource], std::move(entry));
    waiting_.insert(resource);
  }
  some_.notify_one();
}

Outcome Versions::Change(const std::string& resource,
                         const std::function<void(VersionRecord&)>& change) {
  std::string text;
  {
    const std::lock_guard lock(mutex_);
    VersionRecord& record = records_[resource];
    change(record);
    while (record.history.size() > limits::kHistoryEntries) {
      record.history.erase(record.history.begin());
    }
    text = Dump(record);
    waiting_.erase(resource);
  }
  return Write(resource, text);
}

std::optional<StateFile> Versions::StateOf(const std::string& resource) {
  const Reply reply = store_.Get(resource, {".state"});
  if (!reply.ok()) {
    if (reply.code != ErrorCode::kNotFound) {
      told_(Level::kError, resource, "resource.state: " + std::string(reply.detail));
    }
    return std::nullopt;
  }
  Result<StateFile> file = ParseStateFile(std::get<std::string>(reply.value));
  if (!file) return std::nullopt;  // the lane will say so, and set it aside
  return std::move(*file);
}

Outcome Versions::Keep(const PolicySource& source, const std::string& digest) {
  if (FileExists(Folder() + "/" + digest)) return Ok();
  if (Outcome made = MakeDirectory(Folder(), store_.directory()); !made) return made;
  std::string text(kCopyHead);
  text += Part({source.name, source.text});
  for (const Module& module : source.modules) text += Part(module);
  if (Outcome written = WriteWhole(Folder(), digest, text); !written) return written;
  Prune();
  return Ok();
}

// The oldest go first.
void Versions::Prune() {
  std::vector<std::pair<fs::file_time_type, fs::path>> copies;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(Folder(), error)) {
    copies.emplace_back(entry.last_write_time(error), entry.path());
  }
  if (copies.size() <= limits::kVersionsKept) return;
  std::ranges::sort(copies);
  copies.resize(copies.size() - limits::kVersionsKept);
  for (const auto& [time, path] : copies) fs::remove(path, error);
}

Result<PolicySource> Versions::Find(const std::string& digest) const {
  // A policy's modules have no bound of their own but this one.
  const Result<std::string> text = ReadPlain(Folder() + "/" + digest, limits::kPackBytes);
  if (!text) return text.error();
  std::string_view rest = *text;
  const Error broken{ErrorCode::kFileCorrupt, "", Folder() + "/" + digest + " is not whole"};
  if (!rest.starts_with(kCopyHead)) return broken;
  rest.remove_prefix(kCopyHead.size());
  PolicySource source;
  std::optional<Module> part = TakePart(rest);
  if (!part) return broken;
  source.name = std::move(part->name);
  source.text = std::move(part->text);
  while (!rest.empty()) {
    part = TakePart(rest);
    if (!part) return broken;
    source.modules.push_back(std::move(*part));
  }
  return source;
}

}  // namespace tidegate
