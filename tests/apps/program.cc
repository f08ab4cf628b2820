// Starting programs and reading what they print.
#include "tests/apps/program.h"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace tidegate::test {

const char* ProgramPath() { return TIDEGATE_BINARY; }

Background::Background(const std::vector<std::string>& arguments, const std::string& program) {
  int pipe_fds[2];
  if (pipe2(pipe_fds, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], 1);
  posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], 2);
  const int failed = posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_fds[1]);
  fd_ = pipe_fds[0];
  if (failed != 0) throw std::runtime_error("cannot start " + program);
}

Background::~Background() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (fd_ >= 0) close(fd_);
}

void Background::Read(int timeout_ms) {
  pollfd wait{fd_, POLLIN, 0};
  if (fd_ < 0 || poll(&wait, 1, timeout_ms) <= 0) return;
  char buffer[4096];
  const ssize_t n = read(fd_, buffer, sizeof buffer);
  if (n > 0) {
    output_.append(buffer, static_cast<std::size_t>(n));
  } else {
    close(fd_);
    fd_ = -1;
  }
}

bool Background::Prints(const std::string& text) {
  for (int i = 0; i < 600 && fd_ >= 0; ++i) {
    if (output_.find(text) != std::string::npos) return true;
    Read(50);
  }
  return output_.find(text) != std::string::npos;
}

bool Background::Runs() {
  Read(0);
  return fd_ >= 0;
}

void Background::Signal(int signal) const { kill(pid_, signal); }

Ended Background::Wait() {
  for (int i = 0; i < 1200 && fd_ >= 0; ++i) Read(100);
  if (fd_ >= 0) kill(pid_, SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), output_};
}

Ended RunProgram(const std::vector<std::string>& arguments) { return Background(arguments).Wait(); }

Folder::Folder() {
  // Short: a control socket's path must fit in 108 bytes.
  std::string name = "/tmp/tg-test-" + std::string(6, 'X');
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
}

Folder::~Folder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::string Folder::Write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ + "/" + name, std::ios::binary) << text;
  return path_ + "/" + name;
}

}  // namespace tidegate::test
