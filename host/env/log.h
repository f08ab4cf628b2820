// A Log is where lines go: standard error and, if asked for, a file.
//
// On a terminal with colours; under systemd with the journal's priority prefix and without times;
// otherwise plain. A text is never a format string, is escaped (PrintableLine) and capped at
// limits::kLogLineBytes. Each resource has a rate: the lane lets a policy say
// limits::kLogLinesPerSecond, and as much again is for what the host says about the resource, so
// that a chatty policy hides no change of state.
//
// Threading: any.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host/core/effect.h"
#include "host/core/limits.h"
#include "host/core/result.h"

namespace tidegate {

struct LogOptions {
  Level level = Level::kInformation;  // the least that is shown
  bool standard_error = true;
  std::string file;                                       // appended to; empty: none
  int lines_per_second = 2 * limits::kLogLinesPerSecond;  // of one resource
};

class Log {
 public:
  // Fails when the file cannot be opened.
  static Result<std::unique_ptr<Log>> Open(const LogOptions& options);
  ~Log();

  // "vol1: text"; an empty resource is the host itself, which has no rate.
  void Line(Level level, std::string_view resource, std::string_view text);
  // Says what was dropped so far and writes everything out.
  void Flush();
  // Opens the file again by its name, after it was rotated.
  Outcome Reopen();
  void SetLevel(Level level);

 private:
  struct State;
  explicit Log(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace tidegate
