// An AccessList is what a Windows system says of who may do what with a file or folder: its owner,
// and the entries of its DACL.
//
// Why apart from where it is read: what is safe is decided here, and tried on every system.
// Sources: ACCESS_ALLOWED_ACE, "File Access Rights Constants", "Well-known SIDs".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate {

struct AccessEntry {
  std::string who;  // a SID: "S-1-5-32-545"
  std::uint32_t mask = 0;
  bool allows = true;
  bool here = true;  // false: of what will be made below, and of nothing else
};

struct AccessList {
  std::string owner;
  bool unlimited = false;  // no DACL at all: everybody may do anything
  std::vector<AccessEntry> entries;
};

enum class GuardedPart : std::uint8_t {
  kOnTheWay,  // a folder that leads to it: it must not be exchanged for another one
  kItself,    // a file or folder: nothing in it must be changed
};

// Who could change it besides SYSTEM, Administrators, TrustedInstaller and `us`; none: nobody.
// What an entry denies is not counted in its favour.
std::optional<std::string> StrangerIn(const AccessList& list, GuardedPart part,
                                      std::string_view us);

}  // namespace tidegate
