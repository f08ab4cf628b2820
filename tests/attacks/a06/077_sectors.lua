-- A6.77: sector numbers of all sizes
-- caught by: harmless
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local vol = assert(volume.open("/img"))
  local bad = {
    { 0.5 }, { -1 }, { math.maxinteger }, { math.mininteger }, { 1 << 55 }, { 1e300 },
    { 0 / 0 }, { "0" }, { {} }, {}, 7, "0", { [2] = 1 }, { 0, 1.5 },
  }
  for _, sectors in ipairs(bad) do assert(not pcall(vol.probe, vol, { sectors = sectors })) end
  local many = {}
  for i = 1, 257 do many[i] = i end
  assert(not pcall(vol.probe, vol, { sectors = many }))
  assert(vol:probe({ sectors = { 0, 2 ^ 32 + 5 } }))
  return true
end

return policy
