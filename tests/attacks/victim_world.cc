// Answers by path: /fail, /slow, /odd, /long, and by what the operation answers with.
#include "tests/attacks/victim_world.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

namespace tidegate::test {
namespace {

// What a healthy volume answers, by the type of the answer.
Reply Healthy(const Call& call) {
  return std::visit(
      []<class Op>(const Op&) -> Reply {
        using R = typename Op::Reply;
        if constexpr (std::is_same_v<R, bool>) {
          return Success(true);
        } else if constexpr (std::is_same_v<R, std::int64_t>) {
          return Success(std::int64_t{4096});
        } else {
          return Success(R{});
        }
      },
      call);
}

// How a device might call itself, to whoever reads the log.
constexpr char kHostileText[] = "\x1b[2J\r\nroot: all is well \xe2\x80\xae\xff%s%n";

}  // namespace

std::function<Reply(ResourceId, const Call&)> VictimWorld() {
  return [next = std::make_shared<std::atomic<std::uint32_t>>(0)](ResourceId, const Call& call) {
    const auto* open = std::get_if<VolumeOpen>(&call);
    if (open == nullptr) return Healthy(call);
    const std::string& path = open->path;
    if (path == "/fail") return Failure(ErrorCode::kNotReady, "ENXIO");
    if (path == "/long") return Failure(ErrorCode::kNotReady, std::string(1 << 20, 'x'));
    if (path == "/hostile") return Failure(ErrorCode::kNotReady, kHostileText);
    if (path == "/odd") return Success(std::string("not a handle"));
    if (path == "/slow") std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return Success(VolumeHandle{++*next});
  };
}

}  // namespace tidegate::test
