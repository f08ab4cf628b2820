---@meta
-- What a policy can do with an open volume. Made from the bindings: do not edit.

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

--- Locks the volume: succeeds only when no file on it is open and nobody else has it mounted; its
--- caches are then flushed and nobody else can mount or open it. Held until unlock or close.
--- Source: FSCTL_LOCK_VOLUME.
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

--- Whether a file system of this volume is mounted, asked of the system and not remembered. Of a
--- volume that this resource has mounted: at that mount point; ERROR_NOT_READY when something else
--- is mounted over it. Source: FSCTL_IS_VOLUME_MOUNTED.
---
--- Errors: ERROR_NOT_READY, ERROR_INVALID_HANDLE.
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

--- Whether I/O on the volume can succeed now. Source: IOCTL_VOLUME_IS_IO_CAPABLE.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return boolean? answer
---@return Error? err
function Volume:is_io_capable() end

--- Whether the volume lies on a disk that the cluster has as a resource. Source:
--- IOCTL_VOLUME_IS_CLUSTERED.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return boolean? answer
---@return Error? err
function Volume:is_clustered() end

--- Whether the volume is one partition of one disk. Source: IOCTL_VOLUME_IS_PARTITION.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return boolean? answer
---@return Error? err
function Volume:is_partition() end

--- Whether a volume manager made it: a dynamic disk, the device mapper. Source:
--- IOCTL_VOLUME_IS_DYNAMIC.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return boolean? answer
---@return Error? err
function Volume:is_dynamic() end

--- Whether it is a cluster shared volume, which is never taken offline. Source:
--- IOCTL_VOLUME_IS_CSV.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return boolean? answer
---@return Error? err
function Volume:is_csv() end

--- The numbers of the disks that must move with it from node to node. Source:
--- IOCTL_VOLUME_QUERY_FAILOVER_SET.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return integer[]? answer
---@return Error? err
function Volume:failover_set() end

--- Has the system forget what it remembers of the volume, such as its size. Source:
--- IOCTL_VOLUME_UPDATE_PROPERTIES.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return true? answer
---@return Error? err
function Volume:update_properties() end

--- Tells the volume's drivers that it went online; nothing where there are none to tell. Source:
--- IOCTL_VOLUME_POST_ONLINE.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return true? answer
---@return Error? err
function Volume:post_online() end

--- Where a byte of the volume lies: a disk and an offset for each copy, of length 0. Source:
--- IOCTL_VOLUME_LOGICAL_TO_PHYSICAL.
--- `offset`: bytes from the volume's start
---
--- Errors: ERROR_NOT_READY, ERROR_INVALID_PARAMETER, ERROR_NOT_SUPPORTED, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@param offset integer
---@return Extent[]? answer
---@return Error? err
function Volume:logical_to_physical(offset) end

--- Which byte of the volume lies there; ERROR_INVALID_PARAMETER outside of it. Source:
--- IOCTL_VOLUME_PHYSICAL_TO_LOGICAL.
--- `disk`: the disk's number
--- `offset`: bytes from the disk's start
---
--- Errors: ERROR_NOT_READY, ERROR_INVALID_PARAMETER, ERROR_NOT_SUPPORTED, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@param disk integer
---@param offset integer
---@return integer? answer
---@return Error? err
function Volume:physical_to_logical(disk, offset) end

--- Whether an attribute of the volume's partition is set. Source: IOCTL_VOLUME_GET_GPT_ATTRIBUTES.
--- `name`: no_drive_letter, hidden, shadow_copy, read_only, offline, dax or service
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_INVALID_PARAMETER, ERROR_NOT_SUPPORTED,
--- ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@param name string
---@return boolean? answer
---@return Error? err
function Volume:gpt_attribute(name) end

--- Sets or clears one attribute of the volume's partition and leaves the others. Source:
--- IOCTL_VOLUME_SET_GPT_ATTRIBUTES.
--- `name`: as for gpt_attribute
--- `on`: set or clear it
--- `revert_on_close`: as before when this handle is closed
--- `whole_disk`: for all volumes of the disk, which a disk with an MBR asks for
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_INVALID_PARAMETER, ERROR_NOT_SUPPORTED,
--- ERROR_INVALID_HANDLE.
--- Capability: disk.
---@async
---@param name string
---@param on boolean
---@param options? { revert_on_close?: boolean, whole_disk?: boolean }
---@return true? answer
---@return Error? err
function Volume:set_gpt_attribute(name, on, options) end

--- Whether the device has its medium, without mounting anything: ERROR_NOT_READY when not. Source:
--- IOCTL_STORAGE_CHECK_VERIFY2.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return true? answer
---@return Error? err
function Volume:verify() end

--- The system's number of the disk, good until the next boot: the 3 of PhysicalDrive3. Source:
--- IOCTL_STORAGE_GET_DEVICE_NUMBER.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return integer? answer
---@return Error? err
function Volume:disk_number() end

--- Whether the cluster has the disk as a resource. Source: IOCTL_DISK_IS_CLUSTERED.
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED, ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@return boolean? answer
---@return Error? err
function Volume:disk_is_clustered() end

