// The private properties of a resource: which policy it runs, what that may do, and what it
// declares itself.
//
// Kept under the resource's Parameters key as REG_SZ, REG_DWORD and REG_QWORD. Names are compared
// without regard to case, as clusters do.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/apps/resource_dll/property_list.h"
#include "host/core/capability.h"
#include "host/core/property.h"

namespace tidegate {

inline constexpr std::string_view kPolicyPath = "PolicyPath";
// If set, Online refuses any other policy, so that two nodes never run different ones.
inline constexpr std::string_view kPolicyDigest = "PolicyDigest";
// Names of capabilities, with blanks or commas between them; empty: Grants' own.
inline constexpr std::string_view kCapabilities = "Capabilities";
// Whether control code 3 may inject faults.
inline constexpr std::string_view kInjectFaults = "InjectFaults";
// Of the policy's own: by this name all shipped ones declare the volume that they own.
inline constexpr std::string_view kVolumePath = "VolumePath";

// Ours, then the policy's.
std::vector<PropertySpec> PrivateSpecs(const std::vector<PropertySpec>& of_policy);

// What is stored, by the names of `specs` and as their types. What no spec names is left out: an
// older policy may have left it. The error names what cannot be read as its type.
Result<Properties> TypedValues(const std::vector<PropertySpec>& specs, const Properties& stored);

// What a resource may do at most, whatever its policy asks for.
//
// Why everything but raw control codes: the cluster service runs as the system's own user, and a
// control code that nobody has described does what the driver likes. Who needs it says so.
struct Grants {
  Capabilities capabilities = [] {
    Capabilities all = Capabilities::None();
    for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
      const auto each = static_cast<Capability>(i);
      if (each != Capability::kIoctl) all.Add(each);
    }
    return all;
  }();
  bool inject_faults = false;
  bool operator==(const Grants&) const = default;
};
// The error names the word that is no capability, and the nearest that is one.
Result<Grants> GrantsIn(const Properties& ours);

// The path that is stored, empty when there is none.
std::string PolicyPathOf(const Properties& stored);

// The text of one of them; empty when it is not set.
std::string TextOf(const Properties& values, std::string_view name);

// A value, or nothing: back to the default.
using PropertyChanges = std::map<std::string, std::optional<PropertyValue>>;

// Checks each value by itself. What is required may come later, one property at a time, so that is
// for Online to refuse.
Result<PropertyChanges> ReadChanges(const std::vector<PropertySpec>& specs,
                                    std::span<const std::byte> list);
// The text that the list gives PolicyPath; nothing when it is broken or does not name it.
std::optional<std::string> PolicyPathIn(std::span<const std::byte> list);

// What ENUM, GET and FMTS answer.
std::vector<std::byte> ListNames(const std::vector<PropertySpec>& specs);
std::vector<std::byte> ListValues(const std::vector<PropertySpec>& specs, const Properties& values);
std::vector<std::byte> ListFormats(const std::vector<PropertySpec>& specs);

}  // namespace tidegate
