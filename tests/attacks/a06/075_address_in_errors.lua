-- A6.75: addresses in error messages
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local t = {}
  for _, f in ipairs({
    function() return t.x.y end, function() return t + 1 end, function() return t < t end,
    function() return t .. "" end, function() t() end, function() return #print end,
    function() error(t) end, function() resource.x = t end, function() return ("%d"):format(t) end,
  }) do
    local _, why = pcall(f)
    assert(not tostring(why):find("0x"), tostring(why))
  end
  return true
end

return policy
