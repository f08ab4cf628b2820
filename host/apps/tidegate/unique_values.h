// Unique values are what no two resources of one policy may share: the values of the properties
// that it declares unique, such as a device or a mount point.
//
// They are compared by what they name: two links to one device are the same, and so are two ways to
// write one path.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/core/manifest.h"
#include "host/core/result.h"

namespace tidegate {

struct UniqueValues {
  std::string resource;                       // "vol1", "vol1 of process 4711"
  std::set<std::string> policies;             // the names that its policy goes by
  std::map<std::string, std::string> values;  // by property; no empty ones
};

// `properties` as they were validated.
UniqueValues UniqueValuesOf(const std::string& resource, const Manifest& manifest,
                            const Properties& properties);

// Who has what. No threading.
class UniqueIndex {
 public:
  // Looks once at all that is named.
  UniqueIndex(const std::vector<UniqueValues>& taken, const std::vector<UniqueValues>& wanted);

  // The values are the resource's from now on. The error names who has one of them.
  Outcome Take(const UniqueValues& wanted);

 private:
  std::vector<std::string> KeysOf(const std::string& policy, const std::string& property,
                                  const std::string& value) const;

  std::map<std::string, std::string> identities_;          // by value
  std::map<std::string, std::string, std::less<>> owner_;  // by key
};

}  // namespace tidegate
