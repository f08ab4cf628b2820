// Permissions are how far the capabilities of a policy pack reach: which volumes, which mount
// points, which keys of the store.
//
// Why beside Capabilities and not in them: an operator grants kinds of operations to a resource; a
// vendor promises what the pack will touch with them, and the promise is held to at each operation.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/capability.h"
#include "host/core/property.h"

namespace tidegate {

// One of these, read from left to right, of at most limits::kPatternBytes:
//   "/dev/vg0/data"  that very text
//   "/dev/vg0/*"     `*` stands for any text without / and \, `**` for any text
//   "$VolumePath"    whatever the property of this name says; nothing while it is empty
// A text with a component ".." never fits a pattern with `*`: it would lead out of it.
using Patterns = std::vector<std::string>;

// A character of either costs the same few instructions, whatever the two say: `steps`, where it is
// given, grows by one for each of the pattern's and by two to nine for each of the text's, by how
// long the pattern is.
bool FitsPattern(std::string_view pattern, std::string_view text, std::size_t* steps = nullptr);
// The same for a resource with these properties, of which a pattern may name one.
bool FitsScope(std::string_view pattern, std::string_view text, const Properties& properties);

struct Permissions {
  std::string pack;  // "acme-volume 1.2.0", for messages
  std::array<std::optional<Patterns>, kCapabilityNames.size()> scopes;  // none: not asked for
  Patterns mount_points;

  const std::optional<Patterns>& Of(Capability c) const { return scopes[static_cast<int>(c)]; }
  Capabilities AskedFor() const;
  bool operator==(const Permissions&) const = default;
};

// "/dev/vg0/*, $VolumePath", or "nothing"
std::string Text(const Patterns& patterns);

}  // namespace tidegate
