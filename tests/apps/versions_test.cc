// What a host remembers of versions: when it is on disk, and what is said when it is not.
#include "host/apps/shared/versions.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "tests/apps/program.h"

namespace tidegate {
namespace {

struct Site {
  Site() { versions = std::move(*Versions::Open(dir / "state", Tell())); }
  static Versions::Tell Tell() {
    return [](Level, const std::string&, const std::string&) {};
  }
  // As another host finds it.
  VersionRecord Kept(const std::string& resource) const {
    return (*Versions::Open(dir / "state", Tell()))->Load(resource).value_or(VersionRecord());
  }
  test::Folder dir;
  std::unique_ptr<Versions> versions;
};

HistoryEntry Switched() {
  HistoryEntry entry;
  entry.digest = "beef";
  entry.outcome = "switched";
  return entry;
}

TEST_CASE("What was noted is on disk when that was asked for") {
  Site site;
  for (int i = 1; i <= 50; ++i) {
    site.versions->Note("vol1", Switched());
    site.versions->Amend("vol1", [](VersionRecord& record) { record.serving = "beef"; });
    REQUIRE(site.versions->Flush("vol1"));
    CHECK(site.versions->Written("vol1"));
    const VersionRecord kept = site.Kept("vol1");
    CHECK(kept.history.size() == static_cast<std::size_t>(i));
    CHECK(kept.serving == "beef");
  }
}

TEST_CASE("What the disk did not take is not said to be written, and is tried again") {
  Site site;
  const std::string in_the_way = site.dir / "state/records/vol1/versions";
  std::filesystem::create_directories(in_the_way + "/here");
  site.versions->Note("vol1", Switched());
  CHECK_FALSE(site.versions->Flush("vol1"));
  CHECK_FALSE(site.versions->Written("vol1"));
  CHECK_FALSE(site.versions->Flush("vol1"));
  std::filesystem::remove_all(in_the_way);
  CHECK(site.versions->Flush("vol1"));
  CHECK(site.versions->Written("vol1"));
  CHECK(site.Kept("vol1").history.size() == 1);
}

TEST_CASE("Copies that any resource of the directory may need are in use") {
  Site site;
  const auto keep = [&](const std::string& digest) {
    REQUIRE(site.versions->Keep({"p.lua", "return '" + digest + "'", {}}, digest));
  };
  for (const char* digest : {"now", "before", "serving", "nobody"}) keep(digest);
  const auto old = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  for (const char* digest : {"now", "before", "serving", "nobody"}) {
    std::filesystem::last_write_time(site.dir / ("state/versions/" + std::string(digest)), old);
  }
  const StateFile state{{"p.lua", "", "now", "{}"}, KeptState{"p.lua", "", "before", ""}};
  Result<Store> store = Store::Open(site.dir / "state");
  REQUIRE(store);
  REQUIRE(store->Set("vol1", RecordSet{"state", Text(state)}).ok());
  REQUIRE(site.versions->Change("vol2", [](VersionRecord& record) { record.serving = "serving"; }));
  for (std::size_t i = 0; i <= limits::kVersionsKept; ++i) keep(std::to_string(i));
  CHECK(site.versions->Find("now"));
  CHECK(site.versions->Find("before"));
  CHECK(site.versions->Find("serving"));
  CHECK_FALSE(site.versions->Find("nobody"));
}

}  // namespace
}  // namespace tidegate
