// A client asks running hosts over their control sockets.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/core/result.h"
#include "host/core/time.h"

namespace tidegate {

std::string RuntimeDirOr(const std::string& given);
Result<nlohmann::json> AskJson(const std::string& socket, const nlohmann::json& request,
                               Duration timeout);
// A host, and which of its resources match PATTERN (* and ? as in a shell).
struct Owner {
  std::string socket;
  std::vector<nlohmann::json> resources;  // as "status" has them
};
// The hosts that have any; the error says that none runs, or that none has one.
Result<std::vector<Owner>> OwnersOf(const std::string& runtime_dir, const std::string& pattern);
// Asks the host that has the resource; an exit code, after the error was told.
int AskOwner(const std::string& runtime_dir, const std::string& resource,
             const nlohmann::json& request, Duration timeout, nlohmann::json& answer);

}  // namespace tidegate
