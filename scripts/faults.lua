--- Faults by what they mean, as lines of a plan for c:plan:
---
---     c:plan(faults.first(3, "A vol1 volume.lock", "fails ACCESS_DENIED"))

local faults = {}

--- The first `n` times that the run comes to a site.
---@param n integer
---@param site string "A vol1 volume.lock", without #
---@param outcome string "fails ACCESS_DENIED"
---@return string lines
function faults.first(n, site, outcome)
  return faults.from(1, n, site, outcome)
end

--- From the `first` to the `last` time.
---@param first integer
---@param last integer
---@param site string
---@param outcome string
---@return string lines
function faults.from(first, last, site, outcome)
  local lines = {}
  for i = first, last do lines[#lines + 1] = ("%s#%d %s"):format(site, i, outcome) end
  return table.concat(lines, "\n")
end

--- Files on the volume are open: the first `n` locks are refused.
---@param node string
---@param resource string
---@param n integer
---@return string lines
function faults.busy(node, resource, n)
  return faults.first(n, node .. " " .. resource .. " volume.lock", "fails ACCESS_DENIED")
end

--- The n-th operation never answers.
---@param node string
---@param resource string
---@param operation string "volume.offline"
---@param n? integer default 1
---@return string line
function faults.hangs(node, resource, operation, n)
  return ("%s %s %s#%d hangs"):format(node, resource, operation, n or 1)
end

--- The node loses power right after the n-th operation, with its caches.
---@param node string
---@param resource string
---@param operation string "volume.mount"
---@param n? integer default 1
---@return string line
function faults.crash_after(node, resource, operation, n)
  return ("%s %s %s#%d crashes_after"):format(node, resource, operation, n or 1)
end

return faults
