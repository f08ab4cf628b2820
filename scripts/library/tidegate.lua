---@meta
-- What a policy can call. Made from the bindings: do not edit.

--- What a failed operation answers beside nil. `tostring` makes a readable line of it.
---@class Error
---@field code integer the Win32 number
---@field name string e.g. "ERROR_NOT_READY"
---@field op string e.g. "volume.offline"
---@field detail string what the system said
---@field where string script:line of the operation
---@field attempts? integer how often retry tried

--- What ended the entry point that terminate follows.
---@class Cause
---@field kind string e.g. "deadline"
---@field entry_point string
---@field attempt integer
---@field code integer
---@field name string
---@field op string
---@field where string
---@field message string

---@class Extent
---@field disk integer
---@field offset integer bytes
---@field length integer bytes

---@class Reservation
---@field key integer of the node that holds it
---@field kind string "write_exclusive_registrants" and the like; "" when nobody holds it

---@class VolumeAttributes
---@field kind string "image", "loop", "block", "scsi"; on Windows "volume" or "disk"
---@field device string
---@field file_system string
---@field mounted_at string
---@field size integer bytes
---@field sector_size integer bytes
---@field read_only boolean

--- The resource that the policy serves: the first argument of every entry point.
---@class Resource
---@field name string
---@field node string
---@field properties table<string, any> as the policy declares them; read only
---@field state table plain data that survives swaps and restarts
---@field role "promoted"|"unpromoted" what it is; only Pacemaker promotes
local Resource = {}

--- Seconds until the entry point's time is up; math.huge without a deadline.
---@return number
function Resource:deadline() end

--- Says what a pending entry point is doing; shown to operators, and proof of progress.
---@param text string
function Resource:progress(text) end

--- Runs `f(resource)` beside the entry points while the resource is online.
---@param f fun(resource: Resource)
function Resource:watch(f) end

--- Ends the entry point: the resource is unhealthy.
---@param reason string
function Resource:fail(reason) end

return {}
