// The target `operation`: one policy calls operations and everything else of the bindings with
// values made from the first half of the bytes, and is answered from the second half.
#include "bindings/bindings.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/world.h"

namespace tidegate::fuzz {
namespace {

// Bytes to values. What has no more bytes is nil, so that every run ends.
constexpr char kReader[] = R"(
local volume, timer, store = require "volume", require "timer", require "store"
local cluster, log = require "cluster", require "log"
local bytes, at = "", 1
local resource, handles, errors = nil, {}, {}

local function byte(n)
  local b = bytes:byte(at) or 0
  at = at + 1
  return b % n
end
local function text()
  local n = byte(64)
  local s = bytes:sub(at, at + n - 1)
  at = at + n
  return s
end
local function number(format)
  local s = bytes:sub(at, at + 7)
  at = at + 8
  return (string.unpack(format, s .. ("\0"):rep(8 - #s)))
end

local words = { "/img", "force", "read_only", "sectors", "write_file", "250ms", "5s", "-1s", "1e3",
  "key", ".state", "a\0b", "code", "name", "state", "%s %d", "%5q", "%p", "properties", "8784.9h" }
local numbers = { 0, -1, 1 / 0, 0 / 0, math.maxinteger, math.mininteger, 2^53, 2^63, 0.5, 1e300 }
local hostile = { __index = function(_, k) return k end, __len = function() return 2^40 end,
  __tostring = function() return "hostile" end, __call = function() return true end,
  __close = function() timer.sleep(1) end, __eq = function() error("eq") end,
  __newindex = function() error("newindex") end, __name = "volume" }

local value
local function list(depth)
  local t = {}
  for i = 1, byte(8) do t[i] = value(depth + 1) end
  return t
end
local function dictionary(depth)
  local t = {}
  for _ = 1, byte(5) do
    local k = byte(4) == 0 and value(depth + 1) or words[byte(#words) + 1]
    if k ~= nil and k == k then t[k] = value(depth + 1) end
  end
  return t
end
local makers = {
  function() return nil end,
  function() return true end,
  function() return false end,
  function() return byte(256) end,
  function() return number("<i8") end,
  function() return number("<d") end,
  function() return numbers[byte(#numbers) + 1] end,
  function() return words[byte(#words) + 1] end,
  text,
  function() return text():rep(byte(128)) end,
  list,
  dictionary,
  dictionary,
  function() return handles[byte(#handles + 1)] end,
  function() return handles[#handles] end,
  function() return errors[byte(#errors + 1)] end,
  function() return resource end,
  function() return resource.properties end,
  function() return resource.state end,
  function() return setmetatable(list(1), hostile) end,
  function() return print end,
  function() return volume end,
}
function value(depth)
  if at > #bytes or (depth or 0) > 5 then return nil end
  return makers[byte(#makers) + 1](depth or 0)
end
)";

constexpr char kPolicy[] = R"(
local some, handle
-- By letter: an argument as it should be. One in four is any value instead.
local proper = {
  h = function() return handle() end,
  p = function() return byte(2) == 0 and "/img" or text() end,
  k = function() return byte(2) == 0 and "key" or text() end,
  d = function() return byte(2) == 0 and "250ms" or byte(100) / 8 end,
  f = function() return { force = byte(2) == 1 } end,
  r = function() return { read_only = byte(2) == 1 } end,
  s = function() return { sectors = { byte(9), number("<i8") },
      write_file = words[byte(9) + 1] } end,
  v = function() return value() end,
}
local calls = {
  { volume.open, "p" }, { volume.close, "h" }, { volume.lock, "h" }, { volume.unlock, "h" },
  { volume.dismount, "hf" }, { volume.mount, "hpr" }, { volume.is_mounted, "h" },
  { volume.offline, "h" }, { volume.online, "h" }, { volume.is_offline, "h" },
  { volume.supports_online_offline, "h" }, { volume.probe, "hs" }, { volume.flush, "h" },
  { volume.is_dirty, "h" }, { volume.extents, "h" }, { volume.number, "h" },
  { volume.attributes, "h" }, { timer.sleep, "d" }, { store.get, "k" }, { store.set, "kv" },
  { store.set, "kp" }, { cluster.nodes, "" }, { cluster.owner, "" }, { cluster.quorum, "" },
  { timer.now, "" }, { timer.left, "" }, { cluster.node, "" }, { tostring, "v" }, { error, "vv" },
  { log.debug, "pv" }, { log.info, "vv" }, { log.warning, "h" }, { log.error, "vvv" },
  { string.format, "vvv" }, { table.concat, "vv" }, { table.unpack, "vvv" }, { rawlen, "v" },
  { next, "vv" }, { string.rep, "vv" }, { pcall, "vvv" }, { rawset, "vvv" }, { getmetatable, "v" },
  { function(v) local held <close> = v error(errors[#errors]) end, "h" },
  { function(v) local a <close> = v return a == v, a < v end, "v" },
  { function(v) return resource:progress(v) end, "p" },
  { function(v) resource.state = v end, "v" },
  { function(k, v) resource.state[k] = v end, "kv" },
  { function(k) return resource[k] end, "v" },
  { function(k, v) resource[k] = v end, "vv" },
  { function(k) return resource.properties[k] end, "v" },
  { function(k, v) resource.properties[k] = v end, "vv" },
  { function(v) return resource:fail(v) end, "p" },
  { function() return resource:deadline() end, "" },
  { function(v) return resource:deadline(v) end, "v" },
  { function() return resource:watch(function(r) resource = r return some(4) end) end, "" },
  { function(f) return resource:watch(f) end, "v" },
  { function(a, b) table.sort({ a, b }, volume.lock) end, "hh" },
  { function(s) return s:gsub(".", timer.sleep) end, "p" },
  { function(k, ...) return handles[#handles][k](...) end, "vhv" },
}

-- An open volume, the last one kept or a new one.
function handle()
  if #handles == 0 or byte(8) == 7 then handles[#handles % 8 + 1] = volume.open("/img") end
  return handles[byte(#handles + 1)] or handles[#handles]
end

local function perform(call)
  local arguments, n = {}, #call[2]
  for i = 1, n do
    arguments[i] = byte(4) == 3 and value() or proper[call[2]:sub(i, i)]()
  end
  if byte(16) == 15 then
    n = n + 1
    arguments[n] = value()
  end
  return call[1](table.unpack(arguments, 1, n))
end

function some(most)
  for _ = 1, most do
    if at > #bytes then break end
    local ran, ok, err = pcall(perform, calls[byte(#calls) + 1])
    if type(ok) == "userdata" then handles[#handles % 8 + 1] = ok end
    if not ran then err = ok end
    if type(err) == "table" then
      errors[#errors % 8 + 1] = err
      log.info("%s", err)
      if byte(4) == 3 then err.code = value() err.detail = value() end
    end
    if byte(32) == 31 then return value(), err end
    if byte(32) == 31 then error(err or value()) end
  end
end

local policy = { api = 1, properties = { Path = { type = "string", default = "/img" } } }
local function entry(r) resource = r return some(24) end
function policy.control(r, _, input) bytes, at = input, 1 return entry(r) end
policy.online, policy.offline, policy.is_alive, policy.terminate = entry, entry, entry, entry
return policy
)";

std::shared_ptr<const CompiledPolicy> Compiled() {
  static const auto compiled = CompiledPolicy::Compile(
      {"operation.lua", std::string(kReader) + kPolicy, {}}, {}, Bindings());
  Expect(compiled.ok(), "the policy compiles", compiled ? "" : compiled.error().detail);
  return *compiled;
}

}  // namespace

void FuzzOperation(std::string_view bytes) {
  const std::size_t half = bytes.size() / 2;
  Input input(bytes.substr(half));
  const SandboxLimits limits = SomeLimits(input);
  World world(input, limits);
  if (!world.Load(Compiled())) {
    return Expect(limits != SmallLimits(), "the policy loads unless it has no room");
  }
  const Arguments arguments{input.Byte(), std::string(bytes.substr(0, half))};
  for (const EntryPoint entry : {EntryPoint::kControl, EntryPoint::kOnline, EntryPoint::kIsAlive,
                                 EntryPoint::kTerminate, EntryPoint::kOffline}) {
    world.Run(entry, arguments);
  }
  if (!world.policy().dead()) (void)world.policy().ExportState();
}

}  // namespace tidegate::fuzz
