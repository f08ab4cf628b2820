// Records as JSON, copies as files.
#include "host/apps/shared/versions.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/core/limits.h"
#include "host/core/line.h"
#include "host/env/clock.h"
#include "host/env/files.h"

namespace tidegate {
namespace {

using Json = nlohmann::json;

constexpr const char* kRecord = "versions";
constexpr std::size_t kWhyBytes = 300;

std::string TextIn(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
}

Json JsonOf(const VersionRecord& record) {
  return {{"configured", record.configured},
          {"serving", record.serving},
          {"rollbacks", record.rollbacks},
          {"pin", PinJson(record)},
          {"history", HistoryJson(record)}};
}

VersionRecord RecordOf(const Json& json) {
  VersionRecord record;
  record.configured = TextIn(json, "configured");
  record.serving = TextIn(json, "serving");
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

Versions::Versions(Store store, Tell tell)
    : store_(std::move(store)), tell_(std::move(tell)), copies_(store_.directory()) {}

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
    at_ = resource;
  }
  Told(resource, Wrote(resource, text));
  const std::lock_guard lock(mutex_);
  at_.clear();
}

void Versions::Told(const std::string& resource, const Outcome& written) const {
  if (written) return;
  tell_(Level::kWarning, resource, "its history was not written: " + written.error().detail);
}

// With the right to write.
Outcome Versions::Wrote(const std::string& resource, const std::string& text) {
  Outcome written = Write(resource, text);
  const std::lock_guard lock(mutex_);
  if (!written) unwritten_.insert(resource);
  return written;
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
    unwritten_.erase(resource);
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
    Soon(resource);
  }
  some_.notify_one();
}

void Versions::Amend(const std::string& resource,
                     const std::function<void(VersionRecord&)>& change) {
  {
    const std::lock_guard lock(mutex_);
    change(records_[resource]);
    Soon(resource);
  }
  some_.notify_one();
}

// With the lock held.
void Versions::Soon(const std::string& resource) {
  waiting_.insert(resource);
  if (!thread_ && !ending_) thread_ = StartThread("versions", [this] { Main(); });
}

Outcome Versions::Flush(const std::string& resource) {
  const std::lock_guard writing(writing_);
  std::string text;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.erase(resource) + unwritten_.erase(resource) == 0) return Ok();
    text = Dump(records_[resource]);
  }
  return Wrote(resource, text);
}

bool Versions::Written(const std::string& resource) const {
  const std::lock_guard lock(mutex_);
  return !waiting_.contains(resource) && !unwritten_.contains(resource) && at_ != resource;
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
    unwritten_.erase(resource);
  }
  return Wrote(resource, text);
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
  return copies_.Keep(source, digest, [this] { return InUse(); });
}

// What a resource of this directory, whoever hosts it, may need.
std::set<std::string> Versions::InUse() const {
  std::set<std::string> digests;
  const std::string records = store_.directory() + "/records";
  ForEachFile(records, [&](std::string_view name) {
    if (name.starts_with('.')) return;
    const std::string folder = records + "/" + std::string(name) + "/";
    const auto read = [&](std::string_view key) {
      const Result<std::string> text =
          ReadPlain(folder + std::string(key), limits::kStateFileBytes + 256);
      const std::size_t line = text ? text->find('\n') : std::string::npos;
      return line == std::string::npos ? std::string() : text->substr(line + 1);
    };
    if (const Result<StateFile> state = ParseStateFile(read(kStateRecord))) {
      digests.insert(state->now.digest);
      if (state->before) digests.insert(state->before->digest);
    }
    const Json record = Json::parse(read(kRecord), nullptr, false);
    if (record.is_object()) digests.insert(TextIn(record, "serving"));
  });
  return digests;
}

}  // namespace tidegate
