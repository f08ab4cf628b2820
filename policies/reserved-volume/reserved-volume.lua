--- A volume on a disk that several nodes reach: the one that has the disk's persistent reservation
--- uses it, and the disk itself refuses the writes of all others.
---
--- Taking it follows the challenge and defence of SCSI-3 arbitration: the owner looks every
--- DefendEvery who else has registered and throws strangers out; a challenger registers, waits for
--- ChallengeFor, and is the new owner if its registration is still there.
---
--- What was taken by force is held with another key than what was free: so the disk itself tells
--- which of the two it was, whatever became of the host that took it.
---
--- A node that lost its reservation fails at once and asks no more of the disk than to go offline
--- here: what it still has in its caches must not reach a disk that another node has changed.

local volume = require "volume"
local timer = require "timer"
local log = require "log"
local retry = require "retry"

local policy = {
  api = 1,
  version = "1.0",
  capabilities = { "volume", "volume.force", "timer", "reservation" },
  properties = {
    VolumePath = { type = "string", required = true, doc = "the volume to own" },
    DiskPath = { type = "string",
      doc = "the disk below it: \\\\.\\PhysicalDrive3, /dev/sdb; empty: the volume itself" },
    MountPoint = { type = "string", doc = "where to mount it; empty: not mounted" },
    Key = { type = "integer", default = 0, min = 0,
      doc = "this node's key, another one on each node; 0: made from the node's name" },
    Kind = { type = "string", default = "write_exclusive_registrants",
      doc = "write_exclusive, exclusive, write_exclusive_registrants, exclusive_registrants" },
    DefendEvery = { type = "duration", default = "3s", doc = "how often the owner defends" },
    ChallengeFor = { type = "duration", default = "10s",
      doc = "how long a challenge lasts: more than two defences" },
    OfflineWithin = { type = "duration", default = "20s",
      doc = "how long to wait for open files before offline fails" },
  },
  timeouts = { online = "180s", offline = "60s", arbitrate = "40s", release = "10s",
    is_alive = "5s", terminate = "10s" },
}

local function open_volume(resource)
  return volume.open(resource.properties.VolumePath)
end

-- What this resource has up here, wherever its name leads by now; nil and ERROR_NOT_FOUND when
-- nothing is.
local function ours(resource)
  local where = resource.properties.MountPoint
  return volume.ours(resource.properties.VolumePath, { at = where ~= "" and where or nil })
end

local function nothing_is_up(err)
  return err.name == "ERROR_NOT_FOUND"
end

local function open_disk(resource)
  local path = resource.properties.DiskPath
  return volume.open(path ~= "" and path or resource.properties.VolumePath)
end

-- FNV-1a of the node's name: the same on each start, another one on each node. Never negative: its
-- complement is the key of this node that took the disk by force.
local function key_of(resource)
  if resource.properties.Key ~= 0 then return resource.properties.Key end
  local key = 0x4bf29ce484222325
  for i = 1, #resource.node do key = (key ~ resource.node:byte(i)) * 0x100000001b3 end
  key = key & math.maxinteger
  return key ~= 0 and key or 1
end

local function registered(disk, key)
  for _, other in ipairs(assert(disk:registered_keys())) do
    if other == key then return true end
  end
  return false
end

-- False: somebody else is registered, may write, and never said that it stopped.
local function alone(disk, key)
  for _, other in ipairs(assert(disk:registered_keys())) do
    if other ~= key and other ~= ~key then return false end
  end
  return true
end

-- All that registered may write, with the kinds that are for registrants.
local function throw_out(resource, disk, mine)
  for _, other in ipairs(assert(disk:registered_keys())) do
    if other ~= mine then
      assert(disk:preempt(mine, other, { kind = resource.properties.Kind }))
    end
  end
end

-- The key with which this node has the reservation, false, or nil and the error that kept us from
-- knowing.
local function holds(disk, key)
  local held, err = disk:reservation()
  if not held then return nil, err end
  if held.kind == "" or held.key ~= key and held.key ~= ~key then return false end
  return held.key
end

-- Whatever state an earlier time left it in here: no longer mounted, and offline. What was cached
-- of it is lost, as it must be: another node may have written meanwhile.
-- `anyway`: what cannot be dismounted, because a mount of it hangs, is taken offline all the same.
local function set_aside(resource, anyway)
  local vol <close>, err = ours(resource)
  if not vol then return nothing_is_up(err) or nil, err end
  -- Asked to be sure: offline twice is harmless, and a volume that is online in truth refuses.
  if vol:is_offline() and vol:offline() then return true end
  local gone, why = vol:dismount { force = true }
  if gone then return vol:offline() end
  if anyway then vol:offline() end
  return nil, why
end

local function challenge(resource, disk, forced, holder)
  local p = resource.properties
  assert(disk:register(forced))
  resource:progress("challenging the owner of the disk")
  timer.sleep(p.ChallengeFor)
  if not registered(disk, forced) then
    error("the disk's owner defends it: arbitration is lost")
  end
  local held = assert(disk:reservation())
  if held.kind == "" then
    assert(disk:reserve(forced, { kind = p.Kind }))
  elseif held.key ~= holder then
    error("another node won the disk: arbitration is lost")
  else
    assert(disk:preempt(forced, holder, { kind = p.Kind }))
  end
end

