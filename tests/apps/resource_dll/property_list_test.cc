// Property lists: the cluster's bytes, and whatever else arrives in their place.
#include "host/apps/resource_dll/property_list.h"

#include <catch2/catch_test_macros.hpp>
#include <cstring>

#include "host/apps/resource_dll/utf16.h"
#include "tests/apps/resource_dll/mutated_list.h"

namespace tidegate {
namespace {

std::string Hex(std::span<const std::byte> bytes) {
  std::string out;
  for (const std::byte b : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    const auto n = static_cast<unsigned>(b);
    out += {kDigits[n >> 4], kDigits[n & 15]};
  }
  return out;
}

// "name=value name=value", "?" for what is neither a text nor a number.
std::string Shown(std::span<const std::byte> list) {
  const auto properties = ReadPropertyList(list);
  if (!properties) return properties.error().detail;
  std::string out;
  for (const ListedProperty& property : *properties) {
    out += (out.empty() ? "" : " ") + property.name + "=";
    for (const ListedValue& value : property.values) {
      const bool text = value.format == ClusterFormat::kText;
      const auto number = value.number();
      out += text ? value.text() : number ? std::to_string(*number) : "?";
    }
  }
  return out;
}

TEST_CASE("a property list is byte for byte what the cluster expects", "[resource_dll]") {
  PropertyListWriter writer;
  writer.Text("ScriptPath", "C:\\p.lua");
  CHECK(writer.bytes().size() == 68);
  CHECK(Hex(writer.bytes()) ==
        "01000000"                                      // one property
        "0300040016000000"                              // a name of 22 bytes
        "53006300720069007000740050006100740068000000"  // "ScriptPath"
        "0000"                                          // padding
        "0300010012000000"                              // a text of 18 bytes
        "43003a005c0070002e006c00750061000000"          // "C:\p.lua"
        "0000"                                          // padding
        "00000000");                                    // end mark
}

TEST_CASE("what is written is read", "[resource_dll]") {
  PropertyListWriter writer;
  writer.Text("Path", "\xf0\x9f\x8c\x8a \xc3\xa4");  // a surrogate pair in UTF-16
  writer.Dword("Retries", 4294967295);
  writer.Signed64("Offset", -5);
  writer.Word("Format", 3);
  writer.Nothing("Gone", ClusterFormat::kDword);
  CHECK(Shown(writer.bytes()) ==
        "Path=\xf0\x9f\x8c\x8a \xc3\xa4 Retries=4294967295 Offset=-5 Format=3 Gone=?");
  CHECK(Shown(PropertyListWriter().bytes()).empty());
}

TEST_CASE("a list that lies is refused, and says how", "[resource_dll]") {
  PropertyListWriter writer;
  writer.Text("Path", "x");
  const std::vector<std::byte> whole = writer.bytes();
  for (std::size_t size = 0; size + 4 < whole.size(); ++size) {
    INFO(size << " of " << whole.size() << " bytes");
    CHECK_FALSE(ReadPropertyList(std::span(whole).first(size)).ok());
  }
  std::vector<std::byte> many = whole;
  std::memset(many.data(), 0xff, 4);
  CHECK(Shown(many) == "property list: says 4294967295 properties and is 40 bytes long");
  std::vector<std::byte> name = whole;
  std::memset(name.data() + 8, 0xff, 4);
  CHECK(Shown(name) == "property list: the name of a property is cut short or empty");
  std::vector<std::byte> value = whole;
  std::memset(value.data() + 28, 0x7f, 4);
  CHECK(Shown(value) == "property list: a value of Path is cut short");
}

TEST_CASE("whatever the bytes are, reading them ends well", "[resource_dll]") {
  int good = 0;
  for (std::uint32_t seed = 1; seed <= 20'000; ++seed) {
    const std::vector<std::byte> list = test::MutatedList(seed);
    if (ReadPropertyList(list).ok()) ++good;
  }
  CHECK(good > 500);  // the mutations are not so wild that nothing is read
  CHECK(good < 19'500);
}

TEST_CASE("texts survive both ways, and what is broken is replaced", "[resource_dll]") {
  CHECK(ToUtf8(ToUtf16("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\x8a")) ==
        "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\x8a");
  CHECK(ToUtf8(ToUtf16("\xff")) == "\xef\xbf\xbd");
  CHECK(ToUtf8(ToUtf16("\xed\xa0\x80")) == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  const char16_t lonely[] = {0xd800, u'x', 0};
  CHECK(ToUtf8(lonely, 9) == "\xef\xbf\xbdx");
  CHECK(ToUtf8(nullptr, 9).empty());
  CHECK(ToUtf8(u"abc", 2) == "ab");
}

}  // namespace
}  // namespace tidegate
