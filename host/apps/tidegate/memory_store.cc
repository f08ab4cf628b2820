// Records and values as one JSON object.
#include "host/apps/tidegate/memory_store.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <unistd.h>
#include <utility>

#include "host/core/limits.h"

namespace tidegate {
namespace {

using Json = nlohmann::json;

Error Cannot(const std::string& file, const char* what) {
  const ErrorCode code = errno == ENOSPC ? ErrorCode::kDiskFull : ErrorCode::kAccessDenied;
  return {code, "", file + ": " + what + ": " + std::strerror(errno)};
}

Outcome WriteWhole(const std::string& file, const std::string& text) {
  const std::string part = file + ".part";
  const int fd = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return Cannot(part, "open");
  const bool written =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  const Error error = Cannot(part, "write");
  close(fd);
  if (written && rename(part.c_str(), file.c_str()) == 0) return Ok();
  unlink(part.c_str());
  return written ? Cannot(file, "rename") : error;
}

}  // namespace

Outcome MemoryStore::Keep(const std::string& file) {
  file_ = file;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return Ok();
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  const Json json = Json::parse(text.view(), nullptr, false);
  const Error foreign{ErrorCode::kFileCorrupt, "",
                      file + ": not a state file (a JSON object that tidegate call --state wrote)"};
  if (!in || !json.is_object()) return foreign;
  for (const auto& [name, shelf] : {std::pair("records", &records_), {"values", &values_}}) {
    const auto kept = json.find(name);
    if (kept == json.end()) continue;
    if (!kept->is_object()) return foreign;
    for (const auto& [key, value] : kept->items()) {
      (*shelf)[key] = value.is_string() ? value.get<std::string>() : value.dump();
    }
  }
  return Ok();
}

Outcome MemoryStore::WriteBoth() const {
  if (file_.empty()) return Ok();
  Json json = {{"records", Json::object()}, {"values", values_}};
  for (const auto& [name, value] : records_) {
    // resource.state is JSON already: people read this file.
    const Json parsed = Json::parse(value, nullptr, false);
    json["records"][name] = parsed.is_discarded() ? Json(value) : parsed;
  }
  return WriteWhole(file_, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Reply MemoryStore::Get(const Values& from, const std::string& key) {
  const auto it = from.find(key);
  return it == from.end() ? Failure(ErrorCode::kNotFound, key) : Success(it->second);
}

Reply MemoryStore::Set(Values& in, const std::string& key, const std::string& value) {
  const std::optional<std::string> before =
      in.contains(key) ? std::optional(in[key]) : std::nullopt;
  if (!before && in.size() >= limits::kStoreKeys) {
    return Failure(ErrorCode::kDiskFull,
                   "a resource stores at most " + std::to_string(limits::kStoreKeys) + " values");
  }
  in[key] = value;
  const Outcome written = WriteBoth();
  if (written) return Success();
  if (before) {
    in[key] = *before;
  } else {
    in.erase(key);
  }
  return Failure(written.error().code, written.error().detail);
}

void MemoryStore::Submit(ResourceId id, Ticket ticket, const Call& call) {
  std::optional<Reply> reply;
  if (const auto* get = std::get_if<StoreGet>(&call)) reply = Get(values_, get->key);
  if (const auto* get = std::get_if<RecordGet>(&call)) reply = Get(records_, get->name);
  if (const auto* set = std::get_if<StoreSet>(&call)) reply = Set(values_, set->key, set->value);
  if (const auto* set = std::get_if<RecordSet>(&call)) {
    reply = Set(records_, set->name, set->value);
  }
  if (!reply) return inner().Submit(id, ticket, call);
  mail_.Post(id, {Now(), Completed{ticket, std::move(*reply)}});
}

}  // namespace tidegate
