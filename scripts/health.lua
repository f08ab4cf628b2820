--- Checks of a resource, one after the other, as is_alive answers them.

local health = {}

--- Runs the checks in order and answers as is_alive does: true, or false and why. A check is a
--- function that returns what an operation returns; false, nil or an error is a no.
---
---     return health.all({
---       { "the volume is mounted", function() return vol:is_mounted() end },
---       { "the volume answers", function() return vol:probe() end },
---     })
---@async
---@param checks { [1]: string, [2]: function }[]
---@return boolean alive
---@return string|Error|nil why
function health.all(checks)
  for _, check in ipairs(checks) do
    local name, f = check[1], check[2]
    local ran, answer, err = pcall(f)
    if not ran then return false, answer end
    if not answer then return false, err or ("not true that " .. name) end
  end
  return true
end

--- True every `n`th time that it is called with this state and name, the first time included.
---@param state table resource.state
---@param name string
---@param n integer
---@return boolean
function health.every(state, name, n)
  local count = (state[name] or 0) % n
  state[name] = count + 1
  return count == 0
end

return health
