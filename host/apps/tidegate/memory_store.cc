// Values as one JSON object.
#include "host/apps/tidegate/memory_store.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unistd.h>

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
  if (!in || !json.is_object()) {
    return Error{ErrorCode::kFileCorrupt, "",
                 file + ": not a state file (a JSON object that tidegate call --state wrote)"};
  }
  for (const auto& [key, value] : json.items()) {
    values_[key] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return Ok();
}

Reply MemoryStore::Set(const StoreSet& call) {
  auto next = values_;
  next[call.key] = call.value;
  if (!file_.empty()) {
    Json json = Json::object();
    for (const auto& [key, value] : next) {
      // resource.state is JSON already: people read this file.
      const Json parsed = key == ".state" ? Json::parse(value, nullptr, false) : Json(value);
      json[key] = parsed.is_discarded() ? Json(value) : parsed;
    }
    const std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    if (const Outcome written = WriteWhole(file_, text); !written) {
      return Failure(written.error().code, written.error().detail);
    }
  }
  values_ = std::move(next);
  return Success();
}

void MemoryStore::Submit(ResourceId id, Ticket ticket, const Call& call) {
  if (const auto* get = std::get_if<StoreGet>(&call)) {
    const auto it = values_.find(get->key);
    mail_.Post(
        id, {Now(), Completed{ticket, it == values_.end() ? Failure(ErrorCode::kNotFound, get->key)
                                                          : Success(it->second)}});
  } else if (const auto* set = std::get_if<StoreSet>(&call)) {
    mail_.Post(id, {Now(), Completed{ticket, Set(*set)}});
  } else {
    inner().Submit(id, ticket, call);
  }
}

}  // namespace tidegate