--- Whether an attribute of the disk is set. Source: IOCTL_DISK_GET_DISK_ATTRIBUTES.
--- `name`: offline, read_only, hidden or maintenance
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_INVALID_PARAMETER, ERROR_NOT_SUPPORTED,
--- ERROR_INVALID_HANDLE.
--- Capability: volume.
---@async
---@param name string
---@return boolean? answer
---@return Error? err
function Volume:disk_attribute(name) end

--- Sets or clears an attribute of the disk: every volume on it feels it. Source:
--- IOCTL_DISK_SET_DISK_ATTRIBUTES.
--- `name`: offline or read_only
--- `on`: set or clear it
--- `persist`: also after the next boot
---
--- Errors: ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_INVALID_PARAMETER, ERROR_NOT_SUPPORTED,
--- ERROR_INVALID_HANDLE.
--- Capability: disk.
---@async
---@param name string
---@param on boolean
---@param options? { persist?: boolean }
---@return true? answer
---@return Error? err
function Volume:set_disk_attribute(name, on, options) end

--- The keys registered with the disk, one for each path of a node to it. Source:
--- IOCTL_STORAGE_PERSISTENT_RESERVE_IN.
---
--- Errors: ERROR_BUSY, ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED,
--- ERROR_INVALID_HANDLE.
--- Capability: reservation.
---@async
---@return integer[]? answer
---@return Error? err
function Volume:registered_keys() end

--- Who holds the disk's reservation; the kind is "" when nobody does. Source:
--- IOCTL_STORAGE_PERSISTENT_RESERVE_IN.
---
--- Errors: ERROR_BUSY, ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED,
--- ERROR_INVALID_HANDLE.
--- Capability: reservation.
---@async
---@return Reservation? answer
---@return Error? err
function Volume:reservation() end

--- Registers this node's key with the disk, in place of one that it had. Source:
--- IOCTL_STORAGE_PERSISTENT_RESERVE_OUT.
--- `key`: this node's key, not 0; 0 takes its registration back
---
--- Errors: ERROR_BUSY, ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED,
--- ERROR_INVALID_HANDLE.
--- Capability: reservation.
---@async
---@param key integer
---@return true? answer
---@return Error? err
function Volume:register(key) end

--- Reserves the disk: others cannot write to it, or not use it at all. Reserved so by this node
--- already is success. Source: IOCTL_STORAGE_PERSISTENT_RESERVE_OUT.
--- `key`: this node's key, registered before
--- `kind`: write_exclusive, exclusive, write_exclusive_registrants (default) or
--- exclusive_registrants
---
--- Errors: ERROR_BUSY, ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED,
--- ERROR_INVALID_HANDLE.
--- Capability: reservation.
---@async
---@param key integer
---@param options? { kind?: string }
---@return true? answer
---@return Error? err
function Volume:reserve(key, options) end

--- Gives this node's reservation up; the registration stays. Source:
--- IOCTL_STORAGE_PERSISTENT_RESERVE_OUT.
--- `key`: this node's key, registered before
--- `kind`: write_exclusive, exclusive, write_exclusive_registrants (default) or
--- exclusive_registrants
---
--- Errors: ERROR_BUSY, ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED,
--- ERROR_INVALID_HANDLE.
--- Capability: reservation.
---@async
---@param key integer
---@param options? { kind?: string }
---@return true? answer
---@return Error? err
function Volume:release(key, options) end

--- Ends the victim's registration: its writes fail from now on, and a reservation that it held is
--- this node's. Source: IOCTL_STORAGE_PERSISTENT_RESERVE_OUT.
--- `key`: this node's key, registered before
--- `victim`: whose registration ends
--- `kind`: of the reservation, as for reserve
--- `abort`: also abort what the victim has under way
---
--- Errors: ERROR_BUSY, ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED,
--- ERROR_INVALID_HANDLE.
--- Capability: reservation.
---@async
---@param key integer
---@param victim integer
---@param options? { kind?: string, abort?: boolean }
---@return true? answer
---@return Error? err
function Volume:preempt(key, victim, options) end

--- Ends the reservation and all registrations, those of other nodes too. Source:
--- IOCTL_STORAGE_PERSISTENT_RESERVE_OUT.
--- `key`: this node's key, registered before
---
--- Errors: ERROR_BUSY, ERROR_NOT_READY, ERROR_IO_DEVICE, ERROR_NOT_SUPPORTED,
--- ERROR_INVALID_HANDLE.
--- Capability: reservation.
---@async
---@param key integer
---@return true? answer
---@return Error? err
function Volume:clear_reservations(key) end

--- Sends a control code as it is and answers the bytes that come back. For what no operation does;
--- only on Windows. Source: DeviceIoControl.
--- `code`: a control code, e.g. 0x2D0800
--- `input`: the input buffer, "" for none
--- `size`: bytes of the output buffer
---
--- Errors: ERROR_INVALID_FUNCTION, ERROR_ACCESS_DENIED, ERROR_NOT_READY, ERROR_IO_DEVICE,
--- ERROR_MORE_DATA, ERROR_NOT_SUPPORTED, ERROR_INVALID_HANDLE.
--- Capability: ioctl.
---@async
---@param code integer
---@param input string
---@param size integer
---@return string? answer
---@return Error? err
function Volume:ioctl(code, input, size) end

return {}
