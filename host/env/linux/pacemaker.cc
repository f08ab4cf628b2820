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

#include "host/core/node_attribute.h"
#include "host/core/text.h"
#include "host/env/clock.h"
#include "host/env/fd.h"

namespace tidegate {
namespace {

constexpr std::size_t kOutputBytes = 64 << 10;  // of a tool that lists nodes: far more than enough
constexpr std::string_view kSet = "set ";  // before the name of an attribute that was set from here
constexpr int kNoSuchThing = 105;  // CRM_EX_NOSUCH: no such node, or it has no such attribute

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

// Of `<node name="node1" ... standby="false" .../>`, a line each; none: there is no such node.
std::optional<bool> StandbyOf(const std::string& xml, const std::string& node) {
  std::istringstream lines(xml);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("<node name=\"" + node + "\"") == line.npos) continue;
    return line.find(" standby=\"true\"") != line.npos;
  }
  return std::nullopt;
}

std::string WithoutLineEnd(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
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
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoSuchThing) {
    return Error{ErrorCode::kNotFound, "", command[0] + " finds none"};
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error{ErrorCode::kNotReady, "",
                 command[0] + " answered exit code " +
                     std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1) +
                     ": this node is not part of a running cluster"};
  }
  return text;
}

Result<std::string> Pacemaker::Do(std::vector<std::string> command) const {
  command[0] = options_.tools + "/" + command[0];
  return OutputOf(command, options_.deadline);
}

std::optional<std::string> Pacemaker::Known(const std::string& key) {
  const std::scoped_lock lock(mutex_);
  const auto known = known_.find(key);
  if (known == known_.end() || MonotonicNow() - known->second.when >= options_.fresh) return {};
  return known->second.text;
}

Result<std::string> Pacemaker::Ask(const std::vector<std::string>& command) {
  std::string key;
  for (const std::string& word : command) key += word + '\n';
  if (std::optional<std::string> known = Known(key)) return *std::move(known);
  Result<std::string> text = Do(command);
  if (text) {
    const std::scoped_lock lock(mutex_);
    known_[key] = {MonotonicNow(), *text};
  }
  return text;
}

// What is asked goes into argument vectors, never through a shell; and nothing that could be taken
// for an option, or that Pacemaker would make something else of, gets there.
Reply Pacemaker::Standby(const ClusterStandby& asked) {
  std::string node = asked.node.empty() ? options_.node : asked.node;
  if (node.empty()) {
    const Result<std::string> own = Ask({"crm_node", "--name"});
    if (!own) return Refused(own.error());
    node = FirstWord(*own);
  }
  if (!IsNodeName(node)) return Failure(ErrorCode::kNotFound, "no node has such a name");
  // Standby has two places, one until the node's boot and one for good; Pacemaker adds them up.
  const Result<std::string> xml =
      Ask({"crm_mon", "--one-shot", "--output-as=xml", "--include=none,nodes"});
  if (!xml) return Refused(xml.error());
  const std::optional<bool> standby = StandbyOf(*xml, node);
  return standby ? Success(*standby) : Failure(ErrorCode::kNotFound, "no node " + node);
}

Reply Pacemaker::Attribute(const ClusterAttribute& asked) {
  if (!IsAttributeName(asked.name) || (!asked.node.empty() && !IsNodeName(asked.node))) {
    return Failure(ErrorCode::kNotFound, "no attribute or node has such a name");
  }
  const std::string& node = asked.node.empty() ? options_.node : asked.node;
  // The cluster spreads what was set a moment ago, and who has set it sees it at once.
  std::optional<std::string> ours;
  if (node == options_.node) ours = Known(std::string(kSet) + asked.name);
  if (ours && !ours->empty()) return Success(*ours);
  // In the order of Pacemaker's own rules.
  for (const char* lifetime : {"reboot", "forever"}) {
    if (ours && lifetime == std::string_view("reboot")) continue;  // taken away
    std::vector<std::string> command = {"crm_attribute", "--name=" + asked.name, "--query",
                                        "--quiet", std::string("--lifetime=") + lifetime};
    if (!node.empty()) command.push_back("--node=" + node);
    const Result<std::string> value = Ask(command);
    if (value) return Success(WithoutLineEnd(*value));
    if (value.error().code != ErrorCode::kNotFound) return Refused(value.error());
  }
  return Failure(ErrorCode::kNotFound, asked.name);
}

Reply Pacemaker::SetAttribute(const ClusterSetAttribute& asked) {
  if (!IsAttributeName(asked.name) || !IsAttributeValue(asked.value)) {
    return Failure(ErrorCode::kInvalidParameter,
                   "not a name or a value that an attribute can have");
  }
  const Result<std::string> done =
      Do({"attrd_updater", "--name=" + asked.name,
          asked.value.empty() ? std::string("--delete") : "--update=" + asked.value});
  if (!done) return Refused(done.error());
  const std::scoped_lock lock(mutex_);
  std::erase_if(known_, [](const auto& known) { return !known.first.starts_with(kSet); });
  known_[std::string(kSet) + asked.name] = {MonotonicNow(), asked.value};
  return Success();
}

Outcome Pacemaker::SetPromotionScore(std::optional<int> score) {
  const Result<std::string> done =
      Do({"crm_attribute", "--promotion=" + options_.resource, "--lifetime=reboot",
          score ? "--update=" + std::to_string(*score) : std::string("--delete")});
  if (!done) return done.error();
  return Ok();
}

Reply Pacemaker::Perform(const Call& call) {
  if (const auto* standby = std::get_if<ClusterStandby>(&call)) return Standby(*standby);
  if (const auto* attribute = std::get_if<ClusterAttribute>(&call)) return Attribute(*attribute);
  if (const auto* set = std::get_if<ClusterSetAttribute>(&call)) return SetAttribute(*set);
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
