// Records as JSON, copies as files.
#include "host/apps/shared/versions.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/core/limits.h"
#include "host/core/line.h"
#include "host/env/clock.h"
#include "host/env/files.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kRecord = "versions";
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

HistoryEntry EntryOf(const Manifest& manifest, std::string by) {
  HistoryEntry entry;
  entry.policy = manifest.name;
  entry.version = manifest.version;
  entry.digest = manifest.digest;
  entry.by = std::move(by);
  return entry;
}

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

std::string HistoryText(const std::string& resource, const VersionRecord& record) {
  const Json json = {
      {"resource", resource}, {"history", HistoryJson(record)}, {"pin", PinJson(record)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string ShortName(const std::string& policy, const std::string& digest) {
  return policy + "@" + digest.substr(0, 8);
}

std::string LastServing(const VersionRecord& record) {
  std::string_view undone;  // what was rolled back after it
  for (auto it = record.history.rbegin(); it != record.history.rend(); ++it) {
    if (it->outcome == Name(SwapNews::What::kRolledBack)) undone = it->digest;
    const bool served = it->outcome == "started" || it->outcome == "switched" ||
                        it->outcome == "proved" || it->outcome == "unproved";
    if (served && it->digest != undone) return it->digest;
  }
  return {};
}

Outcome CheckQuarantine(const VersionRecord& record, const std::string& resource,
                        const CompiledPolicy& policy, int limit, std::string_view remedy) {
  const auto rollbacks = record.rollbacks.find(policy.digest());
  if (rollbacks == record.rollbacks.end() || rollbacks->second < limit) return Ok();
  return Error{ErrorCode::kAccessDenied, "",
               ShortName(policy.name(), policy.digest()) + " is quarantined: it was rolled back " +
                   std::to_string(rollbacks->second) + " times on " + resource +
                   std::string(remedy)};
}

HistoryEntry Succession::Hear(const SwapNews& news) {
  HistoryEntry entry;
  switch (news.what) {
    case SwapNews::What::kRefused:
      entry = offered;
      break;
    case SwapNews::What::kSwitched:
      // Of one that comes while another is on probation, it is still the one before that.
      if (before.digest.empty()) before = serving;
      entry = serving = offered;
      break;
    case SwapNews::What::kRolledBack:
      entry = std::exchange(serving, std::exchange(before, {}));
      break;
    case SwapNews::What::kProved:
      entry = serving;
      before = {};
      break;
    case SwapNews::What::kSuperseded:
      entry = serving;
  }
  entry.outcome = Name(news.what);
  entry.why = news.why.detail;
  return entry;
}

Result<std::unique_ptr<Versions>> Versions::Open(const std::string& state_dir, Tell tell) {
  Result<Store> store = Store::Open(state_dir);
  if (!store) return store.error();
  return std::unique_ptr<Versions>(new Versions(std::move(*store), std::move(tell)));
}

Versions::Versions(Store store, Tell tell) : store_(std::move(store)), tell_(std::move(tell)) {}

Versions::~Versions() { End(); }

void Versions::End() {
  std::optional<Thread> thread;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    thread.swap(thread_);
  }
  some_.notify_all();
  if (thread) thread->join();
}

void Versions::Main() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      some_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
    }
    WriteNext();
  }
}

void Versions::WriteNext() {
  const std::lock_guard writing(writing_);
  std::string resource;
  std::string text;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) return;
    resource = waiting_.extract(waiting_.begin()).value();
    text = Dump(records_[resource]);
  }
  Told(resource, Write(resource, text));
}

void Versions::Told(const std::string& resource, const Outcome& written) const {
  if (written) return;
  tell_(Level::kWarning, resource, "its history was not written: " + written.error().detail);
}

Outcome Versions::Write(const std::string& resource, const std::string& text) {
  const Reply reply = store_.Set(resource, RecordSet{kRecord, text});
  if (reply.ok()) return Ok();
  return Error{reply.code, "", reply.detail};
}

std::optional<VersionRecord> Versions::Load(const std::string& resource) {
  const std::lock_guard writing(writing_);
  const Reply reply = store_.Get(resource, RecordGet{kRecord});
  if (!reply.ok()) {
    if (reply.code != ErrorCode::kNotFound) {
      tell_(Level::kError, resource, "its history begins anew: " + std::string(reply.detail));
    }
    return std::nullopt;
  }
  const Json json = Json::parse(std::get<std::string>(reply.value), nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  return records_[resource] = RecordOf(json);
}

VersionRecord Versions::Recall(const std::string& resource) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto it = records_.find(resource); it != records_.end()) return it->second;
  }
  return Load(resource).value_or(VersionRecord());
}

void Versions::Forget(const std::string& resource) {
  const std::lock_guard writing(writing_);
  std::optional<std::string> text;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.erase(resource) > 0) text = Dump(records_[resource]);
    records_.erase(resource);
  }
  if (text) Told(resource, Write(resource, *text));
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
    if (!thread_ && !ending_) thread_ = StartThread("versions", [this] { Main(); });
  }
  some_.notify_one();
}

Outcome Versions::Change(const std::string& resource,
                         const std::function<void(VersionRecord&)>& change) {
  const std::lock_guard writing(writing_);
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
  const Reply reply = store_.Get(resource, RecordGet{std::string(kStateRecord)});
  if (!reply.ok()) {
    if (reply.code != ErrorCode::kNotFound) {
      tell_(Level::kError, resource, "resource.state: " + std::string(reply.detail));
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
