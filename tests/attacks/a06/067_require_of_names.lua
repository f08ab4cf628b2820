-- A6.67: require of every name that is a path somewhere
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local names = {
    "..", ".", "/etc/passwd", "\\\\server\\share", "\\\\?\\C:\\x", "C:x", "x.lua:y",
    "volume\0x", "volume.",
    "volume ", "VOLUME", "CON", "volume.lua", "./volume", "volume/../volume",
    "tidegate/retry", "", "\0",
  }
  for _, name in ipairs(names) do assert(not pcall(require, name)) end
  for _, name in ipairs({ 1, true, print, resource }) do assert(not pcall(require, name)) end
  return true
end

return policy
