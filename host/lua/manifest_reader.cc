// Reading the policy's table, raw: no metamethod of the script's runs here.
#include "host/lua/manifest_reader.h"

#include <algorithm>
#include <cctype>

#include "host/core/line.h"
#include "host/core/nearest.h"
#include "host/lua/stack.h"

namespace tidegate {
namespace {

using Reader = void (*)(lua_State* L, ManifestDraft& draft, std::string_view key);

struct Entry {
  std::string_view name;
  Reader read;  // the value is on top
};

// Nobody reads more at once, and looking for the name that was meant takes its time.
bool Enough(ManifestDraft& draft) noexcept {
  constexpr std::size_t kProblems = 20;
  if (draft.problems.size() == kProblems) draft.problems.push_back("... and more");
  return draft.problems.size() >= kProblems;
}

// The functions that compose texts make no Lua calls, so that nothing jumps past their strings.
void Complain(ManifestDraft& draft, std::string_view what) noexcept {
  if (Enough(draft)) return;
  const std::string path = PrintableLine(draft.path, 256);
  const bool joined = path.empty() || what.starts_with(':');
  draft.problems.push_back(draft.manifest.name + ": " + path + (joined ? "" : " ") +
                           PrintableLine(what, 512));
}

void ComplainUnknown(ManifestDraft& draft, std::string_view key, std::span<const Entry> known,
                     int line) noexcept {
  if (Enough(draft)) return;
  std::vector<std::string_view> names;
  for (const Entry& entry : known) names.push_back(entry.name);
  if (draft.path.empty())
    names.insert(names.end(), kEntryPointNames.begin(), kEntryPointNames.end());
  const std::string at = line > 0 ? ":" + std::to_string(line) : "";
  const std::string where = draft.path.empty() ? "a policy" : draft.path;
  draft.problems.push_back(draft.manifest.name + at + ": '" + PrintableLine(key, 64) +
                           "' is nothing that " + where + " has" + Suggestion(key, names));
}

// Goes through the table on top; unknown keys are complained about.
template <std::size_t N>
void ReadFields(lua_State* L, ManifestDraft& draft, const Entry (&entries)[N]) {
  luaL_checkstack(L, 6, nullptr);
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    const std::string_view key = StringAt(L, -2).value_or("a key that is not a text");
    const auto it = std::ranges::find(entries, key, &Entry::name);
    if (it != std::end(entries)) {
      it->read(L, draft, key);
    } else {
      ComplainUnknown(draft, key, entries, 0);
    }
    lua_pop(L, 1);
  }
}

bool Expect(lua_State* L, ManifestDraft& draft, int type, const char* what) {
  if (lua_type(L, -1) == type) return true;
  Complain(draft, what);
  return false;
}

// The path grows by a step while one of the table's values is read, and goes back after it.
void Step(ManifestDraft& draft, std::string_view name) noexcept {
  if (!draft.path.empty()) draft.path += '.';
  draft.path += name;
}

void Back(ManifestDraft& draft, std::size_t length) { draft.path.resize(length); }

// --- One property. ---

// What the host keeps of one is outside of the sandbox's memory, and is read without a look at the
// clock: each is paid for.
constexpr std::size_t kPropertyFuel = 16;
constexpr std::size_t kDocLettersOfOneFuel = 8;

void PropertyKind(lua_State* L, ManifestDraft& draft, std::string_view) {
  const std::string_view name = StringAt(L, -1).value_or("");
  if (const auto type = PropertyTypeNamed(name)) {
    draft.spec.type = *type;
  } else {
    Complain(draft, ": type must be \"string\", \"integer\", \"boolean\" or \"duration\"");
  }
}

void PropertyFlag(lua_State* L, ManifestDraft& draft, std::string_view key) {
  if (!Expect(L, draft, LUA_TBOOLEAN, ": required, unique and reloadable are true or false")) {
    return;
  }
  PropertySpec& spec = draft.spec;
  (key == "required" ? spec.required
   : key == "unique" ? spec.unique
                     : spec.reloadable) = lua_toboolean(L, -1) != 0;
}

void PropertyDefault(lua_State* L, ManifestDraft& draft, std::string_view) {
  const int type = lua_type(L, -1);
  const auto integer = IntegerAt(L, -1);
  const auto text = StringAt(L, -1);
  const auto duration = DurationAt(L, -1);
  if (type == LUA_TBOOLEAN) {
    draft.spec.fallback = lua_toboolean(L, -1) != 0;
  } else if (integer) {
    draft.spec.fallback = *integer;
  } else if (text && text->size() > limits::kPropertyDefaultBytes) {
    Complain(draft, ": default is longer than 4 KiB");
  } else if (text) {
    draft.spec.fallback = std::string(*text);
  } else if (duration) {
    draft.spec.fallback = Text(*duration);
  } else {
    Complain(draft, ": default must be a text, a number or true or false");
  }
}

void PropertyBound(lua_State* L, ManifestDraft& draft, std::string_view key) {
  const auto bound = IntegerAt(L, -1);
  if (!bound) return Complain(draft, ": min and max must be integers");
  (key == "min" ? draft.spec.min : draft.spec.max) = *bound;
}

void PropertyDoc(lua_State* L, ManifestDraft& draft, std::string_view) {
  const auto text = StringAt(L, -1);
  if (!text) return Complain(draft, ": doc must be a text");
  lua_charge(L, std::min(text->size(), limits::kReasonBytes) / kDocLettersOfOneFuel);
  draft.spec.doc = PrintableLine(*text, limits::kReasonBytes);
}

constexpr Entry kPropertyFields[] = {{"type", &PropertyKind},       {"required", &PropertyFlag},
                                     {"unique", &PropertyFlag},     {"reloadable", &PropertyFlag},
                                     {"default", &PropertyDefault}, {"min", &PropertyBound},
                                     {"max", &PropertyBound},       {"doc", &PropertyDoc}};

// Whether the default is what the property itself would accept.
void FinishProperty(ManifestDraft& draft) noexcept {
  PropertySpec& spec = draft.spec;
  if (spec.fallback && spec.type == PropertyType::kDuration) {
    if (const auto* seconds = std::get_if<std::int64_t>(&*spec.fallback)) {
      spec.fallback = Text(Seconds(std::clamp<std::int64_t>(*seconds, 0, 1'000'000'000)));
    }
  }
  const bool bounded = spec.min || spec.max;
  if (bounded && spec.type != PropertyType::kInteger)
    Complain(draft, ": only integers have min and max");
  if (spec.min && spec.max && *spec.min > *spec.max) Complain(draft, ": min is above max");
  if (spec.required && spec.fallback) Complain(draft, ": required, so its default is never used");
  if (spec.fallback) {
    const auto checked = Validate({spec}, {{spec.name, *spec.fallback}});
    if (!checked) Complain(draft, ": default: " + checked.error().detail);
  }
  draft.manifest.properties.push_back(spec);
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::isalpha(static_cast<unsigned char>(name[0])) &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

void ReadProperties(lua_State* L, ManifestDraft& draft, std::string_view) {
  if (!Expect(L, draft, LUA_TTABLE, "properties must be a table of properties")) return;
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    lua_charge(L, kPropertyFuel);
    const std::string_view name = StringAt(L, -2).value_or("");
    const std::size_t length = draft.path.size();
    Step(draft, "properties");
    if (!IsName(name)) {
      Complain(draft, "has a name that is not letters, digits and _");
    } else {
      Step(draft, name);
      if (Expect(L, draft, LUA_TTABLE, "must be a table like { type = \"string\" }")) {
        draft.spec = {};
        draft.spec.name = name;
        ReadFields(L, draft, kPropertyFields);
        FinishProperty(draft);
      }
    }
    Back(draft, length);
    lua_pop(L, 1);
  }
  std::ranges::sort(draft.manifest.properties, {}, &PropertySpec::name);
}

// --- The rest. ---

void ReadApi(lua_State* L, ManifestDraft& draft, std::string_view) {
  draft.manifest.api =
      static_cast<int>(std::clamp<std::int64_t>(IntegerAt(L, -1).value_or(-1), -1, 99));
  if (draft.manifest.api != kPolicyApi) Complain(draft, "api must be 1: this host knows no other");
}

void ReadVersion(lua_State* L, ManifestDraft& draft, std::string_view) {
  const auto text = StringAt(L, -1);
  if (!text) return Complain(draft, "version must be a text");
  draft.manifest.version = PrintableLine(*text, 64);
}

void ReadTimeouts(lua_State* L, ManifestDraft& draft, std::string_view) {
  if (!Expect(L, draft, LUA_TTABLE, "timeouts must be a table like { online = \"180s\" }")) return;
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    const std::string_view name = StringAt(L, -2).value_or("");
    const auto entry = EntryPointNamed(name);
    const auto timeout = DurationAt(L, -1);
    const std::size_t length = draft.path.size();
    Step(draft, "timeouts");
    if (!entry) {
      ComplainUnknown(draft, name, {}, 0);
    } else if (!timeout || timeout->ns <= 0) {
      Step(draft, name);
      Complain(draft, "must be a duration such as \"250ms\", \"5s\" or \"3m\"");
    } else {
      draft.manifest.timeouts[static_cast<std::size_t>(*entry)] = *timeout;
    }
    Back(draft, length);
    lua_pop(L, 1);
  }
}

void HealthNumber(lua_State* L, ManifestDraft& draft, std::string_view key) {
  const auto number = IntegerAt(L, -1);
  if (!number || *number < 1 || *number > kHealthWindow) {
    return Complain(draft, ": fail_after, of and succeed_after must be 1 to 32");
  }
  Health& health = draft.manifest.health;
  (key == "of"           ? health.of
   : key == "fail_after" ? health.fail_after
                         : health.succeed_after) = static_cast<int>(*number);
}

constexpr Entry kHealthFields[] = {
    {"fail_after", &HealthNumber}, {"of", &HealthNumber}, {"succeed_after", &HealthNumber}};

void ReadHealth(lua_State* L, ManifestDraft& draft, std::string_view) {
  if (!Expect(L, draft, LUA_TTABLE, "health must be a table like { fail_after = 2, of = 3 }"))
    return;
  Health& health = draft.manifest.health;
  health.of = 0;
  const std::size_t length = draft.path.size();
  Step(draft, "health");
  ReadFields(L, draft, kHealthFields);
  if (health.of == 0) health.of = health.fail_after;
  if (health.fail_after > health.of) Complain(draft, ": fail_after is above of");
  Back(draft, length);
}

void ReadCapabilities(lua_State* L, ManifestDraft& draft, std::string_view) {
  if (!Expect(L, draft, LUA_TTABLE, "capabilities must be a list of names")) return;
  draft.manifest.capabilities = Capabilities::None();
  const auto count = static_cast<lua_Integer>(lua_rawlen(L, -1));
  for (lua_Integer i = 1; i <= count; ++i) {
    lua_rawgeti(L, -1, i);
    const std::string_view name = StringAt(L, -1).value_or("?");
    if (const auto capability = CapabilityNamed(name)) {
      draft.manifest.capabilities.Add(*capability);
    } else {
      Complain(draft,
               "capabilities: there is no such one; known are volume, volume.force, cluster, "
               "timer, store");
    }
    lua_pop(L, 1);
  }
}

constexpr Entry kPolicyFields[] = {
    {"api", &ReadApi},           {"version", &ReadVersion}, {"properties", &ReadProperties},
    {"timeouts", &ReadTimeouts}, {"health", &ReadHealth},   {"capabilities", &ReadCapabilities}};

int DefinedAt(lua_State* L) {
  if (lua_type(L, -1) != LUA_TFUNCTION) return 0;
  lua_Debug ar;
  lua_pushvalue(L, -1);
  lua_getinfo(L, ">S", &ar);
  return ar.linedefined;
}

void ReadEntry(lua_State* L, ManifestDraft& draft, EntryPoint entry) {
  if (lua_type(L, -1) != LUA_TFUNCTION) {
    const std::size_t length = draft.path.size();
    Step(draft, Name(entry));
    Complain(draft, "must be a function");
    return Back(draft, length);
  }
  draft.manifest.entry_points.set(static_cast<std::size_t>(entry));
  lua_pushvalue(L, -1);
  lua_rawseti(L, LUA_REGISTRYINDEX, slot::kEntries + static_cast<int>(entry));
}

void ComplainMissing(ManifestDraft& draft) noexcept {
  for (const EntryPoint e : {EntryPoint::kOnline, EntryPoint::kOffline, EntryPoint::kIsAlive}) {
    if (draft.manifest.Has(e)) continue;
    const std::string name(Name(e));
    draft.problems.push_back(draft.manifest.name + ": the entry point " + name +
                             " is missing: function policy." + name + "(resource) ... end");
  }
  const bool promotes = draft.manifest.Has(EntryPoint::kPromote);
  if (promotes == draft.manifest.Has(EntryPoint::kDemote)) return;
  const std::string name(Name(promotes ? EntryPoint::kDemote : EntryPoint::kPromote));
  draft.problems.push_back(draft.manifest.name + ": promote and demote belong together, and " +
                           name + " is missing: function policy." + name + "(resource) ... end");
}

}  // namespace

void ReadManifest(lua_State* L, ManifestDraft& draft) {
  luaL_checkstack(L, 16, nullptr);
  if (!Expect(L, draft, LUA_TTABLE, "a policy file must end with: return policy")) return;
  bool has_api = false;
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    const std::string_view key = StringAt(L, -2).value_or("a key that is not a text");
    const auto it = std::ranges::find(kPolicyFields, key, &Entry::name);
    has_api = has_api || key == "api";
    if (it != std::end(kPolicyFields)) {
      it->read(L, draft, key);
    } else if (const auto entry = EntryPointNamed(key)) {
      ReadEntry(L, draft, *entry);
    } else {
      ComplainUnknown(draft, key, kPolicyFields, DefinedAt(L));
    }
    lua_pop(L, 1);
  }
  if (!has_api) Complain(draft, "api is missing: write api = 1");
  ComplainMissing(draft);
}

}  // namespace tidegate
