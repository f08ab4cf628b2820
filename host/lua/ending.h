// An Ending is what an entry point left behind: its answer or its error, read raw, before the host
// makes a verdict of it.
//
// Why two steps: reading happens inside Lua, where a frame may be jumped past and every byte is the
// script's; judging happens outside, on plain data.
#pragma once

#include <cstdint>
#include <string>

#include "host/core/error_code.h"
#include "host/core/event.h"

struct lua_State;

namespace tidegate {

struct Ending {
  enum class Kind : std::uint8_t {
    kNothing,  // no value, or nil
    kTrue,
    kFalse,
    kTable,      // migrate's new state
    kText,       // an error that is a text, or the reason beside false
    kOperation,  // an error object
    kFailure,    // resource:fail
    kOther,      // something that the contract does not know
  };
  Kind kind = Kind::kNothing;  // of the error, of the reason beside false or nil, or of the answer
  bool raised = false;         // left by an error
  bool refused = false;        // false or nil, with or without a reason
  bool told = false;           // something below is set
  std::int64_t code = 0;
  std::int64_t attempts = 0;  // how often retry tried
  std::string op;
  std::string name;
  std::string answer;     // what `control` answered, if it is a text
  std::string text;       // the error's text, an operation's detail, a reason, the type of kOther
  std::string where;      // of the operation
  std::string raised_at;  // or of the return statement
  // Of the latest operation of the task that failed: what a nil value may come from.
  std::string failed_op;
  ErrorCode failed_code = ErrorCode::kSuccess;
  std::string failed_detail;

  // True without a word: what nearly every ending is.
  void Healthy() {
    if (told) *this = Ending{};
    kind = Kind::kTrue;
  }
  void Clear() {
    *this = Ending{};
    told = true;
  }
};

// Reads the two values that an entry point returned, at `first`.
void ReadAnswer(lua_State* L, int first, Ending& ending);
// Reads the error at the top.
void ReadError(lua_State* L, Ending& ending);

// Not for what Healthy() left: that is a yes, whatever the entry point.
Verdict Judge(const Ending& ending, EntryPoint entry);

}  // namespace tidegate
