// The target `policy`: a policy's text is compiled, loaded and lived through. What follows a line
// that begins with "--~" is what the world answers.
#include <vector>

#include "bindings/bindings.h"
#include "scripts/scripts.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/world.h"

namespace tidegate::fuzz {
namespace {

constexpr EntryPoint kLife[] = {
    EntryPoint::kOpen,    EntryPoint::kOnline,      EntryPoint::kLooksAlive, EntryPoint::kIsAlive,
    EntryPoint::kControl, EntryPoint::kTypeControl, EntryPoint::kMigrate,    EntryPoint::kArbitrate,
    EntryPoint::kRelease, EntryPoint::kOffline,     EntryPoint::kTerminate,  EntryPoint::kClose};

// Nothing when it does not compile or load.
std::uint64_t Live(std::string_view text, std::string_view answers) {
  // Only what the text may require: compiling is most of an execution.
  std::vector<ModuleView> scripts;
  for (const Script& script : Scripts()) {
    if (text.find(script.name) != text.npos) scripts.push_back({script.name, script.text});
  }
  const PolicySource source{"policy.lua", std::string(text), {{"pack", "return { n = 1 }"}}};
  const auto compiled = CompiledPolicy::Compile(source, scripts, Bindings(), SmallLimits());
  if (!compiled) return 0;
  Input input(answers);
  World world(input, SomeLimits(input));
  if (!world.Load(*compiled)) return 0;
  for (const EntryPoint entry : kLife) {
    world.Run(entry, {static_cast<std::uint32_t>(input.Byte()), input.Text()});
  }
  return world.digest();
}

}  // namespace

void FuzzPolicy(std::string_view bytes) {
  constexpr std::string_view kMark = "\n--~";
  const std::size_t end = std::min(bytes.find(kMark), bytes.size());
  const std::string_view text = bytes.substr(0, end);
  const std::string_view answers = bytes.substr(std::min(end + kMark.size(), bytes.size()));
  const std::uint64_t digest = Live(text, answers);
  // Every run of a policy that does something costs twice, the others nothing.
  if (digest != 0 && bytes.size() % 4 == 0) {
    Expect(Live(text, answers) == digest, "the same run twice is the same");
  }
}

}  // namespace tidegate::fuzz
