// What the tests of the store share.
#pragma once

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "host/env/store.h"
#include "tests/env/temporary_directory.h"

namespace tidegate::test {

inline Store Opened(const std::string& directory) {
  Result<Store> store = Store::Open(directory);
  REQUIRE(store.ok());
  return *store;
}

inline std::vector<std::string> FilesIn(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

inline std::string Get(const Store& store, const std::string& key) {
  const Reply reply = store.Get("vol1", StoreGet{key});
  const auto* value = std::get_if<std::string>(&reply.value);
  return value != nullptr ? *value : Text(reply);
}

}  // namespace tidegate::test
