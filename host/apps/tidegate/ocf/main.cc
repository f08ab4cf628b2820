// The OCF agent as a program of its own, lib/ocf/resource.d/tidegate/policy and every agent that
// was installed for a policy. By hand it is `tidegate ocf`.
//
// Why its own: it is started for every action, and the other program's command line and libraries
// would cost it more than the action.
//
// Why two processes: one that is in the kernel with a disk that hangs cannot end, not even by
// SIGKILL, and the cluster would wait for it before it does anything else for the resource. So the
// action is a child; who answers for it never touches a disk.
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <malloc.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/apps/shared/pack/places.h"
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/ocf/installed.h"
#include "host/apps/tidegate/paths.h"

namespace tidegate {
namespace {

// Milliseconds, before the cluster's timeout but after the action's own; forever without one.
int Patience() {
  const char* text = std::getenv("OCF_RESKEY_CRM_meta_timeout");
  const long timeout = text != nullptr ? std::strtol(text, nullptr, 10) : 0;
  constexpr long kMargin = 400;
  if (timeout <= 0 || timeout > 1L << 30) return -1;
  return static_cast<int>(timeout > 4 * kMargin ? timeout - kMargin : timeout * 3 / 4);
}

// What the child answered through the pipe: that it has ended cannot be waited for.
int AnswerOf(pid_t child, int fd) {
  pollfd answer{fd, POLLIN, 0};
  int ready = 0;
  do {
    ready = poll(&answer, 1, Patience());
  } while (ready < 0 && errno == EINTR);
  unsigned char code = 1;
  if (ready > 0 && read(fd, &code, 1) == 1) return code;
  const char* why = "the action's process ended without an answer";
  if (ready == 0) {
    kill(child, SIGKILL);
    why = "the device did not answer in time, and holds the action's process";
  }
  std::fprintf(stderr, "ocf-exit-reason:%s\n", why);
  return 1;
}

int Main(int argc, char** argv) {
  std::setlocale(LC_ALL, "C");
  std::signal(SIGPIPE, SIG_IGN);
  mallopt(M_ARENA_MAX, 1);  // no heap of its own for each of a few threads that live a millisecond
  SetPackPlaces(DefaultPackPlaces());
  OcfOptions options;
  options.action = argc > 1 ? argv[1] : "";
  const char* digest = std::getenv("OCF_RESKEY_PolicyDigest");
  if (const auto agent =
          ocf::InstalledAs(argc > 0 ? argv[0] : "", digest != nullptr ? digest : "")) {
    options.policy = agent->policy;
    options.provider = agent->provider;
    options.type = agent->type;
  }
  int ends[2];
  if (pipe(ends) != 0) return OcfCommand(options);
  const pid_t child = fork();
  if (child < 0) return OcfCommand(options);
  if (child > 0) {
    close(ends[1]);
    _exit(AnswerOf(child, ends[0]));
  }
  close(ends[0]);
  options.answer = ends[1];
  const auto code = static_cast<unsigned char>(OcfCommand(options));
  std::fflush(nullptr);
  (void)!write(ends[1], &code, 1);
  _exit(code);
}

}  // namespace
}  // namespace tidegate

int main(int argc, char** argv) { return tidegate::Main(argc, argv); }
