---@meta store
-- Made from the bindings: do not edit.

---@class storelib
local store = {}

--- Reads a value that this resource stored; ERROR_NOT_FOUND if there is none.
--- `key`: 1 to 64 of a-z 0-9 _ . -, no dot first
---
--- Errors: ERROR_NOT_FOUND, ERROR_INVALID_PARAMETER, ERROR_FILE_CORRUPT, ERROR_IO_DEVICE.
--- Capability: store.
---@async
---@param key string
---@return string? answer
---@return Error? err
function store.get(key) end

--- Stores a value, on disk before it answers; the old value or the new one survives a crash,
--- whole.
--- `key`: 1 to 64 of a-z 0-9 _ . -, no dot first
--- `value`: at most 64 KiB
---
--- Errors: ERROR_INVALID_PARAMETER, ERROR_DISK_FULL, ERROR_WRITE_PROTECT, ERROR_IO_DEVICE.
--- Capability: store.
---@async
---@param key string
---@param value string
---@return true? answer
---@return Error? err
function store.set(key, value) end

return store
