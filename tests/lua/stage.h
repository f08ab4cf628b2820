// A Stage plays a policy against a script of replies, and writes down what happened:
//
//   online
//   -> volume.open path=/img
//   <- ok 1
//   == ok
//
// A line that begins with the name of an entry point starts it ("terminate", "watch0"); "<-" lines
// are the world's answers (a line that ends with \ goes on in the next); "->", "==", "log" and
// "progress" lines are the policy's doing. Play() takes the whole picture and answers what really
// happened, so that a test is one comparison.
#pragma once

#include <charconv>
#include <deque>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "bindings/bindings.h"
#include "host/core/text.h"
#include "host/lua/policy.h"

namespace tidegate::test {

inline std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string FromTree(const std::string& path) {
  return ReadFile(std::string(TIDEGATE_SOURCE_DIR) + "/" + path);
}

inline std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first == line.npos) continue;
    line.erase(0, first);
    if (!lines.empty() && lines.back().ends_with('\\')) {
      lines.back().pop_back();
      lines.back() += line;
    } else {
      lines.push_back(line);
    }
  }
  return lines;
}

// The reply that a "<-" line means, of the type that `call` answers with.
inline Reply ReplyOf(const Call& call, std::string_view text) {
  if (!text.starts_with("ok")) {
    const std::size_t space = text.find(' ');
    std::string_view detail;
    if (space != text.npos) detail = text.substr(space + 2, text.size() - space - 3);
    return Failure(ErrorCodeNamed(text.substr(0, space)).value(), std::string(detail));
  }
  const std::string value(text.size() > 3 ? text.substr(3) : "");
  return std::visit(
      [&](const auto& op) -> Reply {
        using R = typename std::decay_t<decltype(op)>::Reply;
        if constexpr (std::is_same_v<R, bool>) {
          return Success(value == "true");
        } else if constexpr (std::is_same_v<R, std::int64_t>) {
          return Success(std::int64_t{std::stoll(value)});
        } else if constexpr (std::is_same_v<R, std::string>) {
          return Success(value);
        } else if constexpr (std::is_same_v<R, VolumeHandle>) {
          return Success(VolumeHandle{static_cast<std::uint32_t>(std::stoul(value))});
        } else if constexpr (std::is_same_v<R, Strings>) {
          Strings names;
          std::istringstream in(value);
          for (std::string name; std::getline(in, name, ',');) names.push_back(name);
          return Success(names);
        } else if constexpr (std::is_same_v<R, Numbers>) {
          Numbers numbers;
          std::istringstream in(value);
          for (std::string n; std::getline(in, n, ',');) numbers.push_back(std::stoll(n));
          return Success(numbers);
        } else if constexpr (std::is_same_v<R, Reservation>) {  // "kind,key" or "none"
          const std::size_t comma = value.find(',');
          if (comma == value.npos) return Success(Reservation{});
          return Success(Reservation{std::stoll(value.substr(comma + 1)), value.substr(0, comma)});
        } else if constexpr (std::is_same_v<R, VolumeAttributes>) {
          VolumeAttributes attributes;
          attributes.kind = value;
          return Success(attributes);
        } else {
          return Success(R{});
        }
      },
      call);
}

class Stage final : public PolicyHost {
 public:
  // Everything that can go wrong before there is a policy is in error().
  explicit Stage(std::string text, Properties properties = {}, SandboxLimits limits = {}) {
    Compile({"policy.lua", std::move(text), {}}, limits);
    Bind(std::move(properties));
  }
  Stage(PolicySource source, Properties properties, SandboxLimits limits = {}) {
    Compile(source, limits);
    Bind(std::move(properties));
  }

  // A policy around one function body: what most tests want.
  static std::string Around(const std::string& online) {
    return "local volume, timer, store, cluster, log = require 'volume', require 'timer', "
           "require 'store', require 'cluster', require 'log'\n"
           "local policy = { api = 1 }\n"
           "function policy.online(resource, flags)\n" +
           online +
           "\nend\nfunction policy.offline() end\nfunction policy.is_alive() return true end\n"
           "return policy\n";
  }

  Policy& policy() { return *policy_; }
  bool loaded() const { return policy_ != nullptr; }
  const std::string& error() const { return error_; }

