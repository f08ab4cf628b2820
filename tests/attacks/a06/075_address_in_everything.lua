-- A6.75: everything that makes a text of a value
-- caught by: harmless
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local things = { {}, print, function() end, resource, resource.properties, volume, string, math,
    policy, setmetatable({}, { __name = "x" }), string.format, volume.open }
  local texts = {}
  local function note(...)
    for _, v in ipairs({ ... }) do
      if type(v) == "string" then texts[#texts + 1] = v end
    end
  end
  for _, thing in ipairs(things) do
    note(tostring(thing), ("%s %20s %.3s"):format(thing, thing, thing))
    for _, f in ipairs({ error, assert, rawlen, string.rep, string.pack, table.concat, math.floor,
      utf8.char, tonumber, select, ipairs, table.unpack, setmetatable, require, volume.open }) do
      note(select(2, pcall(f, thing)))
      note(select(2, pcall(f, "x", thing)))
      note(select(2, pcall(f, thing, thing, thing)))
    end
    note(select(2, pcall(function() return thing + 1 end)))
    note(select(2, pcall(function() return thing .. "" end)))
    note(select(2, pcall(function() return thing < thing end)))
    note(select(2, pcall(function() return thing.nope.nope end)))
    note(select(2, pcall(function() return ("%d"):format(thing) end)))
    note(select(2, pcall(function() return ("%q"):format(thing) end)))
  end
  assert(#texts > 200)
  for _, text in ipairs(texts) do assert(not text:find("0x%x%x%x"), text) end
  return true
end

return policy
