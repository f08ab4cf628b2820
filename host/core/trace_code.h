// A record's code is its form in a recorder's ring: a length, a kind, the time since the record
// before it, and its fields, as few bytes as they need.
//
// Only a recorder's own memory is ever decoded; what comes from files is text.
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <string_view>

#include "host/core/limits.h"
#include "host/core/trace_fields.h"

namespace tidegate::trace {

// The most that one record takes: a few texts, each at most limits::kRecorderTextBytes.
inline constexpr std::size_t kCodeBytes = 6 * limits::kRecorderTextBytes + 512;
inline constexpr std::size_t kListMax = 16;  // of extents, sectors, names

class CodeWriter {
 public:
  static constexpr bool kReads = false;
  explicit CodeWriter(char* to) : begin_(to), at_(to) {}

  void Number(std::uint64_t n) {
    for (; n >= 0x80; n >>= 7) *at_++ = static_cast<char>(n | 0x80);
    *at_++ = static_cast<char>(n);
  }
  void Signed(std::int64_t n) {
    Number((static_cast<std::uint64_t>(n) << 1) ^ static_cast<std::uint64_t>(n >> 63));
  }
  void Text(std::string_view text) {
    const auto used = static_cast<std::size_t>(at_ - begin_);
    const std::size_t room = std::min(limits::kRecorderTextBytes, (kCodeBytes - used) / 2);
    if (text.size() > room) {
      text = text.substr(0, room);
      cut_ = true;
    }
    Number(text.size());
    if (!text.empty()) std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }

  template <class T>
  void Word(const T& value) {
    Number(static_cast<std::uint64_t>(value));
  }
  void Word(const ResourceState& state) { Signed(static_cast<std::int64_t>(state)); }
  template <class T>
  void Optional(const T& value) {
    Word(value);
  }
  template <class T>
  void Field(std::string_view, const T& value) {
    Put(value);
  }
  template <class T>
  void List(std::string_view, const std::vector<T>& items) {
    const std::size_t count = std::min(items.size(), kListMax);
    cut_ = cut_ || count < items.size();
    Number(count);
    for (std::size_t i = 0; i < count; ++i) Put(items[i]);
  }
  void Operation(const Call& call) { Number(call.index()); }
  void Granted(std::string_view, const Capabilities&) {}
  void Properties(const tidegate::Properties&) {}

  std::size_t size() const { return static_cast<std::size_t>(at_ - begin_); }
  bool cut() const { return cut_; }

 private:
  template <class T>
  void Put(const T& value) {
    if constexpr (std::is_enum_v<T> || std::is_unsigned_v<T>) {
      Number(static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_integral_v<T>) {
      Signed(value);
    } else if constexpr (std::is_same_v<T, Instant> || std::is_same_v<T, Duration>) {
      Signed(value.ns);
    } else if constexpr (std::is_same_v<T, VolumeHandle>) {
      Number(value.id);
    } else if constexpr (std::is_same_v<T, Extent>) {
      Signed(value.disk);
      Signed(value.offset);
      Signed(value.length);
    } else {
      Text(value);
    }
  }

  char* begin_;
  char* at_;
  bool cut_ = false;
};

class CodeReader {
 public:
  static constexpr bool kReads = true;
  explicit CodeReader(std::string_view from) : rest_(from) {}
  static constexpr bool binary() { return true; }

  std::uint64_t Number() {
    std::uint64_t n = 0;
    for (int shift = 0; !rest_.empty() && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_[0]);
      rest_.remove_prefix(1);
      n |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return n;
  }
  std::int64_t Signed() {
    const std::uint64_t n = Number();
    return static_cast<std::int64_t>(n >> 1) ^ -static_cast<std::int64_t>(n & 1);
  }
  std::string_view Text() {
    const std::string_view text = rest_.substr(0, Number());
    rest_.remove_prefix(text.size());
    return text;
  }

  template <class T>
  void Word(T& value) {
    value = static_cast<T>(Number());
  }
  void Word(ResourceState& state) { state = static_cast<ResourceState>(Signed()); }
  template <class T>
  void Optional(T& value) {
    Word(value);
  }
  template <class T>
  void Field(std::string_view, T& value) {
    Take(value);
  }
  template <class T>
  void List(std::string_view, std::vector<T>& items) {
    items.resize(std::min<std::size_t>(Number(), kListMax));
    for (T& item : items) Take(item);
  }
  void Operation(Call& call);
  void Granted(std::string_view, const Capabilities&) {}
  void Properties(const tidegate::Properties&) {}

 private:
  template <class T>
  void Take(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      value = Number() != 0;
    } else if constexpr (std::is_enum_v<T> || std::is_unsigned_v<T>) {
      value = static_cast<T>(Number());
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(Signed());
    } else if constexpr (std::is_same_v<T, Instant> || std::is_same_v<T, Duration>) {
      value.ns = Signed();
    } else if constexpr (std::is_same_v<T, VolumeHandle>) {
      value.id = static_cast<std::uint32_t>(Number());
    } else if constexpr (std::is_same_v<T, Extent>) {
      value = {Signed(), Signed(), Signed()};  // braces: in this order
    } else {
      value = std::string(Text());
    }
  }

  std::string_view rest_;
};

// The operation with this number, empty; the first one when there is none.
Call CallAt(std::size_t index);
// One of each kind, empty.
Recorded RecordedAt(std::size_t index);

inline void CodeReader::Operation(Call& call) { call = CallAt(Number()); }

}  // namespace tidegate::trace
