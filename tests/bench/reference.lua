--- The policy that memory is measured by: 150 lines of what a careful author writes for a database
--- on a volume. It opens, mounts, probes, counts, retries, and explains itself.

local volume = require "volume"
local cluster = require "cluster"
local store = require "store"
local timer = require "timer"
local log = require "log"
local retry = require "retry"

local policy = {
  api = 1,
  version = "2.1",
  properties = {
    DataPath = { type = "string", default = "/srv/data.img", doc = "the volume with the data" },
    LogPath = { type = "string", default = "/srv/log.img", doc = "the volume with the log" },
    DataMount = { type = "string", default = "/srv/data", doc = "where the data is mounted" },
    LogMount = { type = "string", default = "/srv/log", doc = "where the log is mounted" },
    Retries = { type = "integer", default = 4, min = 0, max = 20, doc = "attempts per volume" },
    Patience = { type = "duration", default = "20s", doc = "how long offline waits for files" },
    DeepEvery = { type = "integer", default = 12, min = 0, max = 1000, doc = "polls per write" },
    SlowProbe = { type = "duration", default = "2s", doc = "a probe that takes longer is told" },
    NeedsQuorum = { type = "boolean", default = true, doc = "stay offline without a majority" },
  },
  timeouts = { online = "120s", offline = "90s", looks_alive = "2s", is_alive = "10s" },
  health = { fail_after = 2, of = 3 },
}

local function both(resource)
  local p = resource.properties
  return { { path = p.DataPath, mount = p.DataMount, name = "data" },
    { path = p.LogPath, mount = p.LogMount, name = "log" } }
end

local function mount(resource, part)
  local tries = { times = resource.properties.Retries + 1, first = "250ms", max = "4s" }
  local vol <close> = retry.run(tries, function() return assert(volume.open(part.path)) end)
  if vol:is_offline() then
    retry.run(tries, function() assert(vol:online()) end)
  end
  if vol:is_mounted() then
    log.info("%s is mounted already", part.name)
    return
  end
  if vol:is_dirty() then
    log.warning("%s was not cleanly dismounted", part.name)
    resource.state.dirty = (resource.state.dirty or 0) + 1
  end
  resource:progress("mounting " .. part.name)
  retry.run(tries, function() assert(vol:mount(part.mount)) end)
  assert(vol:probe { sectors = { 0 } })
end

function policy.online(resource)
  if resource.properties.NeedsQuorum then
    local quorate, err = cluster.quorum()
    if not quorate then
      return nil, err or "this node is not in a quorate part"
    end
  end
  for _, part in ipairs(both(resource)) do
    mount(resource, part)
  end
  local previous = store.get("owner")
  if previous and previous ~= resource.node then
    log.info("taken over from %s", previous)
  end
  assert(store.set("owner", resource.node))
  resource.state.polls = 0
end

local function dismount(resource, part)
  local vol, err = volume.open(part.path)
  if not vol then
    log.warning("%s: %s", part.name, err)
    return
  end
  local closing <close> = vol
  if vol:is_offline() then
    return
  end
  retry.run({
    within = resource.properties.Patience,
    first = "100ms",
    max = "2s",
    on_error = function(problem)
      resource:progress(part.name .. " is busy: " .. problem.detail)
    end,
  }, function() assert(vol:lock()) end)
  assert(vol:dismount())
  local ok, why = vol:offline()
  if not ok and why.name ~= "ERROR_NOT_SUPPORTED" then
    error(why)
  end
end

-- The log goes last: what the data still has to say goes there.
function policy.offline(resource)
  local parts = both(resource)
  dismount(resource, parts[1])
  dismount(resource, parts[2])
end

local function mounted(part)
  local vol <close>, err = volume.open(part.path)
  if not vol then
    return false, err
  end
  local is, why = vol:is_mounted()
  if not is then
    return false, why or (part.name .. " is not mounted at " .. part.mount)
  end
  return true
end

function policy.looks_alive(resource)
  for _, part in ipairs(both(resource)) do
    local ok, err = mounted(part)
    if not ok then return false, err end
  end
  return true
end

local function probe(resource, part, deep)
  local vol <close>, err = volume.open(part.path)
  if not vol then return false, err end
  local began = timer.now()
  local bytes, why = vol:probe { sectors = { 0, 8 }, write_file = deep and ".probe" or nil }
  local took = timer.now() - began
  if took > timer.seconds(resource.properties.SlowProbe) then
    log.warning("%s took %.1f s to answer", part.name, took)
  end
  return bytes ~= nil, why
end

function policy.is_alive(resource)
  local state, every = resource.state, resource.properties.DeepEvery
  state.polls = (state.polls or 0) + 1
  local deep = every > 0 and state.polls % every == 0
  for _, part in ipairs(both(resource)) do
    local ok, err = probe(resource, part, deep)
    if not ok then return false, err end
  end
  return true
end

function policy.terminate(resource, cause)
  log.warning("cut off in %s: %s", cause.entry_point, cause.message)
end
return policy
