--- Removing a LUN without a surprise: its volume is locked, dismounted, taken offline and confirmed
--- offline before anybody masks the LUN, so that no program can mount it again in between.
---
--- Online means that the volume is ours to use; offline means that it is handed over. Who takes it
--- is in the store under "lun.taker", written only when the device itself says that it is offline.

local volume = require "volume"
local store = require "store"
local log = require "log"
local retry = require "retry"

local policy = {
  api = 1,
  version = "1.0",
  capabilities = { "volume", "volume.force", "timer", "store" },
  properties = {
    VolumePath = { type = "string", required = true, doc = "the volume on the LUN" },
    Taker = { type = "string", required = true,
      doc = "who takes the LUN: a host, an array's name" },
    LockWithin = { type = "duration", default = "30s",
      doc = "how long to wait for open files before giving up" },
  },
  timeouts = { online = "120s", offline = "90s", is_alive = "5s" },
}

local taker_key = "lun.taker"

-- What this resource has up here, wherever its name leads by now; nil and ERROR_NOT_FOUND when
-- nothing is.
local function ours(resource)
  return volume.ours(resource.properties.VolumePath)
end

local function nothing_is_up(err)
  return err.name == "ERROR_NOT_FOUND"
end

local function hand_over(resource)
  assert(store.set(taker_key, resource.properties.Taker))
  log.info("%s is offline: %s may mask its LUN", resource.properties.VolumePath,
    resource.properties.Taker)
end

-- Without a state that outlives this host nothing keeps others from mounting the volume.
local function need_offline_state(vol)
  local supported, err = vol:supports_online_offline()
  if err then error(err) end
  if not supported then
    error("this kind of device has no offline state: its LUN cannot be handed over safely")
  end
end

function policy.online(resource)
  local vol <close> = assert(volume.open(resource.properties.VolumePath))
  need_offline_state(vol)
  assert(store.set(taker_key, ""))
  retry.run({ times = 5, first = "250ms" }, function() assert(vol:online()) end)
  -- Mounted by somebody else it would be online, and not this resource's to hand over.
  local _ <close> = assert(ours(resource))
  assert(vol:probe())
end

-- Nothing of this resource's is up here. The device may say that it is offline all the same: then
-- it is handed over, once more or for the first time since somebody else took it offline.
local function hand_over_if_offline(resource)
  local vol <close> = volume.open(resource.properties.VolumePath)
  if vol and vol:is_offline() and vol:offline() then return hand_over(resource) end
  log.warning("%s is not offline, and not by this resource: it is not handed over",
    resource.properties.VolumePath)
end

function policy.offline(resource)
  local vol <close>, err = ours(resource)
  if not vol then
    if nothing_is_up(err) then return hand_over_if_offline(resource) end
    error(err)
  end
  -- Asked to be sure: offline twice is harmless, and a volume that is online in truth refuses.
  if vol:is_offline() and vol:offline() then return hand_over(resource) end
  need_offline_state(vol)
  resource:progress("waiting for open files")
  retry.run({ within = resource.properties.LockWithin, first = "100ms", max = "2s" }, function()
    assert(vol:lock())
  end)
  resource:progress("dismounting")
  assert(vol:dismount())
  assert(vol:offline())
  if not vol:is_offline() then error("the volume says that it is not offline") end
  hand_over(resource)
end

function policy.is_alive(resource)
  local vol <close>, err = ours(resource)
  if not vol then return false, nothing_is_up(err) and err.detail or err end
  if vol:is_offline() then return false, "the volume is offline" end
  local bytes, why = vol:probe()
  return bytes ~= nil, why
end

-- Nothing is handed over here: a forced dismount proves too little.
function policy.terminate(resource, cause)
  log.warning("terminating: %s", cause.message)
  local vol <close> = ours(resource)
  if not vol then return end
  local ok, err = vol:dismount { force = true }
  if not ok then log.warning("dismount: %s", err) end
end

return policy
