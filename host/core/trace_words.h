// Words are how the values in a text trace are written and read back: names where there are names,
// numbers, and texts in quotes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host/core/trace_fields.h"

namespace tidegate::trace {

// "\"" as \", control characters and bytes beyond ASCII as \xNN: what was written is read back.
std::string Quoted(std::string_view text);
// The text of a word that begins with a quote; nothing when it is not well formed.
std::optional<std::string> Unquoted(std::string_view word);
// Takes the next word off `line`: up to a blank that is not within quotes.
std::string_view TakeWord(std::string_view& line);

// Seconds since `clock` with six digits, exact to a microsecond.
std::string Clock(Duration since);
std::optional<Duration> ParseClock(std::string_view text);

std::string Written(bool value);
std::string Written(std::int64_t value);
std::string Written(int value);
std::string Written(std::uint32_t value);
std::string Written(std::uint64_t value);
std::string Written(Duration value);
std::string Written(Instant value);
std::string Written(const std::string& value);
std::string Written(const SharedText& value);
std::string Written(VolumeHandle value);
std::string Written(const Extent& value);
std::string Written(Task value);
std::string Written(EntryPoint value);
std::string Written(ErrorCode value);
std::string Written(CauseKind value);
std::string Written(ResourceState value);
std::string Written(Level value);
std::string Written(Kind value);

bool Read(std::string_view word, bool& value);
bool Read(std::string_view word, std::int64_t& value);
bool Read(std::string_view word, int& value);
bool Read(std::string_view word, std::uint32_t& value);
bool Read(std::string_view word, std::uint64_t& value);
bool Read(std::string_view word, Duration& value);
bool Read(std::string_view word, Instant& value);
bool Read(std::string_view word, std::string& value);
bool Read(std::string_view word, SharedText& value);
bool Read(std::string_view word, VolumeHandle& value);
bool Read(std::string_view word, Extent& value);
bool Read(std::string_view word, Task& value);
bool Read(std::string_view word, EntryPoint& value);
bool Read(std::string_view word, ErrorCode& value);
bool Read(std::string_view word, CauseKind& value);
bool Read(std::string_view word, ResourceState& value);
bool Read(std::string_view word, Level& value);
bool Read(std::string_view word, Kind& value);

}  // namespace tidegate::trace
