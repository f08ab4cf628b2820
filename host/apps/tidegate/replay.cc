// Showing what a replay found.
#include "host/apps/tidegate/replay.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "host/apps/shared/policy_file.h"
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/simulate/explore.h"
#include "host/apps/tidegate/terminal.h"
#include "host/core/limits.h"
#include "host/core/line.h"
#include "host/core/trace_words.h"
#include "host/engine/replay.h"

namespace tidegate {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLineBytes = 240;

std::string Shown(const ReplayLine& line) {
  static const bool kColours = ColoursOn(1);
  std::string text = line.text;
  if (line.kind == ReplayLine::Kind::kReply) text = "  -> " + text;
  if (line.kind == ReplayLine::Kind::kNote) text = "* " + text;
  text = PrintableLine(text, kLineBytes);
  if (!line.where.empty()) text += "   (" + PrintableLine(line.where, kLineBytes) + ")";
  const Colour colour = line.kind == ReplayLine::Kind::kFork    ? Colour::kRed
                        : line.kind == ReplayLine::Kind::kNote  ? Colour::kYellow
                        : line.kind == ReplayLine::Kind::kReply ? Colour::kDim
                                                                : Colour::kPlain;
  const std::string at = trace::Clock(line.at - Instant{});
  return std::string(at.size() < 14 ? 14 - at.size() : 0, ' ') + at +
         (line.beyond ? "  ~ " : "    ") + Paint(text, colour, kColours);
}

// From the beginning of the entry point that the fork or the deviation is in.
std::size_t FirstShown(const ReplayReport& report, bool all) {
  if (all) return 0;
  std::size_t at = report.lines.size();
  for (std::size_t i = 0; i < report.lines.size(); ++i) {
    if (report.lines[i].beyond || report.lines[i].kind == ReplayLine::Kind::kFork) {
      at = i;
      break;
    }
  }
  if (at == report.lines.size()) return at;
  while (at > 0 && !report.lines[at].text.ends_with(" begins")) --at;
  return at;
}

void Print(const ReplayReport& report, bool all) {
  if (report.other_version) {
    std::printf("recorded %s, replayed %s: another version\n", report.recorded.c_str(),
                report.replayed.c_str());
  } else {
    std::printf("policy %s, the version that was recorded\n", report.replayed.c_str());
  }
  for (std::size_t i = FirstShown(report, all); i < report.lines.size(); ++i) {
    std::printf("%s\n", Shown(report.lines[i]).c_str());
  }
  for (const std::string& note : report.notes) {
    std::printf("note: %s\n", PrintableLine(note, kLineBytes * 2).c_str());
  }
  if (report.fork) {
    const Fork& fork = *report.fork;
    std::printf("fork in %s at %s%s\n  recorded  %s\n  now       %s\n", fork.task.c_str(),
                trace::Clock(fork.at - Instant{}).c_str(),
                fork.where.empty() ? "" : (", " + PrintableLine(fork.where, kLineBytes)).c_str(),
                PrintableLine(fork.recorded, kLineBytes).c_str(),
                PrintableLine(fork.now, kLineBytes).c_str());
  }
  std::printf("%s: %d entry points, %d decisions\n",
              report.fork ? "the same before it" : "the same", report.entry_points,
              report.decisions);
}

Json JsonOf(const ReplayReport& report) {
  Json lines = Json::array();
  for (const ReplayLine& line : report.lines) {
    lines.push_back({{"seconds", static_cast<double>(line.at.ns) / 1e9},
                     {"text", line.text},
                     {"where", line.where},
                     {"beyond", line.beyond}});
  }
  Json json = {{"same", !report.fork},
               {"entry_points", report.entry_points},
               {"decisions", report.decisions},
               {"recorded", report.recorded},
               {"replayed", report.replayed},
               {"notes", report.notes},
               {"not_applied", report.not_applied},
               {"lines", lines},
               {"fork", nullptr}};
  if (report.fork) {
    json["fork"] = {{"entry_point", report.fork->task},
                    {"recorded", report.fork->recorded},
                    {"now", report.fork->now},
                    {"where", report.fork->where},
                    {"record", report.fork->record + 1}};
  }
  return json;
}

int ReplayTrace(const ReplayCommandOptions& options) {
  const Result<Trace> trace = ReadTraceFile(options.file);
  if (!trace) return Fail(kExitUsage, trace.error().detail);
  std::vector<WhatIf> what_ifs;
  for (const std::string& text : options.deviate) {
    Result<WhatIf> what_if = ParseWhatIf(text);
    if (!what_if) return Fail(kExitUsage, "--deviate " + what_if.error().detail);
    what_ifs.push_back(std::move(*what_if));
  }
  const Result<std::string> file = PolicyFor(*trace, options.simulate.policy);
  if (!file) return Fail(kExitUsage, file.error().detail);
  const Result<std::shared_ptr<const CompiledPolicy>> policy = CompilePolicy(*file);
  if (!policy) return Fail(kExitUsage, policy.error().detail);
  const Result<ReplayReport> report = Replay(*trace, *policy, std::move(what_ifs));
  if (!report) return Fail(kExitUsage, options.file + ": " + report.error().detail);
  if (options.json) {
    std::printf("%s\n",
                JsonOf(*report).dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  } else {
    std::printf("%s on %s%s%s%s%s\n", PrintableLine(trace->resource, kLineBytes).c_str(),
                PrintableLine(trace->node, kLineBytes).c_str(),
                trace->taken.empty() ? "" : ", taken ",
                PrintableLine(trace->taken, kLineBytes).c_str(), trace->reason.empty() ? "" : ": ",
                PrintableLine(trace->reason, kLineBytes).c_str());
    Print(*report, options.all);
  }
  if (report->fork) return kExitFailed;
  if (!report->not_applied.empty()) {
    return Fail(kExitUsage, "never applied: " + report->not_applied.front() +
                                "; see what was asked with: tidegate replay --all " + options.file);
  }
  return kExitOk;
}

}  // namespace

Result<std::string> ReadTextFile(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    return Error{ErrorCode::kFileNotFound, "", file + ": no such file"};
  }
  if (std::filesystem::file_size(file, error) > limits::kTraceFileBytes) {
    return Error{ErrorCode::kNotEnoughQuota, "", file + ": larger than 16 MiB"};
  }
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return Error{ErrorCode::kAccessDenied, "", file + ": cannot be read"};
  return std::move(text).str();
}

