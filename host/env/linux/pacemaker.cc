// Running the tools and reading what they print.
#include "host/env/linux/pacemaker.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

#include "host/core/text.h"
#include "host/env/clock.h"
#include "host/env/fd.h"

namespace tidegate {
namespace {

constexpr std::size_t kOutputBytes = 64 << 10;  // of a tool that lists nodes: far more than enough

Reply Refused(const Error& error) { return Failure(error.code, error.detail); }

// "1 node1 member", a line each; a node that left is "lost" and still one of the cluster.
Strings NodesOf(const std::string& text) {
  Strings nodes;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id;
    std::string name;
    if (words >> id >> name) nodes.push_back(name);
  }
  return nodes;
}

std::string FirstWord(const std::string& text) {
  std::istringstream words(text);
  std::string word;
  words >> word;
  return word;
}

// Reads until the program closes its output; false at the deadline.
bool ReadAll(int fd, Instant until, std::string& out) {
  char bytes[4096];
  while (true) {
    const std::int64_t left = (until - MonotonicNow()).ns / 1'000'000;
    if (left <= 0) return false;
    pollfd ready{fd, POLLIN, 0};
    const int polled = poll(&ready, 1, static_cast<int>(left));
    if (polled < 0 && errno == EINTR) continue;
    if (polled <= 0) return false;
    const ssize_t n = read(fd, bytes, sizeof bytes);
    if (n <= 0) return n == 0;
    if (out.size() < kOutputBytes) out.append(bytes, static_cast<std::size_t>(n));
  }
}

}  // namespace

Result<std::string> OutputOf(const std::vector<std::string>& command, Duration deadline) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Error{ErrorCode::kTooManyOpenFiles, "", "no pipe"};
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, writing.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  const int failed = posix_spawn(&pid, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return Error{ErrorCode::kNotSupported, "", command[0] + ": " + std::strerror(failed)};
  }
  writing = Fd();
  std::string text;
  const bool in_time = ReadAll(reading.get(), MonotonicNow() + deadline, text);
  if (!in_time) kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) {
    return Error{ErrorCode::kTimeout, "",
                 command[0] + " did not answer within " + Text(deadline) + ": is the cluster up?"};
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error{ErrorCode::kNotReady, "",
                 command[0] + " answered exit code " +
                     std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1) +
                     ": this node is not part of a running cluster"};
  }
  return text;
}

Result<std::string> Pacemaker::Ask(const std::vector<std::string>& command) {
  std::string key;
  for (const std::string& word : command) key += word + '\n';
  {
    const std::scoped_lock lock(mutex_);
    const auto known = known_.find(key);
    if (known != known_.end() && MonotonicNow() - known->second.when < options_.fresh) {
      return known->second.text;
    }
  }
  std::vector<std::string> words = command;
  words[0] = options_.tools + "/" + words[0];
  Result<std::string> text = OutputOf(words, options_.deadline);
  if (text) {
    const std::scoped_lock lock(mutex_);
    known_[key] = {MonotonicNow(), *text};
  }
  return text;
}

Reply Pacemaker::Perform(const Call& call) {
  if (std::holds_alternative<ClusterNodes>(call)) {
    const Result<std::string> text = Ask({"crm_node", "--list"});
    return text ? Success(NodesOf(*text)) : Refused(text.error());
  }
  if (std::holds_alternative<ClusterQuorum>(call)) {
    const Result<std::string> text = Ask({"crm_node", "--quorum"});
    return text ? Success(FirstWord(*text) == "1") : Refused(text.error());
  }
  if (std::holds_alternative<ClusterOwner>(call)) {
    const Result<std::string> text =
        Ask({"crm_resource", "--locate", "--quiet", "--resource", options_.resource});
    return text ? Success(FirstWord(*text)) : Refused(text.error());
  }
  return Failure(ErrorCode::kNotSupported, "Pacemaker is not asked that");
}

}  // namespace tidegate
