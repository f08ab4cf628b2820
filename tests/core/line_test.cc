// What a policy says, as one printable line.
#include "host/core/line.h"

#include <catch2/catch_test_macros.hpp>

#include "host/core/limits.h"

namespace tidegate {
namespace {

std::string Shown(std::string_view text) { return PrintableLine(text, 1'000); }

TEST_CASE("a printable line shows what a text holds, and does nothing") {
  CHECK(Shown("plain text, 100 % {} {0} %s \\n") == "plain text, 100 % {} {0} %s \\n");
  CHECK(Shown("two\nlines\r\n\tand a tab") == "two\\nlines\\r\\n\\tand a tab");
  CHECK(Shown("\x1b[31mred\x1b[0m \a\b\x7f") == "\\x1b[31mred\\x1b[0m \\x07\\x08\\x7f");
  CHECK(Shown(std::string_view("a\0b", 3)) == "a\\x00b");
  CHECK(Shown("gr\u00fc\u00df \u6c34 \U0001f30a") == "gr\u00fc\u00df \u6c34 \U0001f30a");
  CHECK(Shown("\u202e\u2066\u200f\u061c") == "\\u{202e}\\u{2066}\\u{200f}\\u{61c}");
  CHECK(Shown("\u0085\u009b31m\u2028\ufeff\u200b\U000e0041") ==
        "\\u{85}\\u{9b}31m\\u{2028}\\u{feff}\\u{200b}\\u{e0041}");
}

TEST_CASE("a printable line is UTF-8, whatever the text was") {
  CHECK(Shown("\xff\xfe") == "\\xff\\xfe");
  CHECK(Shown("\xc3(") == "\\xc3(");
  CHECK(Shown("\xe6\xb0") == "\\xe6\\xb0");           // ends too soon
  CHECK(Shown("\xc0\xaf") == "\\xc0\\xaf");           // overlong '/'
  CHECK(Shown("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");  // and again
  CHECK(Shown("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // a surrogate
  CHECK(Shown("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
  CHECK(IsUtf8("gr\u00fc\u00df \U0001f30a"));
  CHECK_FALSE(IsUtf8("\xc3"));
  CHECK_FALSE(IsUtf8("a\xf4\x90\x80\x80"));
}

TEST_CASE("a printable line has an end, never inside a character") {
  CHECK(PrintableLine("12345678", 8) == "12345678");
  CHECK(PrintableLine("123456789", 8) == "12345...");
  CHECK(PrintableLine("1234\n678", 8) == "1234...");
  CHECK(PrintableLine("1234\u6c348", 8) == "1234\u6c348");
  CHECK(PrintableLine("123\u6c34890", 8) == "123...");
  CHECK(PrintableLine("123", 2) == "..");
  CHECK(PrintableLine("123", 0).empty());
  CHECK(PrintableLine(std::string(1 << 20, '\n'), limits::kLogLineBytes).size() ==
        limits::kLogLineBytes - 1);
}

}  // namespace
}  // namespace tidegate
