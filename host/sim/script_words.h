// Script words are what a scenario in Lua can say to the simulator: its verbs, and the names that
// they take.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "host/core/digest.h"
#include "host/lua/dialogue.h"
#include "host/sim/outcome.h"

namespace tidegate::sim {

// What follows the verb, a letter each: r resource, n node, d duration, t text, b yes or no, i
// number; a capital may be absent.
struct VerbInfo {
  std::string_view name;
  std::string_view takes;
  std::string_view example;
};

const VerbInfo* FindVerb(std::string_view name);
// Those that are methods of `c`, for suggestions.
std::span<const std::string_view> PublicVerbs();

// What a site can be: operations, entry points, and the run's own.
bool IsSite(std::string_view what);
std::span<const std::string_view> SiteNames();

inline const std::string kInjectExample = "c:inject(\"A vol1\", \"disk_gone\")";
std::optional<Fate> Injected(std::string_view name);
std::span<const std::string_view> InjectedNames();

std::string TextOf(const Scalar& word);
void Add(Digest& digest, const Scalar& word);

}  // namespace tidegate::sim
