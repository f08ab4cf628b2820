---@meta volume
-- Made from the bindings: do not edit.

---@class volumelib
local volume = {}

--- Opens a volume. An offline volume can be opened, but its I/O fails. A volume that was
--- dismounted and is not offline mounts again.
--- `path`: an image file, loop:FILE for a loop device made from it, or a block device
---
--- Errors: ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION,
--- ERROR_INVALID_PARAMETER, ERROR_NOT_READY, ERROR_TOO_MANY_OPEN_FILES, ERROR_IO_DEVICE.
--- Capability: volume.
---@async
---@param path string
---@return Volume? answer
---@return Error? err
function volume.open(path) end

--- Opens what this resource has brought up here, by online or mount, until offline: by what it is,
--- wherever its name leads by now. ERROR_NOT_FOUND says for certain that nothing of it is up; any
--- other error, that it cannot be told.
--- `path`: the volume's name, as for volume.open
--- `at`: this resource's mount point: the volume that path names, mounted there, is its own
--- whoever mounted it
---
--- Errors: ERROR_NOT_READY, ERROR_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION,
--- ERROR_INVALID_PARAMETER, ERROR_TOO_MANY_OPEN_FILES, ERROR_IO_DEVICE.
--- Capability: volume.
---@async
---@param path string
---@param options? { at?: string }
---@return Volume? answer
---@return Error? err
function volume.ours(path, options) end

return volume
