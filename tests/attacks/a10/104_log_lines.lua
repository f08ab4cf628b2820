-- A10.104: log lines that look like others
-- caught by: harmless
-- logs: \x1b[0m
local log = require "log"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  log.info("fine\r\n2026-01-01T00:00:00.000+0000 error neighbour: Failed\27[0m\0\226\128\174\255")
  return true
end

return policy
