// Tables of words.
#include "host/sim/script_words.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "host/core/entry_point.h"

namespace tidegate::sim {
namespace {

constexpr VerbInfo kVerbs[] = {
    {"online", "rn", "c:online(\"vol1\", \"A\")"},
    {"move", "rN", "c:move(\"vol1\", \"B\")"},
    {"offline", "r", "c:offline(\"vol1\")"},
    {"again", "r", "c:again(\"vol1\")"},
    {"terminate", "r", "c:terminate(\"vol1\")"},
    {"swap", "rn", "c:swap(\"vol1\", \"A\")"},
    {"after", "db", "c:after(\"90s\")"},
    {"settle", "db", "c:settle(\"5m\")"},
    {"fault", "ttT", "c:fault(\"A vol1 volume.offline#1\", \"fails\", \"NOT_READY\")"},
    {"plan", "t", "c:plan(\"A vol1 volume.offline#1 fails NOT_READY\")"},
    {"inject", "ttD", "c:inject(\"A vol1\", \"disk_gone\", \"2m\")"},
    {"heal", "", "c:heal()"},
    {"always", "T", "c:always(function(c) return c:disk(\"vol1\") ~= \"destroyed\" end)"},
    {"eventually", "", ""},
    {"sometimes", "T", ""},
    {"state", "rn", "c:state(\"vol1\", \"A\")"},
    {"reason", "rn", "c:reason(\"vol1\", \"A\")"},
    {"times", "rnt", "c:times(\"vol1\", \"A\", \"Failed\")"},
    {"owner", "r", "c:owner(\"vol1\")"},
    {"is_online", "r", "c:is_online(\"vol1\")"},
    {"up", "n", "c:up(\"A\")"},
    {"volume", "rn", "c:volume(\"vol1\", \"A\")"},
    {"writable", "rn", "c:writable(\"vol1\", \"A\")"},
    {"records", "r", "c:records(\"vol1\")"},
    {"cached", "rn", "c:cached(\"vol1\", \"A\")"},
    {"disk", "r", "c:disk(\"vol1\")"},
    {"stored", "rnt", "c:stored(\"vol1\", \"A\", \"key\")"},
    {"seconds", "", "c:seconds()"},
    // What scenario.lua says for them.
    {"until", "db", "c:eventually(function(c) return c:is_online(\"vol1\") end, \"5m\")"},
    {"begin", "", ""},
    {"looked", "b", ""},
    {"violated", "i", ""},
    {"reached", "i", ""},
    {"unknown", "t", ""},
};
constexpr std::size_t kPublic = 28;
static_assert(kVerbs[kPublic].name == "until");

constexpr Fate kInjected[] = {
    Fate::kHostKilled, Fate::kIntruderOpens,   Fate::kDiskGone,    Fate::kDiskReadOnly,
    Fate::kDiskFull,   Fate::kReservationLost, Fate::kPartitioned, Fate::kPartitionedOneWay,
    Fate::kClockSteps, Fate::kClockDrifts,     Fate::kReboots};

template <std::size_t... I>
std::vector<std::string_view> OperationNames(std::index_sequence<I...>) {
  return {std::variant_alternative_t<I, Call>::Info().name...};
}

const std::vector<std::string_view>& Sites() {
  static const std::vector<std::string_view> kNames = [] {
    auto names = OperationNames(std::make_index_sequence<std::variant_size_v<Call>>());
    for (std::size_t i = 0; i < kEntryPoints; ++i)
      names.push_back(Name(static_cast<EntryPoint>(i)));
    names.push_back("order");
    return names;
  }();
  return kNames;
}

}  // namespace

const VerbInfo* FindVerb(std::string_view name) {
  const auto it = std::ranges::find(kVerbs, name, &VerbInfo::name);
  return it == std::end(kVerbs) ? nullptr : &*it;
}

std::span<const std::string_view> PublicVerbs() {
  static const auto kNames = [] {
    std::array<std::string_view, kPublic> names;
    std::ranges::transform(std::span(kVerbs).first(kPublic), names.begin(), &VerbInfo::name);
    return names;
  }();
  return kNames;
}

bool IsSite(std::string_view what) { return std::ranges::find(Sites(), what) != Sites().end(); }

std::span<const std::string_view> SiteNames() { return Sites(); }

std::optional<Fate> Injected(std::string_view name) {
  for (const Fate fate : kInjected) {
    if (Word(fate) == name) return fate;
  }
  return std::nullopt;
}

std::span<const std::string_view> InjectedNames() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> names;
    for (const Fate fate : kInjected) names.push_back(Word(fate));
    return names;
  }();
  return kNames;
}

std::string TextOf(const Scalar& word) {
  if (const auto* flag = std::get_if<bool>(&word)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&word)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&word)) return *text;
  return "nil";
}

void Add(Digest& digest, const Scalar& word) {
  digest.Add(std::uint64_t{word.index()});
  digest.Add(TextOf(word));
}

}  // namespace tidegate::sim
