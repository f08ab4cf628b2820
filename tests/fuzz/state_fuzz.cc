// The target `state`: bytes are imported as resource.state, exported, and imported elsewhere.
#include <nlohmann/json.hpp>

#include "bindings/bindings.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/world.h"

namespace tidegate::fuzz {
namespace {

using Json = nlohmann::json;

// Walks all of its state, changes some, and hands it on.
constexpr char kPolicy[] = R"(
local function walk(t, depth)
  local n = 0
  for k, v in pairs(t) do
    n = n + 1 + #tostring(k)
    if type(v) == "table" then n = n + walk(v, depth + 1) end
  end
  return n + #t
end
local policy = { api = 1 }
function policy.online(resource)
  local state = resource.state
  local n = walk(state, 0)
  if type(next(state)) ~= "number" then state.seen = n end
end
function policy.offline() end
function policy.is_alive() return true end
function policy.migrate(_, _, state) return state end
return policy
)";

std::shared_ptr<const CompiledPolicy> Compiled() {
  static const auto compiled =
      CompiledPolicy::Compile({"state.lua", kPolicy, {}}, {}, Bindings()).value();
  return compiled;
}

// What a table cannot say: a member that is null is not there, a list without elements is an object
// without members, an integer beyond 64 bits is a float.
Json AsTable(Json value) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) {
    return value.get<double>();
  }
  if (value.is_array() && value.empty()) return Json::object();
  if (value.is_object()) {
    for (auto it = value.begin(); it != value.end();) {
      it = it->is_null() ? value.erase(it) : std::next(it);
    }
  }
  if (value.is_structured()) {
    for (Json& item : value) item = AsTable(std::move(item));
  }
  return value;
}

bool HasHole(const Json& value) {
  if (!value.is_structured()) return false;
  for (const Json& item : value) {
    if ((value.is_array() && item.is_null()) || HasHole(item)) return true;
  }
  return false;
}

}  // namespace

void FuzzState(std::string_view bytes) {
  Input nothing("");
  SandboxLimits limits;
  limits.memory_bytes = 4 << 20;  // the state alone may take 1 MiB
  World one(nothing, limits);
  Expect(one.Load(Compiled()), "the policy loads");
  if (!one.policy().ImportState(bytes)) return;
  const Json given = Json::parse(bytes);
  const Result<std::string> exported = one.policy().ExportState();
  if (!exported) {
    // Numbers may need more digits than they were given with.
    const bool long_numbers = bytes.size() > limits::kStateBytes / 16;
    Expect(long_numbers || HasHole(given), "what was imported can be exported",
           exported.error().detail);
    return;
  }
  if (!HasHole(given)) {
    // As texts: Json takes 2^64 - 1 and -1 for equal.
    Expect(*exported == AsTable(given).dump(), "the state is the same", *exported);
  }
  World other(nothing, limits);
  Expect(other.Load(Compiled()), "the policy loads");
  Expect(other.policy().ImportState(*exported).ok(), "what was exported can be imported");
  const Result<std::string> again = other.policy().ExportState();
  Expect(again.ok() && *again == *exported, "the second export is the first one", *exported);
  other.Run(EntryPoint::kOnline, {});
  other.Run(EntryPoint::kMigrate, {});
}

}  // namespace tidegate::fuzz