Result<Trace> ReadTraceFile(const std::string& file) {
  const Result<std::string> text = ReadTextFile(file);
  if (!text) return text.error();
  Result<ReadTrace> read = ParseTrace(*text, file);
  if (!read) return read.error();
  for (const std::string& warning : read->warnings) {
    std::fprintf(stderr, "warning: %s\n", PrintableLine(warning, kLineBytes * 2).c_str());
  }
  return std::move(read->trace);
}

Result<std::string> PolicyFor(const Trace& trace, const std::string& given) {
  if (!given.empty()) return given;
  std::error_code error;
  if (!trace.file.empty() && std::filesystem::exists(trace.file, error)) return trace.file;
  return Error{ErrorCode::kFileNotFound, "",
               "which policy? " +
                   (trace.file.empty() ? std::string("the trace does not say")
                                       : trace.file + " is not on this machine") +
                   "; give it with --policy"};
}

int ReplayCommand(const ReplayCommandOptions& options) {
  const Result<std::string> text = ReadTextFile(options.file);
  if (!text) return Fail(kExitUsage, text.error().detail);
  if (IsTrace(*text)) return ReplayTrace(options);
  if (options.simulate.policy.empty()) {
    return Fail(kExitUsage, options.file + " is a plan: it needs a POLICY to be run on");
  }
  if (!options.deviate.empty()) {
    return Fail(kExitUsage, "--deviate is for traces; a deviation of a plan is a line of its file");
  }
  return ReplayPlan({options.simulate, options.file, options.output});
}

}  // namespace tidegate
