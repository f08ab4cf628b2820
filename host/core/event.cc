// Events as one line.
#include "host/core/event.h"

#include "host/core/text.h"

namespace tidegate {

std::string Name(Task task) {
  if (task == Task::kEntry) return "entry";
  if (task == Task::kTerminate) return "terminate";
  return "watch" + std::to_string(static_cast<int>(task) - static_cast<int>(Task::kWatch));
}

std::string Text(const Verdict& verdict) {
  return verdict.ok ? "ok" : "failed: " + Text(verdict.cause);
}

namespace {

std::string Line(const Requested& e) { return "requested " + std::string(Name(e.entry)); }
std::string Line(const Due& e) { return "due #" + std::to_string(e.ticket.number); }
std::string Line(const Completed& e) {
  return "completed #" + std::to_string(e.ticket.number) + " " + Text(e.reply);
}
std::string Line(const Terminated& e) { return "terminated, " + Text(e.cause); }
std::string Line(const Yielded& e) { return Name(e.task) + " asks " + Text(e.call); }
std::string Line(const Progressed& e) { return "progress " + e.text; }
std::string Line(const WatchStarted& e) { return Name(e.task) + " registered"; }
std::string Line(const Returned& e) { return Name(e.task) + " returned " + Text(e.verdict); }
std::string Line(const PolicyReady&) { return "policy ready"; }

}  // namespace

std::string Text(const Event& event) {
  return std::visit([](const auto& what) { return Line(what); }, event.what);
}

}  // namespace tidegate
