// The recorder, replay, faults and reports from outside, on a real image volume.
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/apps/program.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;
using test::Background;
using test::Ended;
using test::Folder;
using test::Has;
using test::RunProgram;

const std::string kVolumePolicy = TIDEGATE_SOURCE_DIR "/policies/volume";

std::string Read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// A host of one image volume; `more` are keys of the file's own.
std::string Host(const Folder& dir, const std::string& more = "") {
  fs::create_directories(dir / "images");
  const std::string image = dir.Write("images/disk.img", std::string(1 << 20, '\0'));
  return dir.Write("host.toml", "node = \"A\"\nstate_dir = \"" + (dir / "state") +
                                    "\"\nruntime_dir = \"" + (dir / "run") + "\"\n" + more +
                                    "[[resource]]\nname = \"vol1\"\npolicy = \"" + kVolumePolicy +
                                    "\"\n[resource.properties]\nVolumePath = \"" + image +
                                    "\"\nMountPoint = \"" + (dir / "mnt") +
                                    "\"\n[resource.monitor]\nLooksAlivePollInterval = \"50ms\"\n"
                                    "IsAlivePollInterval = \"100ms\"\nRestartThreshold = 0\n");
}

// The traces that the host kept of failures.
std::vector<std::string> Dumps(const Folder& dir) {
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(dir / "state/traces")) {
    if (entry.path().string().ends_with("Z.trace")) files.push_back(entry.path().string());
  }
  return files;
}

TEST_CASE("A recorded run is replayed to the same decisions, and forks under another version") {
  const Folder dir;
  const std::string trace = dir / "vol1.trace";
  {
    Background host({"run", Host(dir)});
    REQUIRE(host.Prints("vol1: Online\n"));
    CHECK(RunProgram({"trace", "vol2", "--runtime-dir", dir / "run"}).code == 2);
    CHECK(Has(RunProgram({"trace", "vol1", "--runtime-dir", dir / "run"}).output,
              "report    Online\n"));
    CHECK(RunProgram({"offline", "vol1", "--runtime-dir", dir / "run"}).code == 0);
    CHECK(RunProgram({"trace", "vol1", "-o", trace, "--runtime-dir", dir / "run"}).code == 0);
    host.Signal(SIGTERM);
    CHECK(host.Wait().code == 0);
  }
  CHECK(fs::exists(dir / "state/traces/vol1-end.trace"));
  CHECK(Dumps(dir).empty());

  const Ended same = RunProgram({"replay", trace});
  CHECK(same.code == 0);
  CHECK(Has(same.output, "the version that was recorded"));
  CHECK(Has(same.output, "the same: "));

  std::string text = Read(kVolumePolicy + "/volume.lua");
  const std::string dismount = "assert(vol:dismount())";
  text.replace(text.find(dismount), dismount.size(), "assert(vol:flush())");
  const std::string edited = dir.Write("volume.lua", text);
  const Ended fork = RunProgram({"replay", trace, edited});
  CHECK(fork.code == 1);
  CHECK(Has(fork.output, "another version"));
  CHECK(Has(fork.output, "fork in offline at "));
  CHECK(Has(fork.output, "  recorded  volume.dismount volume="));
  CHECK(Has(fork.output, "  now       volume.flush volume="));
  const nlohmann::json json =
      nlohmann::json::parse(RunProgram({"replay", trace, "--policy", edited, "--json"}).output);
  CHECK(json["same"] == false);
  CHECK(json["fork"]["entry_point"] == "offline");

  const Ended what_if = RunProgram({"replay", trace, "--deviate", "volume.dismount#1 fails BUSY"});
  CHECK(what_if.code == 0);
  CHECK(Has(what_if.output, "beyond the recording"));
  CHECK(Has(what_if.output, "offline: volume.dismount failed: ERROR_BUSY (170)"));
  CHECK(RunProgram({"replay", trace, "--deviate", "volume.dismount#9 hangs"}).code == 2);
  CHECK(RunProgram({"replay", trace, "--deviate", "volume.dismount#1 reboots"}).code == 2);

  const std::string whole = Read(trace);
  const Ended cut =
      RunProgram({"replay", dir.Write("cut.trace", whole.substr(0, whole.size() / 2))});
  CHECK(cut.code == 0);
  CHECK(Has(cut.output, "truncated"));
  CHECK(RunProgram({"replay", dir.Write("bad.trace", "tidegate trace 1\nnonsense\n")}).code == 2);
  CHECK(RunProgram({"replay", dir.Write("some.plan", "A vol1 volume.lock#1 hangs\n")}).code == 2);
}

