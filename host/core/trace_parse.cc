// Reading text traces. They come from files: any bytes may be in them.
#include <algorithm>
#include <charconv>

#include "host/core/limits.h"
#include "host/core/nearest.h"
#include "host/core/trace_code.h"
#include "host/core/trace_kinds.h"
#include "host/core/trace_words.h"

namespace tidegate {
namespace {

// A record takes at least a byte of a ring; a file with more of them was not recorded.
constexpr std::size_t kRecordsMax = limits::kRecorderBytes;

// One line's words: bare ones in order, and name=value by name.
class TextReader {
 public:
  static constexpr bool kReads = true;
  static constexpr bool binary() { return false; }

  explicit TextReader(std::string_view line) {
    while (true) {
      const std::string_view word = trace::TakeWord(line);
      if (word.empty()) break;
      const std::size_t equals = word.find('=');
      if (equals == word.npos || word.starts_with('"')) {
        bare_.push_back(word);
      } else {
        named_.push_back({word.substr(0, equals), word.substr(equals + 1)});
      }
    }
    if (!bare_.empty() && bare_.front() == "cut") {
      cut_ = true;
      next_ = 1;
    }
  }

  template <class T>
  void Word(T& value) {
    if (next_ == bare_.size()) return Wrong("a word is missing");
    const std::string_view word = bare_[next_++];
    if (!trace::Read(word, value)) Wrong("\"" + std::string(word) + "\" is not expected here");
  }
  void Optional(trace::Kind& kind) {
    kind = trace::Kind::kNothing;
    if (next_ < bare_.size()) Word(kind);
  }
  template <class T>
  void Field(std::string_view name, T& value) {
    value = T{};
    for (Named& named : named_) {
      if (named.name != name || named.taken) continue;
      named.taken = true;
      if (!trace::Read(named.value, value)) {
        Wrong(std::string(name) + " cannot be " + std::string(named.value));
      }
      return;
    }
  }
  template <class T>
  void List(std::string_view name, std::vector<T>& items) {
    items.clear();
    for (Named& named : named_) {
      if (named.name != name) continue;
      named.taken = true;
      T item{};
      if (!trace::Read(named.value, item)) {
        return Wrong(std::string(name) + " cannot be " + std::string(named.value));
      }
      items.push_back(std::move(item));
    }
  }
  void Operation(Call& call) {
    const std::string_view name = next_ < bare_.size() ? bare_[next_++] : "";
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < std::variant_size_v<Call>; ++i) {
      call = trace::CallAt(i);
      if (Info(call).name == name) return;
      names.push_back(Info(call).name);
    }
    Wrong("no operation " + std::string(name) + Suggestion(name, names));
  }
  void Granted(std::string_view name, Capabilities& granted) {
    granted = Capabilities::None();
    for (Named& named : named_) {
      if (named.name != name) continue;
      named.taken = true;
      for (std::string_view rest = named.value; !rest.empty();) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        const auto capability = CapabilityNamed(rest.substr(0, comma));
        if (!capability) return Wrong("no capability " + std::string(rest.substr(0, comma)));
        granted.Add(*capability);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
      }
    }
  }
  void Properties(tidegate::Properties& properties) {
    for (Named& named : named_) {
      if (named.name != "text" && named.name != "number" && named.name != "flag") continue;
      named.taken = true;
      std::string both;
      if (!trace::Read(named.value, both)) return Wrong("a property must be in quotes");
      const std::size_t equals = both.find('=');
      if (equals == both.npos) return Wrong("a property must be Name=value");
      const std::string value = both.substr(equals + 1);
      PropertyValue& property = properties[both.substr(0, equals)];
      property = value;
      std::int64_t number = 0;
      if (named.name == "flag") property = value == "true";
      if (named.name == "number") {
        if (!trace::Read(value, number)) return Wrong(value + " is not a number");
        property = number;
      }
    }
  }

  // What was said beyond what is known is an error too.
  std::string Problem() {
    if (problem_.empty() && next_ < bare_.size()) {
      Wrong("\"" + std::string(bare_[next_]) + "\" is not expected here");
    }
    for (const Named& named : named_) {
      if (!named.taken && problem_.empty()) Wrong("unknown field " + std::string(named.name));
    }
    return problem_;
  }
  bool cut() const { return cut_; }

 private:
  struct Named {
    std::string_view name;
    std::string_view value;
    bool taken = false;
  };
  void Wrong(std::string what) {
    if (problem_.empty()) problem_ = std::move(what);
  }

  std::vector<std::string_view> bare_;
  std::vector<Named> named_;
  std::size_t next_ = 0;
  bool cut_ = false;
  std::string problem_;
};

