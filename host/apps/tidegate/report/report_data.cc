// From lines and records to events.
#include "host/apps/tidegate/report/report_data.h"

#include <array>
#include <map>

#include "host/apps/tidegate/report/assets.h"
#include "host/core/text.h"

namespace tidegate {
namespace {

using Json = nlohmann::json;

double SecondsOf(Instant at) { return static_cast<double>(at.ns) / 1e9; }

Json EventOf(Instant at, const std::string& node, const std::string& resource, const char* kind,
             std::string text) {
  return {{"t", SecondsOf(at)}, {"n", node}, {"r", resource}, {"k", kind}, {"x", std::move(text)}};
}

const char* KindOf(const sim::Line& line) {
  switch (line.mark) {
    case '>':
      return "entry";
    case '<':
      return "end";
    case '-':
      return "call";
    case '.':
      return "reply";
    case '!':
      return "fault";
    case 'X':
      return "violation";
    case '=':
      return line.text.starts_with("answers ") ? "note" : "state";
    default:
      return line.text.starts_with("log: ") ? "note" : "told";
  }
}

// "online" of "answers online: failed ...", "terminate" of "terminate: ..."
std::string EntryOf(const std::string& text) {
  const std::size_t from = text.starts_with("answers ") ? 8 : 0;
  return text.substr(from, text.find(':', from) - from);
}

// A trace's records one after the other, with what each task is doing.
class TraceStory {
 public:
  TraceStory(const Trace& trace, const ReplayReport* replay) : trace_(trace) {
    if (replay == nullptr) return;
    for (const ReplayLine& line : replay->lines) {
      if (!line.where.empty()) where_[line.record] = line.where;
    }
  }

  Json Take() {
    for (record_ = 0; record_ < trace_.records.size(); ++record_) {
      at_ = Instant{} + (trace_.records[record_].at - trace_.clock);
      std::visit([this](const auto& what) { On(what); }, trace_.records[record_].what);
    }
    return std::move(events_);
  }

 private:
  Json& Tell(const char* kind, std::string text) {
    events_.push_back(EventOf(at_, trace_.node, trace_.resource, kind, std::move(text)));
    const auto where = where_.find(record_);
    if (where != where_.end()) events_.back()["w"] = where->second;
    return events_.back();
  }
  std::string& Entry(Task task) { return entries_[static_cast<std::size_t>(task)]; }
  std::string& Op(Task task) { return ops_[static_cast<std::size_t>(task)]; }

  std::string& Where(Task task) { return asked_at_[static_cast<std::size_t>(task)]; }

  void On(const Hosting& h) { Tell("note", "policy " + h.policy + " " + h.digest.substr(0, 8)); }
  void On(const Wanted& w) {
    const std::string what = w.online ? "online" : "offline";
    events_.push_back(EventOf(at_, "", "", "told", "wanted " + what + ": " + Text(w.cause)));
  }
  void On(const Terminated& t) { Tell("note", "terminated: " + Text(t.cause)); }
  void On(const Run& run) {
    Entry(run.task) = IsWatch(run.task) ? Name(run.task) : std::string(Name(run.entry));
    Tell("entry", Entry(run.task));
  }
  void On(const Yielded& y) {
    Op(y.task) = Info(y.call).name;
    Where(y.task) = Tell("call", Text(y.call)).value("w", "");
  }
  void On(const Resume& resume) {
    const std::string text = Op(resume.task) + ": " + Text(resume.reply);
    if (resume.reply.detail.starts_with("injected")) {
      Tell("fault", text)["w"] = Where(resume.task);
    }
    Json& reply = Tell("reply", text);
    reply["o"] = Op(resume.task);
    if (!resume.reply.ok()) reply["bad"] = true;
  }
  void On(const Returned& returned) {
    if (!returned.verdict.ok) {
      Tell("note", Entry(returned.task) + " " + Text(returned.verdict))["w"] =
          returned.verdict.cause.where.str();
    }
    Json& end = Tell("end", Entry(returned.task));
    if (!returned.verdict.ok) end["bad"] = true;
  }
  void On(const Cancel& cancel) {
    Tell("note", "cancelled: " + Entry(cancel.task));
    Tell("end", Entry(cancel.task))["cut"] = true;
  }
  void On(const Submit& submit) { Tell("note", "the host: " + Text(submit.call)); }
  void On(const Report& report) { Tell("state", Text(report.status)); }
  void On(const Swap&) { Tell("note", "swapped"); }
  void On(const Note& note) { Tell("note", "log: " + note.text); }
  template <class Other>
  void On(const Other&) {}

