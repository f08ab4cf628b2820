// From what a script left to a verdict.
#include "host/lua/ending.h"

#include "host/core/line.h"
#include "host/lua/stack.h"

namespace tidegate {
namespace {

bool HasMeta(lua_State* L, int index, int slot) {
  if (lua_getmetatable(L, index) == 0) return false;
  lua_rawgeti(L, LUA_REGISTRYINDEX, slot);
  const bool same = lua_rawequal(L, -1, -2) != 0;
  lua_pop(L, 2);
  return same;
}

void ReadText(lua_State* L, int table, std::string_view field, std::string& out) {
  GetField(L, table, field);
  if (const auto text = StringAt(L, -1)) out.assign(*text);
  lua_pop(L, 1);
}

void ReadInteger(lua_State* L, int table, std::string_view field, std::int64_t& out) {
  GetField(L, table, field);
  out = IntegerAt(L, -1).value_or(0);
  lua_pop(L, 1);
}

// A text, an error object or a failure, raised or given as a reason.
void ReadReason(lua_State* L, int index, Ending& ending) {
  const int at = lua_absindex(L, index);
  luaL_checkstack(L, 6, nullptr);
  if (const auto text = StringAt(L, at)) {
    ending.kind = Ending::Kind::kText;
    ending.text.assign(*text);
    return;
  }
  if (lua_type(L, at) == LUA_TTABLE && HasMeta(L, at, slot::kErrorMeta)) {
    ending.kind = Ending::Kind::kOperation;
    ReadInteger(L, at, "code", ending.code);
    ReadInteger(L, at, "attempts", ending.attempts);
    ReadText(L, at, "op", ending.op);
    ReadText(L, at, "name", ending.name);
    ReadText(L, at, "detail", ending.text);
    ReadText(L, at, "where", ending.where);
    return;
  }
  if (lua_type(L, at) == LUA_TTABLE && HasMeta(L, at, slot::kFailureMeta)) {
    ending.kind = Ending::Kind::kFailure;
    ReadText(L, at, "reason", ending.text);
    return;
  }
  ending.kind = Ending::Kind::kOther;
  ending.text.assign(luaL_typename(L, at));
}

ErrorCode CodeOf(const Ending& ending) {
  const bool fits = ending.code > 0 && ending.code <= 0xffffffff;
  return fits ? static_cast<ErrorCode>(ending.code) : ErrorCode::kResourceFailed;
}

Cause OperationFailed(const Ending& ending) {
  Cause cause{.kind = CauseKind::kOperation, .code = CodeOf(ending)};
  cause.op = PrintableLine(ending.op, limits::kReasonBytes);
  cause.where = PrintableLine(ending.where, limits::kReasonBytes);
  cause.message = cause.op + " failed: " + PrintableLine(ending.name, 64) + " (" +
                  std::to_string(static_cast<std::uint32_t>(cause.code)) + ")";
  if (!ending.text.empty())
    cause.message += ", " + PrintableLine(ending.text, limits::kReasonBytes);
  if (ending.attempts > 1) {
    cause.message += ", after " + std::to_string(ending.attempts) + " attempts";
  }
  return cause;
}

// An operation answered nil and nobody looked at why; the nil was then used. What failed is then
// worth more than where the nil was noticed.
void BlameOperation(const Ending& ending, Cause& cause) {
  const std::string& m = cause.message;
  const bool about_nil =
      m.starts_with("attempt to ") && !m.starts_with("attempt to call") &&
      (m.find(" nil value") != m.npos || m.find(" nil with ") != m.npos || m.ends_with(" nil"));
  if (!about_nil || ending.failed_op.empty()) return;
  cause.op = PrintableLine(ending.failed_op, limits::kReasonBytes);
  cause.code = ending.failed_code;
  cause.message += "; " + cause.op + " had failed: " + std::string(Name(cause.code)) + " (" +
                   std::to_string(static_cast<std::uint32_t>(cause.code)) + ")";
  if (!ending.failed_detail.empty()) {
    cause.message += ", " + PrintableLine(ending.failed_detail, limits::kReasonBytes);
  }
}

Cause Explain(const Ending& ending) {
  Cause cause{.kind = CauseKind::kPolicyError, .code = ErrorCode::kResourceFailed};
  cause.where = PrintableLine(ending.raised_at, limits::kReasonBytes);
  std::string_view text = ending.text;
  switch (ending.kind) {
    case Ending::Kind::kOperation:
      return OperationFailed(ending);
    case Ending::Kind::kFailure:
      cause.kind = CauseKind::kUnhealthy;
      break;
    case Ending::Kind::kText:
      // The cause has a place of its own for where.
      if (!cause.where.empty() && text.starts_with(ending.raised_at + ": ")) {
        text.remove_prefix(ending.raised_at.size() + 2);
      }
      break;
    default:
      cause.kind = CauseKind::kProtocol;
      cause.message = (ending.raised ? "raised a " : "gave as its reason a ") + ending.text +
                      "; an error is a text or what an operation answered";
      return cause;
  }
  cause.message = PrintableLine(text, limits::kReasonBytes);
  if (ending.raised) BlameOperation(ending, cause);
  return cause;
}

Verdict Failed(Cause cause, EntryPoint entry) {
  cause.entry = entry;
  return {false, std::move(cause)};
}

Verdict Unknown(const Ending& ending, EntryPoint entry, std::string_view expected) {
  Cause cause{.kind = CauseKind::kProtocol, .code = ErrorCode::kResourceFailed};
  cause.where = PrintableLine(ending.raised_at, limits::kReasonBytes);
  cause.message =
      std::string(Name(entry)) + " answered a " + ending.text + ", not " + std::string(expected);
  return Failed(std::move(cause), entry);
}

// True, or the bytes to answer with; false or nothing: not a code of this policy's.
Verdict JudgeControl(const Ending& ending, EntryPoint entry) {
  if (ending.raised) return Failed(Explain(ending), entry);
  if (ending.kind == Ending::Kind::kTrue) return {};
  Verdict verdict;
  if (!ending.answer.empty() && !ending.refused) {
    verdict.output = ending.answer;
    return verdict;
  }
  const bool unknown = ending.kind == Ending::Kind::kFalse || ending.kind == Ending::Kind::kNothing;
  if (!unknown && ending.refused) return Failed(Explain(ending), entry);
  if (!unknown && ending.text != "string") return Unknown(ending, entry, "true, a text or nothing");
  if (!unknown) return {};  // an empty text
  Cause cause{.kind = CauseKind::kPolicyError, .code = ErrorCode::kInvalidFunction};
  cause.message = "the policy does not know this code";
  return Failed(std::move(cause), entry);
}

}  // namespace

void ReadAnswer(lua_State* L, int first, Ending& ending) {
  const int type = lua_type(L, first);
  const bool no = type == LUA_TNIL || (type == LUA_TBOOLEAN && lua_toboolean(L, first) == 0);
  if (no && !lua_isnil(L, first + 1)) {
    ending.refused = true;
    ReadReason(L, first + 1, ending);
    return;
  }
  ending.refused = type == LUA_TBOOLEAN && no;
  ending.kind = type == LUA_TNIL       ? Ending::Kind::kNothing
                : no                   ? Ending::Kind::kFalse
                : type == LUA_TBOOLEAN ? Ending::Kind::kTrue
                : type == LUA_TTABLE   ? Ending::Kind::kTable
                                       : Ending::Kind::kOther;
  ending.text.assign(lua_typename(L, type));
  if (const auto text = StringAt(L, first)) ending.answer.assign(*text);
}

void ReadError(lua_State* L, Ending& ending) {
  ending.raised = true;
  ending.refused = true;
  ReadReason(L, -1, ending);
}

Verdict Judge(const Ending& ending, EntryPoint entry) {
  if (entry == EntryPoint::kControl) return JudgeControl(ending, entry);
  const bool answered = ending.kind == Ending::Kind::kTrue || ending.kind == Ending::Kind::kFalse ||
                        ending.kind == Ending::Kind::kNothing;
  if (ending.raised) return Failed(Explain(ending), entry);
  if (!ending.refused && !answered) {
    const bool state = entry == EntryPoint::kMigrate && ending.kind == Ending::Kind::kTable;
    if (state) return {};
    return Unknown(ending, entry,
                   IsPoll(entry) ? "true or false" : "true, nothing, or nil and why");
  }
  if (IsPoll(entry)) {
    if (ending.kind == Ending::Kind::kTrue) return {};
    Cause cause{.kind = CauseKind::kUnhealthy, .code = ErrorCode::kResourceFailed};
    cause.where = PrintableLine(ending.raised_at, limits::kReasonBytes);
    cause.message = std::string(Name(entry)) + " answered " +
                    (ending.kind == Ending::Kind::kNothing ? "nothing" : "false");
    if (!answered) {
      cause = Explain(ending);
      if (cause.kind != CauseKind::kProtocol) cause.kind = CauseKind::kUnhealthy;
    }
    return Failed(std::move(cause), entry);
  }
  if (!ending.refused) return {};
  if (!answered) return Failed(Explain(ending), entry);
  Cause cause{.kind = CauseKind::kPolicyError, .code = ErrorCode::kResourceFailed};
  cause.where = PrintableLine(ending.raised_at, limits::kReasonBytes);
  cause.message = std::string(Name(entry)) + " answered false";
  return Failed(std::move(cause), entry);
}

}  // namespace tidegate
