-- A11.112: thousands of texts with one hash as keys of one table
-- caught by: fuel

-- Blocks of three bytes that lead the hash of Lua (with our seed) to the same value, last first.
local pairs_of_blocks = {
  { "afv", "aid" }, { "aaV", "asG" }, { "aaX", "asM" }, { "ahG", "ah4" }, { "ak8", "amM" },
  { "acM", "aeV" }, { "aks", "aml" }, { "acK", "aeD" }, { "ake", "amn" }, { "ak7", "amP" },
  { "aaW", "asP" }, { "akc", "amp" }, { "ahl", "ahs" },
}

local function colliding(tail, n, all)
  all = all or {}
  if n > 13 then
    if #all < 2000 then all[#all + 1] = tail end
    return all
  end
  for _, block in ipairs(pairs_of_blocks[n]) do colliding(block .. tail, n + 1, all) end
  return all
end

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  local all = colliding("", 1)
  for _, key in ipairs(all) do t[key] = true end
  while true do
    for _, key in ipairs(all) do local _ = t[key] end
  end
end

return policy
