// Reading deviations from a recording.
#include <algorithm>
#include <utility>

#include "host/core/fault_env.h"
#include "host/core/nearest.h"
#include "host/core/trace_code.h"
#include "host/core/trace_words.h"
#include "host/engine/replay.h"

namespace tidegate {
namespace {

Error Wrong(std::string_view text, const std::string& what) {
  return {ErrorCode::kInvalidParameter, "", "\"" + std::string(text) + "\": " + what};
}

std::optional<Call> OperationNamed(std::string_view name) {
  for (std::size_t i = 0; i < std::variant_size_v<Call>; ++i) {
    Call call = trace::CallAt(i);
    if (Info(call).name == name) return call;
  }
  return std::nullopt;
}

std::string SuggestOperation(std::string_view name) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < std::variant_size_v<Call>; ++i) {
    names.push_back(Info(trace::CallAt(i)).name);
  }
  return Suggestion(name, names);
}

// The answer that "ok VALUE" means for this operation; nothing when it is of another kind.
std::optional<Reply> ReadOk(const Call& call, std::string_view value) {
  return std::visit(
      [&]<class Op>(const Op&) -> std::optional<Reply> {
        typename Op::Reply answer{};
        if constexpr (std::is_same_v<typename Op::Reply, std::monostate>) {
          return value.empty() ? std::optional(Success()) : std::nullopt;
        } else if constexpr (std::is_same_v<typename Op::Reply, std::string>) {
          return Success(std::string(value));
        } else if constexpr (requires { trace::Read(value, answer); }) {
          if (!trace::Read(value, answer)) return std::nullopt;
          return Success(answer);
        } else {
          return std::nullopt;  // lists and attributes: nobody types these
        }
      },
      call);
}

}  // namespace

Result<WhatIf> ParseWhatIf(std::string_view text) {
  WhatIf what_if;
  what_if.text = text;
  std::string_view rest = text;
  std::string_view site = trace::TakeWord(rest);
  for (int i = 0; i < 2 && site.find('#') == site.npos; ++i) site = trace::TakeWord(rest);
  const std::string label = "A r " + std::string(site);
  const std::optional<Label> parts = ParseLabel(label);
  if (!parts) {
    return Wrong(text, "expected OPERATION#N OUTCOME, such as volume.dismount#1 fails BUSY");
  }
  what_if.op = parts->what;
  what_if.nth = parts->nth;
  const std::optional<Call> call = OperationNamed(what_if.op);
  if (!call) return Wrong(text, "no operation " + what_if.op + SuggestOperation(what_if.op));
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (rest == "ok" || rest.starts_with("ok ")) {
    what_if.reply = ReadOk(*call, rest.substr(std::min<std::size_t>(3, rest.size())));
    if (what_if.reply) return what_if;
    return Wrong(text, what_if.op + " answers something else, as in the recording: reply ok ...");
  }
  const std::optional<Fault> fault = ParseFault(rest);
  if (!fault) {
    return Wrong(text, "no outcome \"" + std::string(rest) +
                           "\"; it can be: ok VALUE, fails CODE, fails_after_effect CODE, "
                           "fails_from_now_on CODE, hangs");
  }
  if (const std::string_view why = Refusal(fault->fate); !why.empty()) {
    return Wrong(text, std::string(Word(fault->fate)) +
                           " needs a world, and a recording has none; see: tidegate explore");
  }
  if (fault->fate == Fate::kSlow) {
    return Wrong(text, "what else would have happened meanwhile is not known; see: hangs");
  }
  what_if.fault = *fault;
  return what_if;
}

}  // namespace tidegate
