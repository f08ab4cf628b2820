// A PolicySwap is what a lane is doing about the versions of its policy: the one that waits to take
// over, the one that served before and is kept until the new one has proved itself, and what came
// of it.
//
//                 offered            nothing in flight       healthy verdicts
//   (the old one) -------> waiting -------------------> probation ---------------> (the new one)
//                            |                          |    ^
//                 too long   |           a bad poll     v    | the old one says the same
//                            v                         doubted
//                         refused                       | the old one says otherwise; or a kill, an
//                                                       v error, no answer in time
//                                                   going back -----------------> (the old one)
//
// Why ask the old one: a disk that is ill makes every version fail its polls. The new version is to
// blame only for what the old one would not have said, and the old one is there to be asked: the
// answer of a bad poll is withheld, the same question goes to the old version, and what the
// resource is told is what the two of them agree on, or else the old one's word. What acts (online,
// offline ...) cannot be asked twice: there a failure goes back at once, and the answer stands.
//
// What proves a version: each poll that it has was healthy once, and N more were. is_alive is asked
// right after the switch, and then looks_alive: at the polls' own times one of them might come an
// hour later. What comes online on probation is polled as ever: it may need its time.
//
// Ownership: of both versions; owned by the lane, which carries out what this decides. Threading:
// the lane's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "host/core/digest.h"
#include "host/core/effect.h"
#include "host/core/limits.h"
#include "host/lua/policy.h"

namespace tidegate {

struct SwapTerms {
  Duration within;     // how long what is in flight is waited for; 0: as long as it takes
  bool force = false;  // past it, cancels what is in flight instead of giving up
  // Verdicts that end probation, besides the first of each poll; 0: there is none.
  int healthy = limits::kSwapHealthy;
  bool asks = true;  // false: whoever polls asks all there is to be asked
};

// What became of a swap, as it happens: refused, or switched and then one of the other three.
struct SwapNews {
  enum class What : std::uint8_t { kRefused, kSwitched, kProved, kRolledBack, kSuperseded };
  What what = What::kRefused;
  std::uint64_t number = 0;  // of the offer, counted by its lane
  std::string from;          // digests
  std::string to;
  Error why{};  // of kRefused and kRolledBack
};
std::string_view Name(SwapNews::What what);

class PolicySwap {
 public:
  enum class Phase : std::uint8_t { kNone, kProbation, kDoubted, kGoingBack };
  struct Version {
    std::shared_ptr<const CompiledPolicy> program;
    std::unique_ptr<Policy> policy;
  };
  // What is decided without a look at the versions: copied by the simulator.
  struct Course {
    Phase phase = Phase::kNone;
    std::uint64_t number = 0;   // of the latest offer
    std::uint64_t serving = 0;  // of the offer on probation
    SwapTerms terms;            // of the one that waits
    int needed = 0;
    int healthy = 0;
    bool asks = true;
    std::uint8_t owed = 0;    // polls that have not been healthy yet, a bit each
    std::uint8_t asked = 0;   // those of them that were asked out of turn
    bool asking = false;      // the old version is at the running poll, and has the last word
    bool lent = false;        // what runs, or ran last, is the old version's, whatever came of it
    bool cancelling = false;  // what is in flight was cancelled for the sake of a swap
    bool watched = false;     // the version before had watches
    bool same_shape = true;   // it reads what the new one writes
    EntryPoint poll = EntryPoint::kIsAlive;  // the latest
    Arguments poll_arguments;
    Cause doubt;
    std::string before_state;  // what the version before had when it was replaced
  };
  // What the lane does about an answer, besides what it always does.
  enum class Ruling : std::uint8_t {
    kPass,          // nothing
    kProved,        // lets go of the old version
    kAskBefore,     // withholds it, and asks the old version
    kAskAgain,      // withholds it, and asks whoever serves then
    kGoBack,        // goes back when nothing is in flight
    kGoBackAndAsk,  // withholds it, goes back, and asks the old version
    kAgreed,        // nothing: the old version says the same
  };

  // --- The one that waits. ---
  void Offer(Version next, const SwapTerms& terms);
  bool waiting() const { return next.policy != nullptr; }

  // --- Probation. ---
  // `replaced` served until now. One that is on probation itself is not worth going back to.
  void Begin(Version replaced, std::string state, bool same_shape, const Manifest& serving);
  // The same that a host before this one had begun.
  void Resume(Version replaced, int healthy, const Manifest& serving);
  void End();
  // A poll that is to be asked out of turn, each once.
  std::optional<EntryPoint> Owed();
  bool idle() const { return course.phase == Phase::kNone && !waiting() && !course.cancelling; }
  bool on_trial() const { return before.program != nullptr; }
  bool going_back() const { return course.phase == Phase::kGoingBack; }
  // Kept from before, and asked in the place of the one that serves.
  bool asking() const { return course.asking; }
  bool lent() const { return course.lent; }

  // An entry point begins; true when it is the question for the old version.
  bool Begins(const Run& run);
  // `raw` is what the version said before its health was filtered; `counts`: it said it itself;
  // `busy`: something else is in flight already.
  Ruling Judge(const Answer& answer, const Verdict& raw, bool counts, bool busy);
  void GoBack(Cause why);
  // What is in flight was cancelled for the one that waits.
  void Cancelled();
  // Everything that decides how it goes on. Only where understudies take the policies' turns.
  void Describe(Digest& digest) const;

  Version next;
  Version before;
  Course course;

 private:
  Ruling JudgePoll(const Answer& answer, const Verdict& raw, bool counts, bool busy);
  void Prove(EntryPoint poll);
};

}  // namespace tidegate
