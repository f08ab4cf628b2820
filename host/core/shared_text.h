// A SharedText is a text that is written once and passed around: copying and moving it is cheap,
// and an empty one costs nothing.
//
// Why: a verdict travels through a dozen hands at every poll and almost always carries no text.
// Threading: copies may be read and dropped on any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace tidegate {

class SharedText {
 public:
  SharedText() = default;
  SharedText(std::string text)
      : text_(text.empty() ? nullptr : std::make_shared<const std::string>(std::move(text))) {}
  SharedText(std::string_view text) : SharedText(std::string(text)) {}
  SharedText(const char* text) : SharedText(std::string(text)) {}

  bool empty() const { return text_ == nullptr; }
  const std::string& str() const {
    static const std::string kEmpty;
    return text_ ? *text_ : kEmpty;
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
  friend bool operator==(const SharedText& a, const char* b) { return a.str() == b; }

 private:
  std::shared_ptr<const std::string> text_;
};

}  // namespace tidegate
