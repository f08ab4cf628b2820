// The control socket is how other programs reach a running host: one JSON request line, one JSON
// answer line, over a Unix socket of mode 0600 in the runtime directory.
//
// Requests: {"command":"status"}, {"command":"online"|"offline","resource":R,"timeout":"180s"},
// {"command":"trace","resource":R}, {"command":"unique"} (hosts ask each other what must be
// unique), and those of swap/swap_requests.h. Answers: {"ok":true,...} or
// {"ok":false,"code":"ERROR_...","error":"..."}.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/core/result.h"
#include "host/core/time.h"

namespace tidegate {

// Serves one host. Each connection has a thread of its own, a few at a time, with a bound on how
// long a silent client is listened to.
class ControlServer {
 public:
  // `who` asks: the name of the user whose process it is.
  using Handler = std::function<std::string(const std::string& request, const std::string& who)>;
  static Result<std::unique_ptr<ControlServer>> Listen(const std::string& runtime_dir,
                                                       Handler handler);
  ~ControlServer();  // waits for requests that are being handled

  const std::string& path() const { return path_; }

 private:
  struct State;
  ControlServer(std::string path, std::shared_ptr<State> state);
  std::string path_;
  std::shared_ptr<State> state_;
};

std::string ControlSocketOf(const std::string& runtime_dir, int pid);
// The sockets of the hosts that run; what a dead host left behind is removed.
std::vector<std::string> ControlSockets(const std::string& runtime_dir);
Result<std::string> AskHost(const std::string& socket, const std::string& request,
                            Duration timeout);

}  // namespace tidegate
