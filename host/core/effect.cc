// Effects as one line.
#include "host/core/effect.h"

#include "host/core/text.h"

namespace tidegate {
namespace {

std::string Line(const Run& e) { return "run " + Name(e.task) + " " + std::string(Name(e.entry)); }
std::string Line(const Resume& e) { return "resume " + Name(e.task) + " " + Text(e.reply); }
std::string Line(const Cancel& e) { return "cancel " + Name(e.task); }
std::string Line(const Submit& e) {
  return "submit #" + std::to_string(e.ticket.number) + " " + Text(e.call);
}
std::string Line(const Arm& e) {
  return "arm #" + std::to_string(e.ticket.number) + " at " + Text(e.due - Instant{});
}
std::string Line(const Report& e) { return "report " + Text(e.status); }
std::string Line(const Answer& e) {
  return "answer " + std::string(Name(e.entry)) + " " + Text(e.verdict);
}
std::string Line(const Swap&) { return "swap"; }
std::string Line(const Note& e) { return "note " + e.text; }
std::string Line(const Ask& e) { return "ask " + std::string(Name(e.entry)); }
std::string Line(const Terminate& e) { return "terminate, " + Text(e.cause); }

}  // namespace

std::string Text(const Status& status) {
  std::string text(Name(status.state));
  if (IsPending(status.state)) text += " checkpoint " + std::to_string(status.checkpoint);
  if (!status.progress.empty()) text += " \"" + status.progress + "\"";
  if (status.cause) text += ": " + Text(status.cause);
  return text;
}

std::string Text(const Effect& effect) {
  return std::visit([](const auto& what) { return Line(what); }, effect);
}

}  // namespace tidegate
