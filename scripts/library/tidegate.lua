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

---@class VolumeAttributes
---@field kind string "image", "loop", "block" or "scsi"
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
local Resource = {}

--- Seconds until the entry point's time is up; math.huge without a deadline.
---@return number
function Resource:deadline() end

--- Says what a pending entry point is doing; shown to operators, and proof of progress.
---@param text string
function Resource:progress(text) end

--- Whether the entry point is to stop.
---@return boolean
function Resource:cancelled() end

--- Runs `f(resource)` beside the entry points while the resource is online.
---@param f fun(resource: Resource)
function Resource:watch(f) end

--- Ends the entry point: the resource is unhealthy.
---@param reason string
function Resource:fail(reason) end

--- An open volume. It is closed by `local vol <close> = ...`, or with the entry point.
---@class Volume
local Volume = {}

--- Closes the handle: its lock is released, and a volume that was dismounted through it but not
--- taken offline may mount again.
---
--- Errors: ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return true? answer
---@return Error? err
function Volume:close() end

--- Locks the volume: succeeds only when no file on it is open; its caches are then flushed and
--- nobody else can mount or open it. Held until unlock or close. Source: FSCTL_LOCK_VOLUME.
---
--- Errors: ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_BUSY, ERROR_NOT_READY,
--- ERROR_IO_DEVICE, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return true? answer
---@return Error? err
function Volume:lock() end

--- Releases the lock of this handle. Source: FSCTL_UNLOCK_VOLUME.
---
--- Errors: ERROR_NOT_LOCKED, ERROR_BUSY, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return true? answer
---@return Error? err
function Volume:unlock() end

--- Dismounts the file system. Without force it fails with ERROR_ACCESS_DENIED while files are
--- open. Source: FSCTL_DISMOUNT_VOLUME.
--- `force`: dismount although files are open: they become invalid (needs the capability
--- volume.force)
---
--- Errors: ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_BUSY, ERROR_NOT_READY,
--- ERROR_IO_DEVICE, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@param options? { force?: boolean }
---@return true? answer
---@return Error? err
function Volume:dismount(options) end

--- Mounts the volume's file system. Mounted there already is success; mounted elsewhere is
--- ERROR_BUSY.
--- `where`: the mount point, an absolute path
--- `read_only`: mount without write access
---
--- Errors: ERROR_NOT_READY, ERROR_PATH_NOT_FOUND, ERROR_UNRECOGNIZED_VOLUME, ERROR_ACCESS_DENIED,
--- ERROR_SHARING_VIOLATION, ERROR_WRITE_PROTECT, ERROR_BUSY, ERROR_IO_DEVICE, ERROR_DISK_CORRUPT,
--- ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@param where string
---@param options? { read_only?: boolean }
---@return true? answer
---@return Error? err
function Volume:mount(where, options) end

--- Whether a file system of this volume is mounted, asked of the system and not remembered.
--- Source: FSCTL_IS_VOLUME_MOUNTED.
---
--- Errors: ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return boolean? answer
---@return Error? err
function Volume:is_mounted() end

--- Takes the volume offline: reads, writes and mounts fail from now on. Needs a dismount through
--- the same handle first, so that nobody can mount it in between. Offline twice is harmless.
--- Source: IOCTL_VOLUME_OFFLINE.
---
--- Errors: ERROR_ACCESS_DENIED, ERROR_BUSY, ERROR_NOT_READY, ERROR_NOT_SUPPORTED,
--- ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return true? answer
---@return Error? err
function Volume:offline() end

--- Brings the volume online: I/O is honored again. Online twice is harmless. Source:
--- IOCTL_VOLUME_ONLINE.
---
--- Errors: ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_BUSY, ERROR_NOT_READY,
--- ERROR_IO_DEVICE, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return true? answer
---@return Error? err
function Volume:online() end

--- Whether the volume is offline. Source: IOCTL_VOLUME_IS_OFFLINE.
---
--- Errors: ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return boolean? answer
---@return Error? err
function Volume:is_offline() end

--- Whether this kind of device has an offline state that outlives the host. Source:
--- IOCTL_VOLUME_SUPPORTS_ONLINE_OFFLINE.
---
--- Errors: ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return boolean? answer
---@return Error? err
function Volume:supports_online_offline() end

--- Reads sectors from the device itself, aligned and uncached, and answers how many bytes were
--- read.
--- `sectors`: 512-byte sector numbers to read past every cache, default {0}
--- `write_file`: also write and read back this file, a name relative to the mount point
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_CRC, ERROR_WRITE_PROTECT, ERROR_DISK_FULL,
--- ERROR_INVALID_PARAMETER, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@param options? { sectors?: integer[], write_file?: string }
---@return integer? answer
---@return Error? err
function Volume:probe(options) end

--- Writes everything cached for the volume to its device, and waits.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_CRC, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return true? answer
---@return Error? err
function Volume:flush() end

--- Whether the file system says it was not cleanly dismounted or has errors. Source:
--- FSCTL_IS_VOLUME_DIRTY.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_UNRECOGNIZED_VOLUME, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return boolean? answer
---@return Error? err
function Volume:is_dirty() end

--- Which disks the volume lies on. Source: IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_CRC, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return Extent[]? answer
---@return Error? err
function Volume:extents() end

--- The system's number for the volume, good until the next boot. Source:
--- IOCTL_VOLUME_QUERY_VOLUME_NUMBER.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_CRC, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return integer? answer
---@return Error? err
function Volume:number() end

--- Kind, device, file system, mount point, size, sector size, read-only.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_CRC, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return VolumeAttributes? answer
---@return Error? err
function Volume:attributes() end

return {}
