// What is kept of resource.state, and what is not taken for it.
#include "host/engine/state_file.h"

#include <catch2/catch_test_macros.hpp>

#include "host/core/limits.h"

namespace tidegate {
namespace {

std::string Why(std::string_view text) {
  const Result<StateFile> file = ParseStateFile(text);
  return file ? "" : file.error().detail;
}

TEST_CASE("A state file is one JSON object that names the version which wrote it") {
  const StateFile file{{"volume.lua", "2.0", "beef", R"({"n":1,"t":["a",2.5]})"}, {}};
  CHECK(Text(file) ==
        R"({"digest":"beef","policy":"volume.lua","schema":1,"state":{"n":1,"t":["a",2.5]},)"
        R"("version":"2.0"})");
  CHECK(ParseStateFile(Text(file))->now == file.now);
}

TEST_CASE("On probation it holds the version before, with a state only where that differs") {
  StateFile file{{"volume.lua", "2.0", "beef", "{}"}, KeptState{"old \"x\".lua", "1", "cafe", ""}};
  CHECK(ParseStateFile(Text(file))->before == file.before);
  file.before->json = R"({"n":1})";
  file.before->watched = true;
  CHECK(ParseStateFile(Text(file))->before == file.before);
}

TEST_CASE("What is foreign is refused, and it is said why") {
  CHECK(Why("") == "not a JSON object");
  CHECK(Why("[1]") == "not a JSON object");
  CHECK(Why("{\"half") == "not a JSON object");
  CHECK(Why("{}") == "no number \"schema\": not a state file of Tidegate's");
  CHECK(Why(R"({"schema":2})") == "of schema 2, and this Tidegate reads schema 1");
  CHECK(Why(R"({"schema":1})") == "no text \"policy\"");
  CHECK(Why(R"({"schema":1,"policy":"p","version":"","digest":"d"})") == "no \"state\"");
  CHECK(Why(R"({"schema":1,"policy":"p","version":"","digest":"d","state":5})") ==
        "\"state\" is no table");
  const std::string deep(100'000, '[');
  CHECK(Why(R"({"schema":1,"policy":"p","version":"","digest":"d","state":)" + deep) ==
        "nested too deeply");
  CHECK(Why(std::string(limits::kStateFileBytes + 1, ' ')) == "too large");
}

}  // namespace
}  // namespace tidegate
