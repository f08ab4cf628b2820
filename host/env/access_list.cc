// Who is a stranger.
#include "host/env/access_list.h"

#include <algorithm>
#include <array>

namespace tidegate {
namespace {

// SYSTEM, BUILTIN\Administrators, NT SERVICE\TrustedInstaller; and the owner, who is looked at
// anyway, under the two names that stand for whoever that is.
constexpr std::array<std::string_view, 5> kTrusted = {
    "S-1-5-18", "S-1-5-32-544", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
    "S-1-3-0", "S-1-3-4"};

constexpr std::uint32_t kGenericAll = 0x10000000;
constexpr std::uint32_t kGenericWrite = 0x40000000;
constexpr std::uint32_t kWriteOwner = 0x00080000;
constexpr std::uint32_t kWriteDac = 0x00040000;
constexpr std::uint32_t kDelete = 0x00010000;
constexpr std::uint32_t kDeleteChild = 0x00000040;
constexpr std::uint32_t kAppendOrAddFolder = 0x00000004;
constexpr std::uint32_t kWriteOrAddFile = 0x00000002;

// To put another one in its place, or in the place of what is in it.
constexpr std::uint32_t kExchanges = kGenericAll | kWriteOwner | kWriteDac | kDelete | kDeleteChild;
constexpr std::uint32_t kChanges =
    kExchanges | kGenericWrite | kAppendOrAddFolder | kWriteOrAddFile;

bool IsTrusted(std::string_view who, std::string_view us) {
  return who == us || std::ranges::find(kTrusted, who) != kTrusted.end();
}

}  // namespace

std::optional<std::string> StrangerIn(const AccessList& list, GuardedPart part,
                                      std::string_view us) {
  if (!IsTrusted(list.owner, us)) return list.owner;
  if (list.unlimited) return "S-1-1-0";  // Everyone
  const std::uint32_t harmful = part == GuardedPart::kItself ? kChanges : kExchanges;
  for (const AccessEntry& entry : list.entries) {
    // What is made below later is of the folder itself: it decides who may change a new policy.
    const bool counts = entry.here || part == GuardedPart::kItself;
    if (entry.allows && counts && (entry.mask & harmful) != 0 && !IsTrusted(entry.who, us)) {
      return entry.who;
    }
  }
  return std::nullopt;
}

}  // namespace tidegate
