// A TraceRing is the last few records of one resource, coded, in a fixed number of bytes: a new one
// takes the place of the oldest.
//
// What went out of it is not forgotten altogether: the policy version and resource.state in force
// before the first record that is left stay beside it, so that what is left can be replayed.
//
// Threading: none. Memory: grows by doubling while the budget that all rings share allows.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/core/trace_code.h"

namespace tidegate::trace {

class Ring {
 public:
  // `budget` counts the bytes of all rings and outlives them.
  explicit Ring(std::atomic<std::size_t>& budget);
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  void Hosts(Instant at, const Hosting& hosting);
  void State(Instant at, std::string_view json);
  void AddNote(Instant at, Level level, std::string_view text);
  template <class T>
  void Add(Instant at, const T& what) {
    char code[kCodeBytes];
    CodeWriter writer(code);
    Begin(writer, at, IndexOf<T>());
    Walk(writer, what);
    Append(code, writer);
  }

  // What there is, as records; the first two are the policy version and the state in force.
  void Read(Trace& trace) const;
  std::size_t bytes() const { return static_cast<std::size_t>(end_ - begin_); }
  std::size_t capacity() const { return capacity_; }
  std::uint64_t records() const { return records_; }

 private:
  template <class T>
  static constexpr std::size_t IndexOf() {
    return []<class... U>(const std::variant<U...>*) {
      std::size_t index = 0;
      (void)((std::is_same_v<T, U> ? true : (++index, false)) || ...);
      return index;
    }(static_cast<const Recorded*>(nullptr));
  }

  void Begin(CodeWriter& writer, Instant at, std::size_t kind);
  void Append(char* code, const CodeWriter& writer);
  void MakeRoom(std::size_t size);
  void Grow();
  void DropOldest();
  void Copy(std::uint64_t from, char* to, std::size_t size) const;

  std::atomic<std::size_t>& budget_;
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_;
  std::uint64_t begin_ = 0;  // bytes ever taken out and put in
  std::uint64_t end_ = 0;
  Instant oldest_;  // the record before the first one
  Instant latest_;
  bool began_ = false;
  std::uint64_t records_ = 0;
  std::uint64_t lost_ = 0;
  std::vector<Hosting> hostings_;  // named by records; the first one is in force at the beginning
  std::string state_;              // in force at the beginning
  bool state_cut_ = false;
};

}  // namespace tidegate::trace
