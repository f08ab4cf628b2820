-- What somebody asks who is about to mask a LUN: `tidegate test policies/lun-mask` answers.
local scenario = require "scenario"
local faults = require "faults"

local function taker(c) return c:stored("vol1", "A", "lun.taker") end

-- Online on A. The array is never named while the volume could still be written to.
local function begin(c)
  c:online("vol1", "A")
  c:settle("5m")
  c:always("named only while it is offline", function()
    return taker(c) ~= "array1" or c:volume("vol1", "A") == "offline"
  end)
  c:after("20s")
end

return {
  defaults = { set = { Taker = "array1" } },

  ["the LUN is handed over when its volume is offline"] = function(c)
    begin(c)
    assert(taker(c) == "")
    c:offline("vol1")
    c:settle("5m")
    assert(c:volume("vol1", "A") == "offline")
    assert(taker(c) == "array1")
  end,

  ["asked twice, it is handed over twice"] = function(c)
    begin(c)
    c:offline("vol1")
    c:settle("5m")
    c:again("vol1")
    c:settle("5m")
    assert(taker(c) == "array1")
  end,

  ["a program that has files open delays the handover"] = function(c)
    begin(c)
    c:inject("A vol1", "intruder_opens", "8s")
    c:offline("vol1")
    c:eventually(function() return taker(c) == "array1" end, "30s")
  end,

  ["a volume that stays busy is not handed over"] = function(c)
    begin(c)
    c:plan(faults.first(1, "A vol1 volume.lock", "fails_from_now_on ACCESS_DENIED"))
    c:offline("vol1")
    c:after("5m")
    assert(taker(c) == "")
  end,

  ["a volume that does not say that it is offline is not handed over"] = function(c)
    c:online("vol1", "A")
    c:settle("5m")
    c:fault("A vol1 volume.offline#1", "fails", "NOT_SUPPORTED")
    c:offline("vol1")
    c:after("5m")
    assert(taker(c) == "")
  end,

  ["taken back, nobody is named any more"] = function(c)
    begin(c)
    c:offline("vol1")
    c:settle("5m")
    c:online("vol1", "A")
    c:eventually(scenario.online("vol1", "A"), "1m")
    assert(taker(c) == "")
  end,

  ["whatever goes wrong, nobody is named too early"] = { explore = 1, function(c)
    begin(c)
    c:offline("vol1")
    c:settle("5m")
    c:sometimes("it is handed over", function() return taker(c) == "array1" end)
  end },
}
