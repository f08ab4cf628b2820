// Sockets, and nothing that knows what is said over them.
#include "host/apps/tidegate/control.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <mutex>
#include <optional>
#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "host/env/thread.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRequestBytes = 64 << 10;
constexpr std::size_t kAnswerBytes = 64 << 20;
constexpr int kConnections = 16;
constexpr int kSilentClientMs = 5'000;

bool Address(const std::string& path, sockaddr_un& address) {
  address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return true;
}

// One line without its end; false when the peer is silent, gone, or says too much.
bool ReadLine(int fd, std::size_t max, int timeout_ms, std::string& line) {
  line.clear();
  char buffer[4096];
  while (line.size() <= max) {
    pollfd wait{fd, POLLIN, 0};
    const int ready = poll(&wait, 1, timeout_ms);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t n = read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    line.append(buffer, static_cast<std::size_t>(n));
    if (const std::size_t end = line.find('\n'); end != std::string::npos) {
      line.resize(end);
      return true;
    }
  }
  return false;
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void SetTimeout(int fd, int option, Duration timeout) {
  const timeval value{timeout.ns / 1'000'000'000, (timeout.ns % 1'000'000'000) / 1'000};
  (void)setsockopt(fd, SOL_SOCKET, option, &value, sizeof value);
}

// The name of the user, if that one may ask.
std::optional<std::string> WhoAsks(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  if (peer.uid != 0 && peer.uid != geteuid()) return std::nullopt;
  char buffer[1024];
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(peer.uid, &entry, buffer, sizeof buffer, &found) == 0 && found != nullptr) {
    return std::string(found->pw_name);
  }
  return "uid " + std::to_string(peer.uid);
}

}  // namespace

struct ControlServer::State {
  Handler handler;
  int fd = -1;
  int wake[2] = {-1, -1};
  Thread accepting;
  std::mutex mutex;
  std::condition_variable idle;
  int connections = 0;

  ~State() {
    for (const int each : {fd, wake[0], wake[1]}) {
      if (each >= 0) close(each);
    }
  }

  void Serve(int connection) {
    std::string request;
    SetTimeout(connection, SO_SNDTIMEO, Milliseconds(kSilentClientMs));
    const std::optional<std::string> who = WhoAsks(connection);
    if (who && ReadLine(connection, kRequestBytes, kSilentClientMs, request)) {
      WriteAll(connection, handler(request, *who) + "\n");
    }
    close(connection);
    const std::lock_guard lock(mutex);
    --connections;
    idle.notify_all();
  }

  static void Accept(const std::shared_ptr<State>& self) {
    while (true) {
      pollfd wait[2] = {{self->fd, POLLIN, 0}, {self->wake[0], POLLIN, 0}};
      if (poll(wait, 2, -1) < 0 && errno != EINTR) return;
      if (wait[1].revents != 0) return;
      if ((wait[0].revents & POLLIN) == 0) continue;
      const int connection = accept4(self->fd, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) continue;
      std::unique_lock lock(self->mutex);
      if (self->connections >= kConnections) {
        close(connection);
        continue;
      }
      ++self->connections;
      lock.unlock();
      auto thread = StartThread("control", [self, connection] { self->Serve(connection); });
      if (thread) {
        thread->detach();
        continue;
      }
      close(connection);
      lock.lock();
      --self->connections;
    }
  }
};

ControlServer::ControlServer(std::string path, std::shared_ptr<State> state)
    : path_(std::move(path)), state_(std::move(state)) {}

ControlServer::~ControlServer() {
  (void)!write(state_->wake[1], "x", 1);
  if (state_->accepting.joinable()) state_->accepting.join();
  std::unique_lock lock(state_->mutex);
  state_->idle.wait(lock, [&] { return state_->connections == 0; });
  unlink(path_.c_str());
}

Result<std::unique_ptr<ControlServer>> ControlServer::Listen(const std::string& runtime_dir,
                                                             Handler handler) {
  const std::string path = ControlSocketOf(runtime_dir, getpid());
  const auto failed = [&](const char* what) {
    return Error{ErrorCode::kAccessDenied, "",
                 "control socket " + path + ": " + what + ": " + std::strerror(errno)};
  };
  sockaddr_un address;
  if (!Address(path, address)) {
    return Error{ErrorCode::kInvalidParameter, "",
                 "control socket " + path + ": the path is longer than " +
                     std::to_string(sizeof address.sun_path - 1) +
                     " bytes; choose a shorter --runtime-dir"};
  }
  auto state = std::make_shared<State>();
  state->handler = std::move(handler);
  state->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (state->fd < 0 || pipe2(state->wake, O_CLOEXEC) != 0) return failed("socket");
  // Under its name only once somebody listens: who looks for hosts removes what refuses him.
  const std::string fresh = runtime_dir + "/host-" + std::to_string(getpid()) + ".new";
  (void)Address(fresh, address);
  unlink(fresh.c_str());
  // Mode before it can be connected to: bind obeys the mask, and nobody can connect before listen.
  if (bind(state->fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return failed("bind");
  }
  if (chmod(fresh.c_str(), 0600) != 0 || listen(state->fd, kConnections) != 0 ||
      rename(fresh.c_str(), path.c_str()) != 0) {
    return failed("listen");
  }
  auto thread = StartThread("control", [state] { State::Accept(state); });
  if (!thread) return Error{ErrorCode::kNotEnoughMemory, "", "no thread for the control socket"};
  state->accepting = std::move(*thread);
  return std::unique_ptr<ControlServer>(new ControlServer(path, std::move(state)));
}

Result<std::string> AskHost(const std::string& socket_path, const std::string& request,
                            Duration timeout) {
  sockaddr_un address;
  if (!Address(socket_path, address)) {
    return Error{ErrorCode::kInvalidParameter, "", socket_path + ": the path is too long"};
  }
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return Error{ErrorCode::kTooManyOpenFiles, "", std::strerror(errno)};
  std::string answer;
  const bool asked =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      WriteAll(fd, request + "\n") &&
      ReadLine(fd, kAnswerBytes, static_cast<int>(timeout.ns / 1'000'000), answer);
  close(fd);
  if (asked) return answer;
  return Error{ErrorCode::kTimeout, "", "the host behind " + socket_path + " does not answer"};
}

std::string ControlSocketOf(const std::string& runtime_dir, int pid) {
  return runtime_dir + "/host-" + std::to_string(pid) + ".sock";
}

std::vector<std::string> ControlSockets(const std::string& runtime_dir) {
  std::vector<std::string> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(runtime_dir, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("host-") && name.ends_with(".sock")) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  std::vector<std::string> sockets;
  for (const std::string& path : found) {
    sockaddr_un address;
    if (!Address(path, address)) continue;
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool alive =
        fd >= 0 && connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const bool dead = !alive && errno == ECONNREFUSED;
    if (fd >= 0) close(fd);
    if (alive) sockets.push_back(path);
    if (dead) unlink(path.c_str());  // its host was killed
  }
  return sockets;
}

}  // namespace tidegate
