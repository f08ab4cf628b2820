// One line for a call and its reply, where nothing came between; polls without news are left out.
#include "host/sim/timeline.h"

#include "host/core/line.h"

namespace tidegate::sim {
namespace {

constexpr std::size_t kTextBytes = 240;

std::string Padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

// Milliseconds are what a person compares.
std::string Clock(Instant at) {
  const std::int64_t us = at.ns / 1000;
  std::string fraction = std::to_string(us % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  const std::string seconds = std::to_string(us / 1'000'000);
  return std::string(seconds.size() < 6 ? 6 - seconds.size() : 0, ' ') + seconds + "." +
         fraction.substr(0, 3);
}

std::string Head(const Line& line) {
  return Clock(line.at) + "  " + Padded(line.node, 2) + Padded(line.resource, 6);
}

// The reply to the very call before it, and not to one of another resource.
bool Answers(const Line& reply, const Line& call) {
  return reply.mark == '.' && reply.node == call.node && reply.resource == call.resource &&
         reply.text.starts_with(call.text.substr(0, call.text.find(' ')) + ":");
}

const char* Mark(char mark) {
  switch (mark) {
    case '!':
      return "FAULT  ";
    case '>':
      return "call   ";
    case '=':
      return "state  ";
    case 'X':
      return "VIOLATED  ";
    case '-':
      return "   ";
    case '.':
      return "   ";
    default:
      return "";
  }
}

}  // namespace

std::string Timeline(const std::vector<Line>& lines, const TimelineOptions& options) {
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    if (line.mark == '<') continue;  // an entry point's end is told by what it leads to
    if (!options.operations && (line.mark == '-' || line.mark == '.')) continue;
    std::string what = line.text;
    if (line.mark == '-' && i + 1 < lines.size() && Answers(lines[i + 1], line)) {
      const std::string& reply = lines[++i].text;
      const std::size_t colon = reply.find(": ");
      what += " -> " + (colon == reply.npos ? reply : reply.substr(colon + 2));
    }
    text += Head(line) + Mark(line.mark) + PrintableLine(what, kTextBytes) + "\n";
  }
  return text;
}

}  // namespace tidegate::sim