  // One entry point to its end, with the replies that `picture` gives; nothing else is to come.
  std::string Play(const std::string& picture) {
    replies_.clear();
    happened_.clear();
    // A step is a start with the replies after it.
    const std::vector<std::string> lines = LinesOf(picture);
    std::size_t i = 0;
    while (i < lines.size()) {
      const std::string start = lines[i++];
      replies_.clear();
      while (i < lines.size() && !IsStart(lines[i])) {
        if (lines[i].starts_with("<- ")) replies_.push_back(lines[i].substr(3));
        ++i;
      }
      Note(start);
      Begin(start);
    }
    return happened_;
  }

  Verdict Run(EntryPoint entry, const Arguments& arguments = {}) {
    Turn turn = policy_->Start(Task::kEntry, entry, arguments, Cause{}, deadline);
    return std::holds_alternative<Verdict>(turn) ? std::get<Verdict>(turn) : Verdict{false, {}};
  }

  // PolicyHost
  Instant Now() override {
    now = now + tick;
    return now;
  }
  void Log(Level level, std::string_view text) override {
    static constexpr std::string_view kNames[] = {"debug", "info", "warning", "error"};
    Note("log " + std::string(kNames[static_cast<int>(level)]) + ": " + std::string(text));
  }
  void Progress(std::string_view text) override { Note("progress " + std::string(text)); }
  bool Cancelled() override { return cancelled; }
  std::optional<Task> AllotWatch() override {
    if (watches >= limits::kWatches) return std::nullopt;
    Note("watch " + std::to_string(watches));
    return Watch(watches++);
  }

  Instant now;
  Duration tick;  // how much later it is at every look at the clock
  Instant deadline = Instant{} + Seconds(180);
  Capabilities granted = Capabilities::All();
  Cause cause;
  bool cancelled = false;
  int watches = 0;

 private:
  void Compile(const PolicySource& source, const SandboxLimits& limits) {
    std::vector<std::pair<std::string, std::string>> texts;
    for (const char* name : {"retry", "deadline", "health"}) {
      texts.emplace_back(name, FromTree(std::string("scripts/") + name + ".lua"));
    }
    std::vector<ModuleView> scripts;
    for (const auto& [name, text] : texts) {
      if (!text.empty()) scripts.push_back({name, text});
    }
    auto compiled = CompiledPolicy::Compile(source, scripts, Bindings(), limits);
    if (!compiled) {
      error_ = compiled.error().detail;
      return;
    }
    auto made = Policy::Create(*compiled, limits, *this);
    if (!made) {
      error_ = made.error().detail;
      return;
    }
    policy_ = std::move(*made);
  }

  void Bind(Properties given) {
    if (policy_ == nullptr) return;
    Result<Properties> properties = Validate(policy_->manifest().properties, given);
    if (!properties) {
      error_ = properties.error().detail;
      policy_.reset();
      return;
    }
    policy_->Bind({"vol1", "node-a", std::move(*properties), granted});
  }

  static bool IsStart(const std::string& line) {
    const std::string word = line.substr(0, line.find(' '));
    return EntryPointNamed(word).has_value() || word.starts_with("watch0");
  }

  void Begin(const std::string& start) {
    const std::string word = start.substr(0, start.find(' '));
    if (word == "watch0") return Follow(Watch(0), policy_->StartWatch(Watch(0)));
    const EntryPoint entry = *EntryPointNamed(word);
    const Task task = entry == EntryPoint::kTerminate ? Task::kTerminate : Task::kEntry;
    Arguments arguments;
    if (start.size() > word.size()) arguments.input = start.substr(word.size() + 1);
    Follow(task, policy_->Start(task, entry, arguments, cause, deadline));
  }

  void Follow(Task task, Turn turn) {
    while (const Call* call = std::get_if<Call>(&turn)) {
      Note("-> " + Text(*call));
      if (const auto* sleep = std::get_if<TimerSleep>(call)) now = now + sleep->duration;
      if (replies_.empty() && std::holds_alternative<TimerSleep>(*call)) replies_.push_back("ok");
      if (replies_.empty()) return Note("no reply is left");
      const std::string reply = replies_.front();
      replies_.pop_front();
      Note("<- " + reply);
      const Reply answer = ReplyOf(*call, reply);
      turn = policy_->Resume(task, answer);
    }
    Note("== " + Text(std::get<Verdict>(turn)));
  }

  void Note(const std::string& line) { happened_ += line + "\n"; }

  std::unique_ptr<Policy> policy_;
  std::string error_;
  std::string happened_;
  std::deque<std::string> replies_;
};

// The picture as Play writes it: without the indentation that makes it readable in a test.
inline std::string Picture(const std::string& text) {
  std::string out;
  for (const std::string& line : LinesOf(text)) out += line + "\n";
  return out;
}

}  // namespace tidegate::test