// The problem with a record's line, or nothing.
std::string ReadRecord(std::string_view line, Trace& trace) {
  const std::optional<Duration> at = trace::ParseClock(trace::TakeWord(line));
  if (!at) return "expected a time such as 12.345678, a kind of record and its fields";
  const std::string_view name = trace::TakeWord(line);
  const auto kind = std::ranges::find(trace::kRecordNames, name);
  if (kind == trace::kRecordNames.end()) {
    return "no kind of record " + std::string(name) + Suggestion(name, trace::kRecordNames);
  }
  TextReader reader(line);
  Record record{trace.clock + *at,
                trace::RecordedAt(static_cast<std::size_t>(kind - trace::kRecordNames.begin())),
                reader.cut()};
  std::visit([&](auto& what) { trace::Walk(reader, what); }, record.what);
  std::string problem = reader.Problem();
  if (auto* hosting = std::get_if<Hosting>(&record.what)) {
    hosting->resource = trace.resource;
    hosting->node = trace.node;
  }
  if (problem.empty()) trace.records.push_back(std::move(record));
  return problem;
}

std::string ReadHead(std::string_view line, Trace& trace) {
  TextReader reader(line);
  reader.Field("resource", trace.resource);
  reader.Field("node", trace.node);
  reader.Field("tool", trace.tool);
  reader.Field("taken", trace.taken);
  reader.Field("reason", trace.reason);
  reader.Field("file", trace.file);
  reader.Field("lost", trace.lost);
  reader.Field("clock", trace.clock);
  return reader.Problem();
}

// What the last line says of what came before it; nothing when both agree.
std::string CheckEnd(std::string_view line, const Trace& trace) {
  std::uint64_t records = 0;
  std::uint64_t digest = 0;
  for (std::string_view word = trace::TakeWord(line); !word.empty(); word = trace::TakeWord(line)) {
    const std::string_view value = word.substr(std::min(word.find('=') + 1, word.size()));
    if (word.starts_with("records=")) (void)trace::Read(value, records);
    if (word.starts_with("digest=")) {
      (void)std::from_chars(value.data(), value.data() + value.size(), digest, 16);
    }
  }
  if (records != trace.records.size()) {
    return "it had " + std::to_string(records) + " records and has " +
           std::to_string(trace.records.size());
  }
  return digest == DigestOf(trace) ? "" : "it was edited: its digest is another one";
}

class Reading {
 public:
  Reading(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  Result<ReadTrace> Read() {
    if (text_.size() > limits::kTraceFileBytes) {
      return Error{ErrorCode::kNotEnoughQuota, "",
                   file_ + ": larger than 16 MiB, more than a recorder keeps"};
    }
    if (!IsTrace(text_)) {
      number_ = 1;
      return At("not a trace: the first line is to be \"" + std::string(kTraceMark) + "1\"");
    }
    const std::string_view first = Line();
    int format = 0;
    if (!trace::Read(first.substr(kTraceMark.size()), format) || format < 1) {
      return At("expected the number of the trace's format, such as 1");
    }
    other_ = format != kTraceFormat;
    if (other_) {
      Warn("a trace of format " + std::to_string(format) + ", this program's is " +
           std::to_string(kTraceFormat) + ": what it understands is read");
    }
    if (Outcome lines = Lines(); !lines) return lines.error();
    if (skipped_ > 0) {
      Warn(std::to_string(skipped_) + " lines were not understood and are left out");
    }
    return std::move(read_);
  }

 private:
  // The next line; `whole_` tells whether it has its end.
  std::string_view Line() {
    ++number_;
    const std::size_t end = text_.find('\n', at_);
    whole_ = end != text_.npos;
    std::string_view line = text_.substr(at_, whole_ ? end - at_ : text_.npos);
    at_ = whole_ ? end + 1 : text_.size();
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  Outcome Lines() {
    while (at_ < text_.size()) {
      std::string_view line = Line();
      const std::string_view whole = line;
      const std::string_view word = trace::TakeWord(line);
      if (word.empty() || word.starts_with('#')) continue;
      if (word == "end") {
        if (const std::string problem = CheckEnd(line, read_.trace);
            !problem.empty() && skipped_ == 0) {
          Warn(problem);
        }
        return Ok();
      }
      if (read_.trace.records.size() == kRecordsMax)
        return At("more records than a recorder keeps");
      const std::string problem =
          word == "head" ? ReadHead(line, read_.trace) : ReadRecord(whole, read_.trace);
      if (problem.empty()) continue;
      if (!whole_) break;  // the line that was being written
      if (!other_) return At(problem);
      ++skipped_;
    }
    Warn("truncated: it has no last line \"end\"; what is there is read");
    return Ok();
  }

  Error At(const std::string& what) const {
    return {ErrorCode::kInvalidData, "", file_ + ":" + std::to_string(number_) + ": " + what};
  }
  void Warn(const std::string& what) { read_.warnings.push_back(At(what).detail); }

  std::string_view text_;
  const std::string file_;
  std::size_t at_ = 0;
  int number_ = 0;
  bool whole_ = false;
  bool other_ = false;
  int skipped_ = 0;
  ReadTrace read_;
};

}  // namespace

bool IsTrace(std::string_view text) { return text.starts_with(kTraceMark); }

Result<ReadTrace> ParseTrace(std::string_view text, std::string_view file) {
  return Reading(text, file).Read();
}

}  // namespace tidegate
