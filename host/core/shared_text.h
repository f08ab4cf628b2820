// A SharedText is a text that is written once and passed around: copying and moving it is cheap,
// and an empty one costs nothing.
//
// Why: a verdict travels through a dozen hands at every poll and almost always carries no text. One
// pointer, where a std::shared_ptr would be two: what carries texts is copied with them.
// Threading: copies may be read and dropped on any thread.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <utility>

namespace tidegate {

class SharedText {
 public:
  SharedText() = default;
  SharedText(std::string text)
      : shared_(text.empty() ? nullptr : new Shared{{1}, std::move(text)}) {}
  SharedText(std::string_view text) : SharedText(std::string(text)) {}
  SharedText(const char* text) : SharedText(std::string(text)) {}
  SharedText(const SharedText& other) : shared_(other.shared_) {
    if (shared_ != nullptr) shared_->users.fetch_add(1, std::memory_order_relaxed);
  }
  SharedText(SharedText&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)) {}
  SharedText& operator=(const SharedText& other) {
    if (shared_ != other.shared_) *this = SharedText(other);
    return *this;
  }
  SharedText& operator=(SharedText&& other) noexcept {
    std::swap(shared_, other.shared_);
    return *this;
  }
  ~SharedText() {
    if (shared_ != nullptr) Release(shared_);
  }

  bool empty() const { return shared_ == nullptr; }
  const std::string& str() const {
    static const std::string kEmpty;
    return shared_ != nullptr ? shared_->text : kEmpty;
  }
  operator const std::string&() const { return str(); }
  operator std::string_view() const { return str(); }
  bool starts_with(std::string_view with) const { return str().starts_with(with); }
  bool ends_with(std::string_view with) const { return str().ends_with(with); }
  std::size_t find(std::string_view what) const { return str().find(what); }

  SharedText& operator+=(std::string_view more) {
    return *this = SharedText(str() + std::string(more));
  }
  friend std::string operator+(const SharedText& a, std::string_view b) {
    return a.str() + std::string(b);
  }
  friend std::string operator+(std::string a, const SharedText& b) {
    return std::move(a) + b.str();
  }
  friend bool operator==(const SharedText& a, const SharedText& b) { return a.str() == b.str(); }
  friend bool operator==(const SharedText& a, std::string_view b) { return a.str() == b; }
  friend bool operator==(const SharedText& a, const std::string& b) { return a.str() == b; }
  friend bool operator==(const SharedText& a, const char* b) { return a.str() == b; }

 private:
  struct Shared {
    std::atomic<int> users;
    const std::string text;
  };
  static void Release(Shared* shared);

  Shared* shared_ = nullptr;
};

}  // namespace tidegate
