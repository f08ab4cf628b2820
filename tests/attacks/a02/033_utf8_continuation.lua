-- A2.33: utf8.offset and utf8.codes over continuation bytes
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = "\xC3" .. ("\x80"):rep(100000)
  while true do
    pcall(utf8.offset, s, 1, #s)
    pcall(function() for _ in utf8.codes(s, true) do end end)
  end
end

return policy