-- Afterwards the reservation is ours, or this raises and, if it is not, our registration is gone.
local function arbitrate(resource, disk)
  local p, key = resource.properties, key_of(resource)
  -- Not known to be another's or free, it may be ours, and must keep the key that it has.
  local held = assert(disk:reservation())
  if held.kind ~= "" and (held.key == key or held.key == ~key) then return end
  local ok, err = pcall(function()
    if held.kind == "" and alone(disk, key) then  -- whoever had it gave it up
      assert(disk:register(key))
      assert(disk:reserve(key, { kind = p.Kind }))
    else
      challenge(resource, disk, ~key, held.key)
    end
    local mine = holds(disk, key)
    if not mine then error("the disk does not confirm the reservation") end
    throw_out(resource, disk, mine)
  end)
  if ok then return end
  -- What failed may have had its effect all the same: then it is ours.
  if holds(disk, key) == false then disk:register(0) end
  error(err, 0)
end

-- Only of a volume that is offline here, or locked. What was taken by force stays guarded: its
-- former owner never said that it stopped, and could write again if nobody held the disk. Whoever
-- wants it next challenges for it.
local function give_up(resource, disk)
  local p, key = resource.properties, key_of(resource)
  local mine, err = holds(disk, key)
  if mine == nil then return log.warning("not released: %s", err) end
  if mine == ~key then
    return log.info("taken by force: the reservation stays, offline too")
  end
  if mine then
    local released, why = disk:release(mine, { kind = p.Kind })
    if not released then return log.warning("release: %s", why) end
  end
  local gone, why = disk:register(0)
  if not gone then log.warning("unregister: %s", why) end
end

-- Ours still; whoever else has registered is thrown out. False when the reservation is lost, nil
-- and the error when that cannot be told.
local function defended(resource, disk)
  local p, key = resource.properties, key_of(resource)
  local mine, err = holds(disk, key)
  if not mine then return mine, err end
  for _, other in ipairs(disk:registered_keys() or {}) do
    if other ~= mine then
      local out, why = disk:preempt(mine, other, { kind = p.Kind })
      log.warning("a challenge by key %x: %s", other, out and "thrown out" or why)
    end
  end
  return true
end

-- Beside the entry points while online, through a handle of its own that is opened again after an
-- error. Who cannot tell for as long as a challenge lasts has lost.
local function defend(resource)
  local p = resource.properties
  local limit = timer.seconds(p.ChallengeFor)
  local known = timer.now()
  while true do
    local disk <close>, err = open_disk(resource)
    local mine = disk ~= nil
    while mine do
      timer.sleep(p.DefendEvery)
      mine, err = defended(resource, disk)
      if mine == false then resource:fail("the disk's reservation is lost") end
      if mine then known = timer.now() end
    end
    if timer.now() - known > limit then
      resource:fail("cannot tell who has the disk's reservation: " .. tostring(err))
    end
    timer.sleep("1s")
  end
end

-- From whatever state to the reservation, with the volume offline meanwhile.
local function take(resource)
  local disk <close> = assert(open_disk(resource))
  if holds(disk, key_of(resource)) then return end
  assert(set_aside(resource))
  arbitrate(resource, disk)
end

function policy.arbitrate(resource)
  take(resource)
end

function policy.release(resource)
  local vol <close> = assert(open_volume(resource))
  if not assert(vol:is_offline()) then error("online: its reservation stays") end
  local disk <close> = assert(open_disk(resource))
  give_up(resource, disk)
end

function policy.online(resource)
  local p = resource.properties
  local tries = { times = 5, first = "250ms", max = "4s" }
  take(resource)
  local vol <close> = assert(open_volume(resource))
  retry.run(tries, function() assert(vol:online()) end)
  if not vol:is_mounted() and vol:is_dirty() then
    log.warning("%s was not cleanly dismounted", p.VolumePath)
  end
  if p.MountPoint ~= "" then
    resource:progress("mounting at " .. p.MountPoint)
    retry.run(tries, function() assert(vol:mount(p.MountPoint)) end)
  else
    -- Mounted by somebody else it would be online, and not this resource's to take offline again.
    local _ <close> = assert(ours(resource))
  end
  assert(vol:probe())
  resource:watch(defend)
end

-- Lock, dismount and offline on one handle: nobody can mount the volume in between. The reservation
-- goes last.
function policy.offline(resource)
  local vol <close>, why = ours(resource)
  if not vol and not nothing_is_up(why) then error(why) end
  if vol and not (vol:is_offline() and vol:offline()) then
    retry.run({ within = resource.properties.OfflineWithin, first = "100ms", max = "2s",
      on_error = function(err) resource:progress("waiting for open files: " .. err.detail) end,
    }, function() assert(vol:lock()) end)
    assert(vol:dismount())
    assert(vol:offline())
  end
  local disk <close>, err = open_disk(resource)
  if disk then give_up(resource, disk) else log.warning("not released: %s", err) end
end

local function check(resource)
  local disk <close>, err = open_disk(resource)
  if not disk then return false, err end
  local mine, why = holds(disk, key_of(resource))
  if mine then return true end
  return false, why or "the disk's reservation is lost"
end

function policy.is_alive(resource)
  local vol <close>, err = ours(resource)
  if not vol then return false, nothing_is_up(err) and err.detail or err end
  local ok, why = check(resource)
  if not ok then return false, why end
  local offline, because = vol:is_offline()
  if offline ~= false then return false, because or "the volume is offline" end
  local where = resource.properties.MountPoint
  if where ~= "" then
    local mounted, reason = vol:is_mounted()
    if not mounted then return false, reason or "nothing is mounted at " .. where end
  end
  local bytes, failed = vol:probe()
  return bytes ~= nil, failed
end

-- The last word: what does not work is logged. Not known to be offline, the disk stays reserved.
function policy.terminate(resource)
  local aside, err = set_aside(resource, true)
  if not aside then return log.warning("not offline: %s", err) end
  local disk <close> = open_disk(resource)
  if disk and holds(disk, key_of(resource)) then give_up(resource, disk) end
end

-- The watch that defends was the old version's.
function policy.migrate(resource, _, state)
  resource:watch(defend)
  return state
end

return policy
