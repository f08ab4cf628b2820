-- A6.67: require of a name that turns the line around
-- caught by: error
-- says: \x1b[2Jvolume\u{202e}

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  require "\27[2Jvolume\226\128\174"
end

return policy
