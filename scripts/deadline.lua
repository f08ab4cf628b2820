--- The time that an entry point has left, and how to spend a part of it.

local deadline = {}

--- Seconds that are left of `share` of the time the entry point has now, for retry's `within`:
---
---     retry.run({ within = deadline.share(resource, 0.5) }, f)
---@param resource Resource
---@param share? number between 0 and 1, default 0.8: what remains is for what comes after
---@param at_most? number seconds
---@return number seconds
function deadline.share(resource, share, at_most)
  share = share or 0.8
  if type(share) ~= "number" or share <= 0 or share > 1 then
    error("deadline.share: the share must be above 0 and at most 1", 2)
  end
  return math.min(resource:deadline() * share, at_most or 86400)
end

--- Raises when fewer than `seconds` are left: better to give up in time than to be cut off.
---@param resource Resource
---@param seconds number
---@param what? string what the time is for
function deadline.require(resource, seconds, what)
  local left = resource:deadline()
  if left < seconds then
    local text = "%s needs %.1f s, but %.1f s are left"
    error(text:format(what or "what comes next", seconds, left), 2)
  end
end

return deadline