TEST_CASE("Faults are injected only where the configuration allows it") {
  const Folder dir;
  const std::string plan = dir.Write("f.plan",
                                     "A vol1 volume.probe#2 fails_from_now_on IO_DEVICE\n"
                                     "A vol1 volume.lock#7 fails BUSY\n");
  const Ended refused = RunProgram({"run", Host(dir), "--faults", plan});
  CHECK(refused.code == 2);
  CHECK(Has(refused.output, "inject_faults = true"));
  const std::string allowed = Host(dir, "inject_faults = true\n");
  const auto objection = [&](const std::string& text) {
    const Ended ended = RunProgram({"run", allowed, "--faults", dir.Write("bad.plan", text)});
    CHECK(ended.code == 2);
    return ended.output;
  };
  CHECK(Has(objection("A vol1 volume.probe#1 reboots\n"),
            "bad.plan:1: reboots is for the simulator"));
  CHECK(Has(objection("A vol2 volume.probe#1 hangs\n"), "did you mean vol1?"));
  CHECK(Has(objection("A vol1 volume.probe#1\n"), "bad.plan:1: "));

  Background host({"run", allowed, "--faults", plan});
  REQUIRE(host.Prints("injected: volume.probe#2 fails_from_now_on IO_DEVICE"));
  REQUIRE(host.Prints("vol1: Failed: is_alive"));
  REQUIRE(host.Prints("records are in "));
  host.Signal(SIGTERM);
  const Ended ended = host.Wait();
  CHECK(Has(ended.output, "f.plan:2: never applied: A vol1 volume.lock#7 fails BUSY"));

  REQUIRE(Dumps(dir).size() == 1);
  const Ended replay = RunProgram({"replay", Dumps(dir)[0]});
  CHECK(replay.code == 0);
  CHECK(Has(replay.output, "Failed: is_alive, attempt 2: volume.probe failed: ERROR_IO_DEVICE"));
}

// What a browser makes of the page, as HTML; a picture of it goes to `picture`.
std::string Drawn(const Folder& dir, const std::string& page, const std::string& picture) {
  const std::string browser =
      "HOME=" + dir.path() + " timeout 60 /usr/bin/chromium --headless=new --no-sandbox " +
      "--disable-gpu --disable-dev-shm-usage --user-data-dir=" + (dir / "profile") +
      " --virtual-time-budget=2000 --window-size=1400,1000 ";
  const std::string command = browser + "--screenshot=" + picture + " file://" + page +
                              " > /dev/null 2>&1; " + browser + "--dump-dom file://" + page +
                              " 2> /dev/null > " + (dir / "dom.html");
  REQUIRE(std::system(command.c_str()) == 0);
  return Read(dir / "dom.html");
}

// Presses keys, a second apart for a person and at once here, and writes down what is chosen.
constexpr const char* kPresses = R"html(<script>
  window.onerror = (message) => { document.title = `broken: ${message}`; };
  const seen = [];
  for (const key of ["Home", "e", "f", "+", "+", "t", "g", "ArrowRight", "-", "0", "F"]) {
    document.dispatchEvent(new KeyboardEvent("keydown", { key }));
    seen.push(document.getElementById("now").textContent.split("\n")[0].trim());
  }
  document.querySelector("#panes li:nth-child(5)").click();
  document.querySelector("svg .bar").dispatchEvent(new Event("click", { bubbles: true }));
  document.title = `pressed: ${seen[1]} | ${seen[2]} | ${seen[10]}`;
</script></body>)html";

TEST_CASE("A report is one file that a browser shows and keys walk through") {
  const Folder dir;
  const std::string plan = TIDEGATE_SOURCE_DIR "/tests/plans/early-offline.plan";
  const std::string page = dir / "report.html";
  REQUIRE(RunProgram({"report", plan, kVolumePolicy, "-o", page}).code == 0);
  CHECK(RunProgram({"report", plan}).code == 2);
  std::string text = Read(page);
  for (const char* alien : {"@DATA@", "src=", "<link", "@import", "fetch("}) {
    CHECK_FALSE(Has(text, alien));
  }
  if (!fs::exists("/usr/bin/chromium")) SKIP("skipped: no chromium");
  const std::string drawn = Drawn(dir, page, dir / "page.png");
  CHECK(fs::file_size(dir / "page.png") > 20'000);
  CHECK(Has(drawn, "A vol1</text>"));
  CHECK(Has(drawn, "class=\"fault"));
  CHECK(Has(drawn, "class=\"ghost\""));
  CHECK(Has(drawn, "single_owner"));
  CHECK(Has(drawn, "early-offline.plan:5"));  // chosen: the first fault, with its line of the plan

  text.replace(text.find("</body>"), 7, kPresses);
  const std::string walked = Drawn(dir, dir.Write("keys.html", text), dir / "keys.png");
  const std::size_t title = walked.find("<title>");
  INFO(walked.substr(title, 300));
  CHECK(Has(walked, "<title>pressed: 0.0001s  A vol1  open | "));
  CHECK(Has(walked, "online#1 operator_takes_offline"));
}

}  // namespace
}  // namespace tidegate
