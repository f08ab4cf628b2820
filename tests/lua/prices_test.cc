// What things cost in fuel. A price is a promise: what a policy may do between two waits, and how
// long the host may have to wait for its next look at the clock, both follow from it.
#include <catch2/catch_test_macros.hpp>

#include "tests/lua/stage.h"

namespace tidegate {
namespace {

using test::Stage;

constexpr int kTurns = 1000;

std::int64_t FuelOf(const std::string& before, const std::string& turn) {
  Stage stage(Stage::Around(before +
                            "\nlocal function nothing() end\nlocal t, u = {}, {}\nfor i = 1, " +
                            std::to_string(kTurns) + " do " + turn + " end"));
  INFO(turn);
  REQUIRE(stage.error() == "");
  const std::int64_t loaded = stage.policy().usage().fuel;
  CHECK(stage.Play("online").ends_with("== ok\n"));
  return stage.policy().usage().fuel - loaded;
}

// One turn, beyond that of an empty loop.
std::string Price(const std::string& turn, const std::string& before = "") {
  const std::int64_t fuel = FuelOf(before, turn) - FuelOf(before, "");
  std::string text = std::to_string((fuel + kTurns / 2) / kTurns);
  text.insert(0, text.size() < 6 ? 6 - text.size() : 0, ' ');
  return text + "  " + turn + "\n";
}

constexpr char kTexts[] =
    "local long = ('x'):rep(3200)\n"
    "local digits, many = ('9'):rep(36) .. 'e-307', ('9'):rep(320)\n"
    "local big, list = 1e308 / 3, {}\n"
    "for i = 1, 100 do list[i] = i end\n"
    "local function deep(n, f) if n > 0 then return (deep(n - 1, f)) end f() end\n";

TEST_CASE("what things cost") {
  std::string prices;
  for (const char* turn : {"nothing()",
                           "pcall(nothing)",
                           "pcall(error)",
                           "pcall(error, 'x')",
                           "pcall(error, 'x', 100)",
                           "pcall(nil)",
                           "deep(200, nothing)",
                           "deep(200, function() pcall(error) end)",
                           "local _ = {}",
                           "local _ = { i }",
                           "local _ = function() return i end",
                           "t[i] = i",
                           "t[-i] = i",
                           "list[-i], list[3 - i] = 1, nil",
                           "local _ = list[50]",
                           "local _ = #list",
                           "local _ = 'x' .. i",
                           "local _ = big .. ''",
                           "local _ = tostring(big)",
                           "local _ = ('%d'):format(i)",
                           "pcall(string.format, long)",
                           "local _ = ('%.99f'):format(big)",
                           "local _ = ('%q'):format('\\1\\1\\1\\1')",
                           "local _ = long .. i",
                           "local _ = long:upper()",
                           "local _ = long == long:sub(1)",
                           "local _ = long < long:sub(1)",
                           "local _ = long:find('y')",
                           "local _ = long:find('yy', 1, true)",
                           "local _ = long:byte(1, 80)",
                           "local _ = ('a1b2'):gsub('%d', '')",
                           "local _ = tonumber(digits)",
                           "local _ = tonumber(many)",
                           "local _ = digits + 0",
                           "local _ = utf8.char(1, 2, 3)",
                           "local _ = utf8.len(long)",
                           "table.insert(u, 1, i) table.remove(u, 1)",
                           "local _ = table.concat(list)",
                           "table.sort(list)",
                           "local _ = select('#', table.unpack(list))",
                           "pcall(pcall, select, '#', table.unpack(list))",
                           "for _ in pairs(list) do end",
                           "for _ in ipairs(list) do end",
                           "pcall(function() return volume.opne end)",
                           "pcall(function() return resource.nmae end)",
                           "pcall(require, 'nope')",
                           "pcall(resource.watch, resource, nothing)",
                           "log.debug('x')"}) {
    prices += Price(turn, kTexts);
  }
  CHECK("\n" + prices == R"(
     1  nothing()
     2  pcall(nothing)
     4  pcall(error)
    12  pcall(error, 'x')
    37  pcall(error, 'x', 100)
    12  pcall(nil)
   203  deep(200, nothing)
  1133  deep(200, function() pcall(error) end)
     3  local _ = {}
     5  local _ = { i }
     6  local _ = function() return i end
     1  t[i] = i
     2  t[-i] = i
     5  list[-i], list[3 - i] = 1, nil
     0  local _ = list[50]
     0  local _ = #list
     5  local _ = 'x' .. i
    12  local _ = big .. ''
     9  local _ = tostring(big)
    12  local _ = ('%d'):format(i)
   618  pcall(string.format, long)
    89  local _ = ('%.99f'):format(big)
    18  local _ = ('%q'):format('\1\1\1\1')
   105  local _ = long .. i
   210  local _ = long:upper()
   204  local _ = long == long:sub(1)
   504  local _ = long < long:sub(1)
   102  local _ = long:find('y')
   101  local _ = long:find('yy', 1, true)
    12  local _ = long:byte(1, 80)
     2  local _ = ('a1b2'):gsub('%d', '')
     6  local _ = tonumber(digits)
    41  local _ = tonumber(many)
     6  local _ = digits + 0
    25  local _ = utf8.char(1, 2, 3)
   200  local _ = utf8.len(long)
     3  table.insert(u, 1, i) table.remove(u, 1)
   365  local _ = table.concat(list)
   740  table.sort(list)
   114  local _ = select('#', table.unpack(list))
   140  pcall(pcall, select, '#', table.unpack(list))
   131  for _ in pairs(list) do end
   203  for _ in ipairs(list) do end
   385  pcall(function() return volume.opne end)
   116  pcall(function() return resource.nmae end)
   200  pcall(require, 'nope')
    85  pcall(resource.watch, resource, nothing)
    65  log.debug('x')
)");
}

}  // namespace
}  // namespace tidegate
