-- What an operator asks of a volume: `tidegate test policies/volume` answers.
local scenario = require "scenario"
local faults = require "faults"

-- Online on A, and used for a while.
local function begin(c)
  c:always("never writable on two nodes", function()
    return not (c:writable("vol1", "A") and c:writable("vol1", "B"))
  end)
  c:online("vol1", "A")
  c:settle("5m")
  c:after("30s")
  assert(c:volume("vol1", "A") == "mounted")
end

return {
  ["a volume moves with all that was written to it"] = function(c)
    begin(c)
    local written = c:records("vol1") + c:cached("vol1", "A")
    assert(written > 0, "nothing was written")
    c:move("vol1", "B")
    c:eventually(scenario.online("vol1", "B"), "1m")
    assert(c:records("vol1") >= written, "a record was lost")
    assert(c:volume("vol1", "A") == "offline")
    c:offline("vol1")
    c:settle("5m")
    assert(c:volume("vol1", "B") == "offline")
  end,

  ["a busy volume is waited for"] = function(c)
    begin(c)
    c:plan(faults.busy("A", "vol1", 3))
    c:move("vol1", "B")
    c:eventually(scenario.online("vol1", "B"), "30s")
    assert(c:times("vol1", "A", "Failed") == 0)
  end,

  ["a program that has files open delays a move"] = function(c)
    begin(c)
    c:inject("A vol1", "intruder_opens", "8s")
    c:move("vol1", "B")
    c:eventually(scenario.online("vol1", "B"), "30s")
    assert(c:times("vol1", "A", "Failed") == 0)
  end,

  ["a volume that stays busy is taken away in the end"] = { cluster = "wsfc", function(c)
    begin(c)
    c:fault("A vol1 volume.lock#1", "fails_from_now_on", "ACCESS_DENIED")
    c:move("vol1", "B")
    c:eventually("its offline fails", scenario.said("vol1", "A", "Failed"), "30s")
    c:eventually(scenario.online("vol1", "B"), "1m")
    assert(c:disk("vol1") == "present")
  end },

  ["a node whose volume does not stop is fenced"] = { cluster = "pacemaker", function(c)
    begin(c)
    c:fault("A vol1 volume.lock#1", "fails_from_now_on", "ACCESS_DENIED")
    c:move("vol1", "B")
    c:eventually("A is fenced", function() return not c:up("A") end, "2m")
    c:eventually(scenario.online("vol1", "B"), "2m")
  end },

  ["an offline that hangs ends all the same"] = function(c)
    begin(c)
    c:plan(faults.hangs("A", "vol1", "volume.offline"))
    c:move("vol1", "B")
    c:eventually(scenario.online("vol1", "B"), "5m")
  end,

  ["a disk that is gone is noticed, and used again when it is back"] = function(c)
    begin(c)
    c:inject("A vol1", "disk_gone", "3m")
    c:eventually("it is noticed", function() return not c:is_online("vol1") end, "1m")
    c:eventually(scenario.online("vol1"), "90m")
  end,

  ["a node that loses power costs what was only in its cache"] = function(c)
    begin(c)
    local safe = c:records("vol1")
    c:always("what was on the disk stays there", function() return c:records("vol1") >= safe end)
    c:inject("A", "reboots")
    c:eventually(scenario.online("vol1", "B"), "1m")
    c:sometimes("A is back", function() return c:up("A") end)
    c:after("2m")
    assert(c:owner("vol1") == "B")
  end,

  ["a node that is cut off loses the volume to the other one"] = function(c)
    begin(c)
    c:inject("A", "partitioned", "3m")
    c:eventually(scenario.online("vol1", "B"), "1m")
    c:after("5m")
    assert(c:is_online("vol1"))
  end,

  ["a node that hears the others and is not heard loses it too"] = function(c)
    begin(c)
    c:inject("A", "partitioned_one_way", "3m")
    c:eventually(scenario.online("vol1", "B"), "1m")
    c:after("5m")
    assert(c:is_online("vol1"))
  end,

  ["a killed host finds its volume again"] = function(c)
    begin(c)
    c:inject("A", "host_killed")
    c:after("5s")
    c:eventually(scenario.online("vol1"), "1m")
  end,

  ["a new version of the policy takes over without an interruption"] = function(c)
    begin(c)
    c:always("it stays online", scenario.online("vol1", "A"))
    c:swap("vol1", "A")
    c:after("2m")
  end,

  ["without retries one refusal fails the online, and the restart makes it good"] = {
    cluster = "wsfc", set = { OnlineRetries = 0 }, function(c)
      c:fault("A vol1 volume.online#1", "fails", "BUSY")
      c:online("vol1", "A")
      c:eventually(scenario.said("vol1", "A", "Failed"), "1s")
      c:eventually(scenario.online("vol1", "A"), "10s")
      assert(c:times("vol1", "A", "Failed") == 1)
    end },

  ["a volume that fails on one node moves after as many restarts as it may have"] = {
    cluster = "wsfc", monitor = { RestartThreshold = 1, IsAlivePollInterval = "10s" }, function(c)
      c:plan(faults.first(1, "A vol1 volume.probe", "fails_from_now_on NOT_READY"))
      c:online("vol1", "A")
      c:eventually(scenario.online("vol1", "B"), "1m")
      assert(c:times("vol1", "A", "Failed") == 2)
    end },

  ["nothing that goes wrong on an ordinary day breaks an invariant"] = { explore = 1, function(c)
    begin(c)
    c:move("vol1", "B")
    c:settle("5m")
    c:sometimes("the volume is elsewhere", function() return c:owner("vol1") == "B" end)
    c:offline("vol1")
    c:settle("5m")
  end },
}
