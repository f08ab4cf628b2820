// tidegate demo: a volume's life, told in about thirty lines.

#include <atomic>
#include <csignal>
#include <cstdio>
#include <fstream>

#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/demo_volume.h"
#include "host/apps/tidegate/host.h"
#include "host/apps/tidegate/story.h"
#include "host/apps/tidegate/terminal.h"
#include "host/core/text.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "vol1";
constexpr Duration kStep = Seconds(15);  // what any one step may take at the most

std::atomic<bool> interrupted{false};

// The shipped policy: beside the program's source tree, or where it was installed.
Result<fs::path> ShippedPolicy() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& candidate : {fs::path("policies/volume"), program / "../../policies/volume",
                                    program / "../share/tidegate/policies/volume"}) {
    if (fs::exists(candidate / "volume.lua", error)) return fs::canonical(candidate, error);
  }
  return Error{ErrorCode::kFileNotFound, "",
               "policies/volume was not found; name it with --policy"};
}

ResourceConfig ConfigFor(const DemoVolume& volume, const fs::path& policy) {
  ResourceConfig config;
  config.name = kName;
  config.policy = policy;
  config.properties = volume.properties();
  // Quick, so that a minute is enough; everything else is as documented.
  config.monitor.looks_alive_poll_interval = Milliseconds(400);
  config.monitor.is_alive_poll_interval = Milliseconds(1500);
  config.monitor.restart_delay = Milliseconds(500);
  config.monitor.restart_threshold = 20;
  return config;
}

// The edit that an operator would make: a copy of the shipped policy that says something more.
Outcome WriteEditedPolicy(const fs::path& policy, const fs::path& edited) {
  std::error_code error;
  fs::create_directories(edited, error);
  fs::copy(policy, edited, fs::copy_options::overwrite_existing | fs::copy_options::recursive,
           error);
  const fs::path file = edited / "volume.lua";
  fs::rename(edited / (policy.filename().string() + ".lua"), file, error);
  std::ifstream in(file);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::string end = "return policy";
  const std::size_t at = text.rfind(end);
  if (at == std::string::npos) {
    return Error{ErrorCode::kInvalidData, "", file.string() + ": has no line \"return policy\""};
  }
  text.insert(at,
              "local is_alive = policy.is_alive\n"
              "function policy.is_alive(resource)\n"
              "  log.info(\"the edited policy looks after this volume now\")\n"
              "  policy.is_alive = is_alive\n"
              "  return is_alive(resource)\n"
              "end\n\n");
  if (text.find("require \"log\"") == std::string::npos) {
    text.insert(text.find("\nlocal "), "\nlocal log = require \"log\"");
  }
  std::ofstream(file) << text;
  return Ok();
}

class Demo {
 public:
  Demo(Host& host, Story& story, DemoVolume& volume)
      : host_(host), story_(story), volume_(volume) {}

  Outcome Play(const fs::path& policy) {
    for (const auto step : {&Demo::BringOnline, &Demo::Unmount, &Demo::FailDevice, &Demo::Swap}) {
      if (Outcome done = (this->*step)(policy); !done) return done;
    }
    story_.Tell("operator", "takes it offline: lock, dismount, offline, on one handle");
    if (Outcome offline = host_.Shutdown(kStep * 2, CauseKind::kOperator); !offline) return offline;
    Result<std::string> verdict = volume_.Verify();
    if (!verdict) return verdict.error();
    story_.Tell("tester", *verdict);
    return Ok();
  }

 private:
  Outcome Wait(const std::string& what, const std::function<bool(const LaneView&)>& done) {
    const bool came = host_.WaitFor(
        kName, kStep, [&](const LaneView& view) { return interrupted || done(view); });
    if (interrupted) return Error{ErrorCode::kCancelled, "", "interrupted"};
    if (came) return Ok();
    return Error{ErrorCode::kTimeout, "",
                 "within " + Text(kStep) + " it was not seen that " + what};
  }

  Outcome WaitOnline(int restarts) {
    return Wait("the volume is online again", [=](const LaneView& view) {
      return view.status.state == ResourceState::kOnline && view.restarts >= restarts;
    });
  }

