// Digests, and text that is safe to show.
#include <catch2/catch_test_macros.hpp>

#include "host/lua/printable.h"
#include "host/lua/sha256.h"

namespace tidegate {
namespace {

TEST_CASE("SHA-256 of the standard's examples") {
  CHECK(Sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(Sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(Sha256(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("text that is safe to show") {
  CHECK(Printable("plain äß 漢 😀", 100) == "plain äß 漢 😀");
  CHECK(Printable("a\nb\tc\r\x1b[0m", 100) == "a\\nb\\tc\\x0d\\x1b[0m");
  CHECK(Printable(std::string_view("\0\x7f", 2), 100) == "\\x00\\x7f");
  CHECK(Printable("\xe2\x80\xae", 100) == "\\xe2\\x80\\xae");  // turns the line around
  CHECK(Printable("\xff\xc0\xaf\xed\xa0\x80", 100) == "\\xff\\xc0\\xaf\\xed\\xa0\\x80");
  CHECK(Printable("ää", 3) == "ä...");
  CHECK(IsUtf8("ä😀"));
  CHECK_FALSE(IsUtf8("\xc3"));
  CHECK_FALSE(IsUtf8("\xf4\x90\x80\x80"));
}

}  // namespace
}  // namespace tidegate
