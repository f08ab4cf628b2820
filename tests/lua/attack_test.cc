// Scripts that mean harm. Each says what must come of it; none may crash, hang or escape.
#include <catch2/catch_test_macros.hpp>

#include "tests/lua/stage.h"

namespace tidegate {
namespace {

using test::Stage;

constexpr CauseKind kFine = CauseKind::kNone;
constexpr CauseKind kFuel = CauseKind::kFuelLimit;
constexpr CauseKind kMemory = CauseKind::kMemoryLimit;
constexpr CauseKind kError = CauseKind::kPolicyError;

struct Attack {
  const char* name;
  const char* text;
  CauseKind end;
  const char* message = "";  // of which the cause's message must contain this
};

#define X16(x) x x x x x x x x x x x x x x x x

constexpr Attack kAttacks[] = {
    {"A1.2 pcall around the kill", "while true do pcall(function() while true do end end) end",
     kFuel},
    {"A1.3 pcall from C", "while true do string.gsub(('x'):rep(1000), '.', pcall) end", kFuel},
    {"A1.4 loop in a message handler",
     "xpcall(function() while true do end end, function() while true do end end)", kFuel},
    {"A1.5 __gc", "setmetatable({}, { __gc = function() while true do end end })", kError,
     "policies have no __gc"},
    {"A1.6 __close after the kill",
     "local x <close> = setmetatable({}, { __close = function() while true do end end })\n"
     "while true do end",
     kFuel},
    {"A1.8 coroutine", "coroutine.create(print)", kError, "undefined global 'coroutine'"},
    {"A1.11 survives its own kill", "pcall(function() while true do end end) return true", kFuel},
    {"A1.13 error in the error handler", "return xpcall(error, function() error() end) or true",
     kFine},
    {"A2.15 empty rep", "return #(''):rep(math.maxinteger) == 0", kFine},
    {"A2.16 table.move of nothing", "table.move({}, 1, math.maxinteger - 1, 2)", kFuel},
    {"A2.17 __len lies to insert",
     "table.insert(setmetatable({}, { __len = function() return math.maxinteger - 1 end }), 1, 1)",
     kFuel},
    {"A2.19 sort of nothing",
     "table.sort(setmetatable({}, { __len = function() return 2^31 - 2 end, __index = rawlen, "
     "__newindex = rawlen }))",
     kFuel},
    {"A2.21 backtracking", "(('a'):rep(60)):find(('a*'):rep(30) .. 'b')", kFuel},
    {"A2.22 polynomial", "(('x'):rep(30000)):find('.-.-.-.-b$')", kFuel},
    {"A2.23 balance", "(('('):rep(60000)):find('%b()x')", kFuel},
    {"A2.24 plain find",
     "while true do (('a'):rep(100000)):find(('a'):rep(50000) .. 'b', 1, true) end", kFuel},
    {"A2.27 big instructions", "local s = ('x'):rep(100000) while true do s:upper() end", kFuel},
    {"A2.28 compare",
     "local a = ('\\0'):rep(60000) local b = a .. 'x' while true do local _ = a < b end", kFuel},
    {"A2.30 chain of __index",
     "local t = {} for i = 1, 1900 do t = setmetatable({}, { __index = t }) end\n"
     "while true do local _ = t.x end",
     kFuel},
    {"A2.31 collectgarbage", "collectgarbage()", kError, "undefined global 'collectgarbage'"},
    {"A2.34 weak", "setmetatable({}, { __mode = 'k' })", kError, "no weak tables"},
    {"A2.34 weak, too late for setmetatable",
     "local m = {} local t = setmetatable({}, m) m.__mode = 'k'\n"
     "for i = 1, 1000 do t[{}] = i end for i = 1, 20000 do local _ = {} end\n"
     "local n = 0 local k = next(t) return k ~= nil",
     kError, "has no order"},
    {"A1.5 __gc, too late for setmetatable",
     "local m = {} setmetatable({}, m) m.__gc = function() while true do end end\n"
     "setmetatable({}, {}) for i = 1, 20000 do local _ = {} end",
     kFine},
    {"A2.35 straight-line code",
     "local x = 1.5 while true do " X16(X16(X16("x=x^x "))) "end", kFuel},
    {"A11.112 keys that collide",
     "local t, n = {}, 0 for i = 1, 1e9 do if (i * 0x9E3779B97F4A7C15 >> 33) % 1023 == 0 then\n"
     "t[i] = true end end",
     kFuel},
    {"A2.35 an endless duration", "while true do pcall(timer.sleep, ('0'):rep(100000)) end", kFuel},
    {"A2.35 error from afar",
     "while true do pcall(error, 'x', 1 << 30) end", kFuel},
    {"A3.38 thrash", "while true do pcall(string.rep, 'x', 200000) end", kMemory},
    {"A3.41 recursion", "local function f() return 1 + f() end f()", kMemory},
    {"A4.47 recursion through C", "local function f(s) return s:gsub('.', f) end f('x')", kError,
     "C stack overflow"},
    {"A5.59 bytecode", "load('\\27Lua')", kError, "undefined global 'load'"},
    {"A5.60 dump", "string.dump(print)", kError, "string has no 'dump'"},
    {"A6.66 io", "io.open('/etc/passwd')", kError, "undefined global 'io'"},
    {"A6.66 os", "os.execute('true')", kError, "undefined global 'os'"},
    {"A6.66 debug", "debug.getregistry()", kError, "undefined global 'debug'"},
    {"A6.67 require a path", "require '../../etc/passwd'", kError, "there is no module"},
    {"A6.67 require a null", "require 'volume\\0x'", kError, "there is no module"},
    {"A6.69 string metatable", "getmetatable('').__index = nil", kError, "attempt to index"},
    {"A6.71 handle metatable", "getmetatable(resource).__index = nil", kError, "attempt to index"},
    {"A6.72 a false handle", "volume.lock({})", kError, "volume must be a volume"},
    {"A6.72 another userdata", "volume.lock(resource)", kError, "volume must be a volume"},
    {"A6.73 a number for a handle", "volume.lock(1)", kError, "volume must be a volume"},
    {"A6.75 address by %p", "return ('%p'):format({})", kError, "shows addresses"},
    {"A6.75 address by %p behind a zero", "return ('\\0%10p'):format({})", kError,
     "shows addresses"},
    {"A6.75 half a format", "return ('%5'):format(1)", kError, "invalid conversion"},
    {"A6.76 rawset on the resource", "rawset(resource, 'name', 'x')", kError, "table expected"},
    {"A6.77 an integer out of range", "timer.sleep(1e300)", kError, "must be a duration"},
    {"A6.77 not a number", "timer.sleep(0/0)", kError, "must be a duration"},
    {"A6.77 below zero", "timer.sleep(-1)", kError, "must be a duration"},
    {"A7.82 rep overflow", "('x'):rep(1 << 40, 'y')", kError, "too large"},
    {"A7.83 a million values", "select('#', table.unpack({}, 1, 1e6))", kError, "too many results"},
    {"A8.92 wait in sort",
     "table.sort({ 3, 2, 1 }, function(a, b) timer.sleep(1) return a < b end)", kError,
     "cannot wait inside"},
    {"A8.92 wait in tostring",
     "tostring(setmetatable({}, { __tostring = function() timer.sleep(1) return '' end }))", kError,
     "cannot wait inside"},
    {"A9.101 warn", "warn('@on')", kError, "undefined global 'warn'"},
    {"A10.103 hostile __tostring",
     "error(setmetatable({}, { __tostring = function() while true do end end }))",
     CauseKind::kProtocol},
    {"A10.103 hostile __index in the manifest's way",
     "error(setmetatable({}, { __index = function() while true do end end }))",
     CauseKind::kProtocol},
    {"A10.104 escape codes", "error('\\27[2J\\r\\n\\226\\128\\174evil')", kError,
     "\\x1b[2J\\x0d\\n\\xe2\\x80\\xaeevil"},
    {"A10.109 a false position", "error('policy.lua:1: not me', 0)", kError},
    {"A11.111 order of tables as keys", "for k in pairs({ [{}] = 1 }) do end", kError,
     "has no order"},
    {"undeclared global", "x = 1", kError, "assignment to undeclared global 'x'"},
    {"undeclared global by name", "_ENV['x'] = 1", kError, "assignment to undeclared global 'x'"},
    {"undefined global by name", "return _ENV['os']", kError, "undefined global 'os'"},
    {"the globals' metatable", "getmetatable(_ENV).__index = nil", kError, "attempt to index"},
    {"library tables are sealed", "volume.mine = 1", kError, "read-only"},
    {"a misspelled function", "volume.opn('/img')", kError,
     "volume has no 'opn', did you mean open?"},
    {"properties are sealed", "resource.properties.x = 1", kError, "read-only"},
    {"an undeclared property", "return resource.properties.x", kError, "declares no property 'x'"},
    {"the resource is sealed", "resource.name = 'y'", kError, "read-only"},
    {"a forged error object", "error({ code = 21, op = 'volume.offline' })", CauseKind::kProtocol},
    {"zero bytes in a path", "volume.open('/img\\0/etc')", kError, "zero byte"},
    {"an endless path", "volume.open(('x'):rep(5000))", kError, "longer than 4096"},
};

TEST_CASE("attacks end as they must") {
  for (const Attack& attack : kAttacks) {
    INFO(attack.name);
    Stage stage(Stage::Around(attack.text));
    INFO(stage.error());
    if (!stage.loaded()) {  // found by reading, before anything ran
      CHECK(attack.end == kError);
      CHECK(stage.error().find(attack.message) != std::string::npos);
      continue;
    }
    const Verdict verdict = stage.Run(EntryPoint::kOnline);
    INFO(Text(verdict));
    CHECK(Name(verdict.cause.kind) == Name(attack.end));
    CHECK(verdict.cause.message.find(attack.message) != std::string::npos);
    if (!IsKill(attack.end)) CHECK(stage.Run(EntryPoint::kIsAlive).ok);
  }
}

TEST_CASE("no address reaches a script") {
  Stage stage(Stage::Around(R"(
      log.info("%s %s %s", {}, print, resource)
      log.info(tostring({}) .. tostring(print) .. tostring(resource.properties))
      print({}, print)
  )"));
  CHECK(stage.Play("online") == test::Picture(R"(
      online
      log info: table function resource vol1
      log info: tablefunctionproperties
  )") + "log info: table\tfunction\n== ok\n");
}

TEST_CASE("attacks on the loader and the manifest end with a message") {
  const auto error = [](const std::string& text) { return Stage(text).error(); };
  CHECK(error("\x1bLua").find("attempt to load a binary chunk") != std::string::npos);
  CHECK(error("return " + std::string(500, '(')).find("C stack overflow") != std::string::npos);
  std::string quadratic = "return a";
  for (int i = 0; i < 50'000; ++i) quadratic += " or a";
  CHECK_FALSE(error("local a\n" + quadratic).empty());
  CHECK_FALSE(
      error("return setmetatable({}, { __index = function() while true do end end })").empty());
  CHECK(error("require 'volume'.open('x')").find("operations are possible in entry points only") !=
        std::string::npos);
  CHECK(error("return { api = 1, online = print, [1] = 2 }").find("not a text") !=
        std::string::npos);
}

}  // namespace
}  // namespace tidegate