  Outcome WaitAlive() {
    const Instant now = host_.Now();
    return Wait("a poll finds it alive", [=](const LaneView& view) {
      return view.has_verdict && view.last_verdict.ok && view.last_verdict_at > now + Seconds(2);
    });
  }

  Outcome BringOnline(const fs::path&) {
    host_.Begin(kName);
    if (Outcome online = WaitOnline(0); !online) return online;
    if (Outcome written = volume_.WriteFile(); !written) return written;
    story_.Tell("tester", volume_.written());
    if (Outcome alive = WaitAlive(); !alive) return alive;
    story_.Tell(kName, "polled: looks_alive every 400ms, is_alive every 1.5s, both content");
    return Ok();
  }

  Outcome Unmount(const fs::path&) {
    story_.Tell("tester", "unmounts it behind the cluster's back");
    if (Outcome done = volume_.UnmountBehindItsBack(); !done) return done;
    return WaitOnline(1);
  }

  Outcome FailDevice(const fs::path&) {
    if (Outcome alive = WaitAlive(); !alive) return alive;
    story_.Tell("tester", "makes the device fail: " + volume_.failure());
    if (Outcome done = volume_.Break(); !done) return done;
    const Outcome failed = Wait("the failure is noticed", [](const LaneView& view) {
      return view.status.state == ResourceState::kFailed && view.restarts >= 2;
    });
    if (!failed) return failed;
    story_.Tell("tester", "mends the device");
    if (Outcome done = volume_.Mend(); !done) return done;
    return WaitOnline(3);
  }

  Outcome Swap(const fs::path& policy) {
    if (Outcome alive = WaitAlive(); !alive) return alive;
    const fs::path edited = volume_.dir() / "edited" / "volume";
    if (Outcome written = WriteEditedPolicy(policy, edited); !written) return written;
    story_.Tell("operator", "tidegate swap vol1 edited/volume   (it stays online)");
    const Result<NewVersion> version = host_.ReadVersion(edited);
    if (!version) return version.error();
    const auto swapped = host_.Swap(kName, *version, {.by = "the demo", .within = kStep});
    if (!swapped) return swapped.error();
    return WaitAlive();
  }

  Host& host_;
  Story& story_;
  DemoVolume& volume_;
};

Outcome PlayOn(DemoVolume& volume, const fs::path& policy) {
  Story* story = nullptr;
  HostOptions options;
  options.state_dir = volume.dir() / "state";
  options.runtime_dir = volume.dir() / "run";
  options.tap = [&](Env& env, EventSink&) {
    auto made = std::make_unique<Story>(env, kName, volume.dir().string());
    story = made.get();
    return made;
  };
  Result<std::unique_ptr<Host>> host = Host::Create(std::move(options));
  if (!host) return host.error();
  if (Outcome added = (*host)->Add(ConfigFor(volume, policy)); !added) return added;
  const Outcome played = Demo(**host, *story, volume).Play(policy);
  if (!played) (void)(*host)->Shutdown(kStep * 2);  // leave nothing mounted, whatever went wrong
  return played;
}

}  // namespace

int DemoCommand(const DemoOptions& options) {
  for (const int s : {SIGINT, SIGTERM}) {
    std::signal(s, [](int) { interrupted = true; });
  }
  Result<fs::path> policy =
      options.policy.empty() ? ShippedPolicy() : Result<fs::path>(fs::path(options.policy));
  if (!policy) return Fail(kExitUsage, policy.error().detail);
  Result<std::unique_ptr<DemoVolume>> volume = DemoVolume::Make(options.volume, options.dir);
  if (!volume) return Fail(kExitUsage, volume.error().detail);
  std::printf("%s\n", (*volume)->description().c_str());
  const Outcome played = PlayOn(**volume, *policy);
  const Outcome cleaned = (*volume)->Clean();
  if (!played) return Fail(kExitFailed, "demo: " + played.error().detail);
  if (!cleaned) return Fail(kExitFailed, "demo: " + cleaned.error().detail);
  std::printf("Done: nothing of it is left on this machine.\n");
  return kExitOk;
}

}  // namespace tidegate
