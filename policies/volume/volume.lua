--- A volume as a cluster resource: an image file, a loop device or a block device.
---
--- Every entry point asks the device what is true and remembers nothing, so that a host that was
--- killed at any moment finds its way back.

local volume = require "volume"
local log = require "log"
local retry = require "retry"
local health = require "health"

local policy = {
  api = 1,
  version = "1.0",
  capabilities = { "volume", "volume.force", "timer" },
  properties = {
    VolumePath = { type = "string", required = true, unique = true,
      doc = "the volume to own: an image file, loop:FILE, or a block device" },
    MountPoint = { type = "string", unique = true, doc = "where to mount it; empty: not mounted" },
    OnlineRetries = { type = "integer", default = 5, min = 0, max = 100, reloadable = true,
      doc = "how often to try again to bring the device online" },
    OfflineWithin = { type = "duration", default = "20s", reloadable = true,
      doc = "how long to wait for open files before offline fails" },
    ProbeSector = { type = "integer", default = 0, min = 0, reloadable = true,
      doc = "the 512-byte sector that is_alive reads past every cache" },
    DeepProbeEvery = { type = "integer", default = 0, min = 0, max = 1000, reloadable = true,
      doc = "every so many is_alive also write and read back a file; 0: never" },
  },
  timeouts = { online = "180s", offline = "60s", looks_alive = "2s", is_alive = "5s",
    terminate = "10s" },
  health = { fail_after = 2, of = 3 },
}

local function mount_point(resource)
  local where = resource.properties.MountPoint
  return where ~= "" and where or nil
end

-- What this resource has up here, wherever its name leads by now; nil and ERROR_NOT_FOUND when
-- nothing is.
local function ours(resource)
  return volume.ours(resource.properties.VolumePath, { at = mount_point(resource) })
end

local function nothing_is_up(err)
  return err.name == "ERROR_NOT_FOUND"
end

function policy.online(resource)
  local p = resource.properties
  local tries = { times = p.OnlineRetries + 1, first = "250ms", max = "4s" }
  local vol <close> = retry.run(tries, function() return assert(volume.open(p.VolumePath)) end)
  retry.run(tries, function() assert(vol:online()) end)
  if not vol:is_mounted() and vol:is_dirty() then
    log.warning("%s was not cleanly dismounted", p.VolumePath)
  end
  local where = mount_point(resource)
  if where then
    resource:progress("mounting at " .. where)
    retry.run(tries, function() assert(vol:mount(where)) end)
  else
    -- Mounted by somebody else it would be online, and not this resource's to take offline again.
    local _ <close> = assert(ours(resource))
  end
  assert(vol:probe { sectors = { p.ProbeSector } })
end

-- Lock, dismount and offline on one handle: nobody can mount the volume in between.
function policy.offline(resource)
  local vol <close>, err = ours(resource)
  if not vol then
    if nothing_is_up(err) then return end
    error(err)
  end
  -- Asked to be sure: offline twice is harmless, and a volume that is online in truth refuses.
  if vol:is_offline() and vol:offline() then return end
  retry.run({ within = resource.properties.OfflineWithin, first = "100ms", max = "2s",
    on_error = function(err) resource:progress("waiting for open files: " .. err.detail) end,
  }, function() assert(vol:lock()) end)
  assert(vol:dismount())
  local ok, why = vol:offline()
  if ok then return end
  -- A device without an offline state of its own is dismounted, and that is all there is to do.
  if why.name ~= "ERROR_NOT_SUPPORTED" or vol:supports_online_offline() ~= false then error(why) end
  log.warning("%s has no offline state: dismounted only", resource.properties.VolumePath)
end

-- True, or false and why. The handle is closed on every way out.
local function check(resource, more)
  local vol <close>, err = ours(resource)
  if not vol then return false, nothing_is_up(err) and err.detail or err end
  local offline, why = vol:is_offline()
  if offline == nil then return false, why end
  if offline then return false, "the volume is offline" end
  local where = mount_point(resource)
  if where then
    local mounted, because = vol:is_mounted()
    if not mounted then return false, because or "nothing is mounted at " .. where end
  end
  if more then return more(vol) end
  return true
end

function policy.looks_alive(resource)
  return check(resource)
end

function policy.is_alive(resource, asked)
  local p = resource.properties
  if asked and asked.probe and not mount_point(resource) then
    return false, "nothing is mounted, so nothing shows that it is in use here"
  end
  return check(resource, function(vol)
    local probe = { sectors = { p.ProbeSector } }
    local deep = asked and asked.deep or
      p.DeepProbeEvery > 0 and health.every(resource.state, "deep", p.DeepProbeEvery)
    if deep and mount_point(resource) then
      probe.write_file = ".tidegate-probe"
    end
    local bytes, err = vol:probe(probe)
    return bytes ~= nil, err
  end)
end

-- The last word: what does not work is logged, and the next step is tried all the same.
function policy.terminate(resource)
  local function try(what, f)
    local ran, ok, err = pcall(f)
    if not ran then ok, err = nil, ok end
    if not ok then log.warning("%s: %s", what, err) end
  end
  local vol <close>, err = ours(resource)
  if not vol then
    if not nothing_is_up(err) then log.warning("not opened: %s", err) end
    return
  end
  try("dismount", function() return vol:dismount { force = true } end)
  try("offline", function() return vol:offline() end)
end

return policy
