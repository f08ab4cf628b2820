// Reading an attack's first comments.
#include "tests/attacks/attack.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "tests/env/temporary_directory.h"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;

bool Number(std::string_view text, std::int64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

// "\n", "\"" and "\e" (escape) are what a one-line comment cannot hold.
std::string Unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      const char c = text[++i];
      out += c == 'n' ? '\n' : c == 'e' ? '\x1b' : c;
    } else {
      out += text[i];
    }
  }
  return out;
}

// `1 "x = {" 60000 "1,"`: texts, each so many times; an @ is the number of the repetition.
std::string Expanded(std::string_view what, std::string& problem) {
  std::string out;
  while (!what.empty()) {
    const std::size_t begin = what.find(" \"");
    std::size_t end = begin == what.npos ? begin : begin + 2;
    while (end < what.size() && what[end] != '"') end += what[end] == '\\' ? 2 : 1;
    std::int64_t count = 0;
    if (end >= what.size() || !Number(what.substr(0, begin), count)) {
      problem = "source: expand wants numbers and texts in quotes";
      return {};
    }
    const std::string piece = Unescaped(what.substr(begin + 2, end - begin - 2));
    for (std::int64_t i = 1; i <= count; ++i) {
      for (const char c : piece) c == '@' ? out += std::to_string(i) : out += c;
    }
    what.remove_prefix(std::min(end + 2, what.size()));
  }
  return out;
}

std::string ReadTitle(std::string_view text, Attack& attack) {
  const std::size_t dot = text.find('.');
  const std::size_t colon = text.find(": ");
  std::int64_t group = 0;
  std::int64_t number = 0;
  if (!text.starts_with('A') || colon == text.npos || dot > colon ||
      !Number(text.substr(1, dot - 1), group) ||
      !Number(text.substr(dot + 1, colon - dot - 1), number)) {
    return "the first line must be like: -- A2.15: title";
  }
  attack.group = static_cast<int>(group);
  attack.number = static_cast<int>(number);
  attack.title = text.substr(colon + 2);
  return {};
}

std::string ReadIn(std::string_view text, Attack& attack) {
  attack.in_load = text == "load";
  attack.in_watch = text == "watch";
  if (attack.in_load || attack.in_watch) return {};
  const auto entry = EntryPointNamed(text);
  if (!entry) return "in: wants an entry point, load or watch";
  attack.entry = *entry;
  return {};
}

std::string ReadLimit(std::string_view text, Attack& attack) {
  std::int64_t value = 0;
  const std::size_t space = text.find(' ');
  if (space == text.npos || !Number(text.substr(space + 1), value)) {
    return "limit: wants fuel or memory and a number";
  }
  if (text.starts_with("fuel ")) {
    attack.limits.fuel = value;
  } else {
    attack.limits.memory_bytes = static_cast<std::size_t>(value);
  }
  return {};
}

std::string ReadModule(std::string_view text, Attack& attack) {
  const std::size_t colon = text.find(": ");
  if (colon == text.npos) return "module wants a name and a text";
  attack.source.modules.push_back(
      {std::string(text.substr(0, colon)), Unescaped(text.substr(colon + 2))});
  return {};
}

std::string ReadDirective(std::string_view line, Attack& attack) {
  const auto after = [&](std::string_view head) -> std::optional<std::string_view> {
    if (!line.starts_with(head)) return std::nullopt;
    return line.substr(head.size());
  };
  if (const auto caught = after("-- caught by: ")) {
    const auto it = std::ranges::find(kCaughtNames, *caught);
    if (it == std::end(kCaughtNames)) return "caught by: nothing that catches";
    attack.caught = static_cast<Caught>(it - std::begin(kCaughtNames));
  } else if (const auto in = after("-- in: ")) {
    return ReadIn(*in, attack);
  } else if (const auto says = after("-- says: ")) {
    attack.says = *says;
  } else if (const auto logs = after("-- logs: ")) {
    attack.logs = *logs;
  } else if (const auto never = after("-- never logs: ")) {
    attack.never_logs = *never;
  } else if (const auto limit = after("-- limit: ")) {
    return ReadLimit(*limit, attack);
  } else if (const auto module = after("-- module ")) {
    return ReadModule(*module, attack);
  }
  return {};
}

// Its own code says what it did not get: what does no harm and says nothing would pass whatever
// becomes of it.
bool Asserts(std::string_view source) {
  while (!source.empty()) {
    const std::string_view line = source.substr(0, source.find('\n'));
    source.remove_prefix(std::min(line.size() + 1, source.size()));
    const std::string_view code = line.substr(0, line.find("--"));
    if (code.find("assert(") != code.npos || code.find("error(") != code.npos) return true;
  }
  return false;
}

std::string WhatIsMissing(const Attack& attack, int line) {
  if (line < 2) return "the second line must be like: -- caught by: fuel";
  const bool told = !attack.logs.empty() || !attack.never_logs.empty();
  if (attack.caught == Caught::kHarmless && !told && !Asserts(attack.source.text)) {
    return "what does no harm must assert what it did not get, or say what the host logs";
  }
  const bool wordless = attack.caught == Caught::kError || attack.caught == Caught::kRefused;
  if (wordless && attack.says.empty()) return "an error needs a line like: -- says: text";
  if (attack.caught == Caught::kRefused && !attack.in_load) return "only a load is refused";
  return {};
}

}  // namespace

ParsedAttack ParseAttack(const std::string& file, const std::string& text) {
  ParsedAttack parsed;
  Attack& attack = parsed.attack;
  std::string& problem = parsed.problem;
  attack.file = file;
  attack.source.name = fs::path(file).filename().string();
  std::string_view rest = text;
  bool told = false;
  for (int line = 0; !rest.empty() && problem.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view now = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    constexpr std::string_view kExpand = "-- source: expand ";
    if (line == 0 && now.starts_with("-- ")) {
      problem = ReadTitle(now.substr(3), attack);
    } else {
      problem = ReadDirective(now, attack);
    }
    told = told || (line == 1 && now.starts_with("-- caught by: "));
    attack.source.text +=
        now.starts_with(kExpand) ? Expanded(now.substr(kExpand.size()), problem) : std::string(now);
    attack.source.text += '\n';
  }
  if (problem.empty()) problem = WhatIsMissing(attack, told ? 2 : 0);
  if (!problem.empty()) problem = file + ": " + problem;
  return parsed;
}

std::vector<ParsedAttack> AllAttacks() {
  const fs::path root = fs::path(TIDEGATE_SOURCE_DIR) / "tests/attacks";
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".lua") {
      files.push_back(fs::relative(entry.path(), root).generic_string());
    }
  }
  std::ranges::sort(files);
  std::vector<ParsedAttack> attacks;
  for (const std::string& file : files) {
    attacks.push_back(ParseAttack(file, ReadFile((root / file).string())));
  }
  return attacks;
}

}  // namespace tidegate::test
