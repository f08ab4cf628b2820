// Who could change a file of a Windows system, by its access list.
#include "host/env/access_list.h"

#include <catch2/catch_test_macros.hpp>

namespace tidegate {
namespace {

constexpr const char* kSystem = "S-1-5-18";
constexpr const char* kAdministrators = "S-1-5-32-544";
constexpr const char* kUsers = "S-1-5-32-545";
constexpr const char* kCreatorOwner = "S-1-3-0";
constexpr const char* kUs = "S-1-5-21-1-2-3-1000";

constexpr std::uint32_t kFull = 0x001f01ff;
constexpr std::uint32_t kModify = 0x001301bf;
constexpr std::uint32_t kReadAndExecute = 0x001200a9;
constexpr std::uint32_t kAddFiles = 0x00000002;
constexpr std::uint32_t kAddFolders = 0x00000004;
constexpr std::uint32_t kAttributes = 0x00000110;
constexpr std::uint32_t kDeleteChild = 0x00000040;

std::string Stranger(const AccessList& list, GuardedPart part = GuardedPart::kItself) {
  return StrangerIn(list, part, kUs).value_or("nobody");
}

AccessList Ours() { return {kAdministrators, false, {{kSystem, kFull}, {kAdministrators, kFull}}}; }

AccessList With(const AccessEntry& entry) {
  AccessList list = Ours();
  list.entries.push_back(entry);
  return list;
}

TEST_CASE("what SYSTEM and the administrators alone may change is guarded") {
  CHECK(Stranger(Ours()) == "nobody");
  CHECK(Stranger(With({kUs, kFull})) == "nobody");
  CHECK(Stranger(With({kUsers, kReadAndExecute})) == "nobody");
  CHECK(Stranger(With({kCreatorOwner, kFull, true, false})) == "nobody");
  CHECK(Stranger(With({kUsers, kModify, false})) == "nobody");  // it denies
}

TEST_CASE("who else may write it is named") {
  for (const std::uint32_t right : {kFull, kModify, kAddFiles, kAddFolders, kDeleteChild,
                                    0x00010000u, 0x00040000u, 0x00080000u, 0x40000000u}) {
    INFO("mask " << std::hex << right);
    CHECK(Stranger(With({kUsers, right})) == kUsers);
  }
  CHECK(Stranger({kAdministrators, true, {}}) == "S-1-1-0");
  // What is made in it later would be theirs.
  CHECK(Stranger(With({kUsers, kModify, true, false})) == kUsers);
}

TEST_CASE("an owner may give himself every right") {
  AccessList list = Ours();
  list.owner = kUsers;
  CHECK(Stranger(list) == kUsers);
  CHECK(Stranger(list, GuardedPart::kOnTheWay) == kUsers);
  list.owner = "";
  CHECK(Stranger(list).empty());
}

// %ProgramData% itself, as it is installed: users may add to it, and exchange nothing.
TEST_CASE("on the way to it others may add what they like, and exchange nothing") {
  AccessList list = With({kUsers, kReadAndExecute});
  list.entries.push_back({kUsers, kAddFiles | kAddFolders | kAttributes});
  list.entries.push_back({kCreatorOwner, kFull, true, false});
  CHECK(Stranger(list, GuardedPart::kOnTheWay) == "nobody");
  CHECK(Stranger(list) == kUsers);
  CHECK(Stranger(With({kUsers, kDeleteChild}), GuardedPart::kOnTheWay) == kUsers);
  CHECK(Stranger(With({kUsers, kModify, true, false}), GuardedPart::kOnTheWay) == "nobody");
}

}  // namespace
}  // namespace tidegate
