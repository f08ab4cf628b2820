-- What an operator asks of a disk that two nodes reach: `tidegate test policies/reserved-volume`.
local scenario = require "scenario"

-- Online on A, and used for a while.
local function begin(c)
  c:online("vol1", "A")
  c:settle("5m")
  c:after("30s")
  assert(c:writable("vol1", "A"))
end

return {
  ["the reservation moves with the volume and all that was written to it"] = function(c)
    begin(c)
    local written = c:records("vol1") + c:cached("vol1", "A")
    assert(written > 0, "nothing was written")
    c:move("vol1", "B")
    c:eventually(scenario.online("vol1", "B"), "1m")
    assert(c:records("vol1") >= written, "a record was lost")
    c:after("30s")
    c:move("vol1", "A")
    c:eventually(scenario.online("vol1", "A"), "1m")
  end,

  ["a node that is cut off loses the disk before another one writes to it"] = function(c)
    begin(c)
    c:inject("A", "partitioned", "3m")
    c:eventually(scenario.online("vol1", "B"), "2m")
    assert(not c:writable("vol1", "A"))
    c:after("5m")
    assert(c:is_online("vol1"))
  end,

  ["a node that lost its reservation fails at once and comes back"] = function(c)
    begin(c)
    c:inject("A vol1", "reservation_lost")
    c:eventually("it stops", function() return c:volume("vol1", "A") ~= "mounted" end, "15s")
    c:eventually(scenario.online("vol1"), "2m")
  end,

  ["a dead node's reservation is taken by force"] = function(c)
    begin(c)
    local safe = c:records("vol1")
    c:inject("A", "reboots")
    c:eventually(scenario.online("vol1", "B"), "2m")
    assert(c:records("vol1") >= safe, "a record was lost")
  end,

  ["who cannot tell for as long as a challenge lasts has lost"] = { cluster = "wsfc", function(c)
    begin(c)
    c:fault("A vol1 volume.reservation#20", "fails_from_now_on", "BUSY")
    c:eventually("it fails", scenario.said("vol1", "A", "Failed"), "1m")
  end },

  ["a new version of the policy goes on defending"] = function(c)
    begin(c)
    c:always("it stays online", scenario.online("vol1", "A"))
    c:swap("vol1", "A")
    c:after("2m")
  end,

  ["nothing that goes wrong on an ordinary day breaks an invariant"] = { explore = 1, function(c)
    begin(c)
    c:move("vol1", "B")
    c:settle("5m")
    c:sometimes("the volume is elsewhere", function() return c:owner("vol1") == "B" end)
    c:offline("vol1")
    c:settle("5m")
  end },
}
