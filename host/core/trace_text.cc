// Traces as text.
#include <array>
#include <cstdio>

#include "host/core/digest.h"
#include "host/core/trace_kinds.h"
#include "host/core/trace_words.h"

namespace tidegate {
namespace {

class TextWriter {
 public:
  static constexpr bool kReads = false;

  template <class T>
  void Word(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      out_ += value ? " ok" : " failed";
    } else {
      out_ += " " + trace::Written(value);
    }
  }
  void Optional(const trace::Kind& kind) {
    if (kind == trace::Kind::kNothing) return;
    Word(kind);
    all_ = true;
  }
  // What is as it is when nothing was said is left out, but for a call's arguments and an
  // answer.
  template <class T>
  void Field(std::string_view name, const T& value) {
    if (!all_ && value == T{}) return;
    out_ += " " + std::string(name) + "=" + trace::Written(value);
  }
  template <class T>
  void List(std::string_view name, const std::vector<T>& items) {
    for (const T& item : items) out_ += " " + std::string(name) + "=" + trace::Written(item);
  }
  void Operation(const Call& call) {
    out_ += " " + std::string(Info(call).name);
    all_ = true;
  }
  void Granted(std::string_view name, const Capabilities& granted) {
    std::string names;
    for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
      if (!granted.Has(static_cast<Capability>(i))) continue;
      names += (names.empty() ? "" : ",") + std::string(kCapabilityNames[i]);
    }
    out_ += " " + std::string(name) + "=" + names;
  }
  void Properties(const tidegate::Properties& properties) {
    constexpr std::array<std::string_view, 3> kTypes = {"text", "number", "flag"};
    for (const auto& [name, value] : properties) {
      out_ += " " + std::string(kTypes[value.index()]) + "=" +
              trace::Quoted(name + "=" + tidegate::Text(value));
    }
  }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
  bool all_ = false;
};

std::string Padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

std::string Hex(std::uint64_t n) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(n));
  return text;
}

}  // namespace

std::string Text(const Record& record) {
  TextWriter writer;
  std::visit([&](const auto& what) { trace::Walk(writer, what); }, record.what);
  std::string text = Padded(std::string(trace::kRecordNames[record.what.index()]), 9);
  if (record.cut) text += " cut";
  text += writer.Take();
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

std::uint64_t DigestOf(const Trace& trace) {
  Digest digest;
  for (const Record& record : trace.records) {
    // When the deadline is and what the time was is the clock's.
    if (const auto* run = std::get_if<Run>(&record.what)) {
      Run timeless = *run;
      timeless.deadline = {};
      digest.Add(std::string_view(Text(Record{record.at, timeless, record.cut})));
    } else if (!std::holds_alternative<ToldTime>(record.what)) {
      digest.Add(std::string_view(Text(record)));
    }
  }
  return digest.value();
}

std::string Text(const Trace& trace) {
  std::string text = std::string(kTraceMark) + std::to_string(kTraceFormat) + "\n";
  text += "head resource=" + trace::Quoted(trace.resource) + " node=" + trace::Quoted(trace.node) +
          " tool=" + trace::Quoted(trace.tool);
  if (!trace.taken.empty()) text += " taken=" + trace::Quoted(trace.taken);
  if (!trace.reason.empty()) text += " reason=" + trace::Quoted(trace.reason);
  if (!trace.file.empty()) text += " file=" + trace::Quoted(trace.file);
  if (trace.lost > 0) text += " lost=" + std::to_string(trace.lost);
  text += " clock=" + trace::Written(trace.clock) + "\n";
  for (const Record& record : trace.records) {
    const std::string at = trace::Clock(record.at - trace.clock);
    text += std::string(at.size() < 14 ? 14 - at.size() : 0, ' ') + at + "  " + Text(record) + "\n";
  }
  text += "end records=" + std::to_string(trace.records.size()) +
          " digest=" + Hex(DigestOf(trace)) + "\n";
  return text;
}

}  // namespace tidegate