  const Trace& trace_;
  std::map<std::size_t, std::string> where_;
  std::array<std::string, kTasks> entries_;
  std::array<std::string, kTasks> ops_;
  std::array<std::string, kTasks> asked_at_;
  std::size_t record_ = 0;
  Instant at_;
  Json events_ = Json::array();
};

void ReplaceAll(std::string& text, const std::string& what, std::string_view with) {
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

}  // namespace

Json RunEvents(const std::vector<sim::Line>& lines, const Plan& plan) {
  Json events = Json::array();
  std::string failed;  // the entry point whose answer was a failure
  for (const sim::Line& line : lines) {
    const std::string kind = KindOf(line);
    const bool names_entry = kind == "entry" || kind == "end";
    Json event = EventOf(line.at, line.node, line.resource, kind.c_str(),
                         names_entry ? EntryOf(line.text) : line.text);
    if (!line.where.empty()) event["w"] = line.where;
    if (line.text.starts_with("answers ")) failed = EntryOf(line.text);
    if (kind == "end" && failed == event["x"]) event["bad"] = true;
    if (kind == "end") failed.clear();
    if (kind == "reply" && line.text.find(": ERROR_") != line.text.npos) event["bad"] = true;
    if (kind == "fault") {
      const std::string site = line.text.substr(0, line.text.find(' '));
      for (const Deviation& d : plan) {
        if (d.label == line.node + " " + line.resource + " " + site) event["p"] = d.line;
      }
    }
    events.push_back(std::move(event));
    if (kind == "entry" && line.text.size() > EntryOf(line.text).size()) {
      events.push_back(EventOf(line.at, line.node, line.resource, "note", line.text));
    }
    // A fault is told before the operation that it meets.
    if (kind == "call" && !line.where.empty() && events.size() > 1) {
      Json& before = events[events.size() - 2];
      if (before["k"] == "fault" && before["r"] == line.resource) before["w"] = line.where;
    }
    const bool ends = line.text == "loses power" || line.text == "the host process is killed";
    if (ends) events.push_back(EventOf(line.at, line.node, "", "gone", line.text));
  }
  return events;
}

Json TraceEvents(const Trace& trace, const ReplayReport* replay) {
  return TraceStory(trace, replay).Take();
}

Json InvariantsOf(const sim::RunResult& result) {
  Json all = Json::array();
  for (int i = 0; i < sim::kInvariants; ++i) {
    const bool violated = result.violation && static_cast<int>(result.violation->invariant) == i;
    all.push_back({{"name", sim::kInvariantNames[static_cast<std::size_t>(i)]},
                   {"count", result.evaluations[static_cast<std::size_t>(i)]},
                   {"violated", violated}});
  }
  return all;
}

Json SourceOf(const std::string& name, const std::string& text, bool plan) {
  Json lines = Json::array();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return {{"name", name}, {"lines", lines}, {"plan", plan}};
}

// A "<" in the data could end the element that the data is in.
std::string ReportPage(const Json& data) {
  std::string json = data.dump(-1, ' ', true, Json::error_handler_t::replace);
  ReplaceAll(json, "<", "\\u003c");
  std::string page(ReportAsset("report.html"));
  ReplaceAll(page, "@STYLE@", ReportAsset("report.css"));
  ReplaceAll(page, "@SCRIPT@", ReportAsset("report.js"));
  ReplaceAll(page, "@DATA@", json);
  return page;
}

}  // namespace tidegate
