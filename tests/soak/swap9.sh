#!/bin/bash
# kill -9 of the host at random moments of a swap: the next start must run the old version or the new
# one, whole, with that version's resource.state, and say which. Every second round is killed right
# after the answer, half of these after --wait: then it must be the new one, on probation or proved, with
# its history and a copy of it, though the file that it came from is gone.
# Usage: swap9.sh [ROUNDS]    (default 500; about a second a round)
set -eu -o pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
program=${TIDEGATE:-$top/build/release/tidegate}
rounds=${1:-500}
dir=$(mktemp -d /tmp/tidegate-swap9-XXXXXX)
host=
cleanup() {
  if [ -n "$host" ]; then kill -KILL "$host" 2>/dev/null || true; wait "$host" 2>/dev/null || true; fi
  rm -rf "$dir"
}
trap cleanup EXIT
round=0; moment=0
fail() { echo "round $round, killed after $moment s: $*" >&2; tail -n 12 "$dir/host.log" >&2; exit 1; }

truncate -s 1M "$dir/disk.img"
# Two versions whose states have different shapes: one that ran with the other's would fail its polls.
# One is a file, the other a folder with a pack.toml.
mkdir "$dir/v2"
cat >"$dir/v2/pack.toml" <<'TOML'
name = "v2"
version = "2.0.0"
licence = "MIT"
kinds = ["volume"]
entry = "v2.lua"
properties = ["VolumePath"]
[capabilities]
volume = ["$VolumePath"]
TOML
policies=("" "$dir/v1.lua" "$dir/v2")
files=("" "$dir/v1.lua" "$dir/v2/v2.lua")
for version in 1 2; do
  cat >"${files[$version]}" <<LUA
local volume = require "volume"
local policy = { api = 1, version = "$version.0", capabilities = { "volume" },
                 properties = { VolumePath = { type = "string", required = true } } }
local function shape(resource, state)
  return { shape$version = true, onlines = state.onlines or 0, migrated = (state.migrated or 0) + 1 }
end
function policy.online(resource)
  resource.state.shape$version = true
  resource.state.onlines = (resource.state.onlines or 0) + 1
end
function policy.offline(resource) end
function policy.is_alive(resource)
  if not resource.state.shape$version then return false, "another version's state" end
  local vol <close> = assert(volume.open(resource.properties.VolumePath))
  return vol:probe() ~= nil
end
function policy.migrate(resource, from, state) return shape(resource, state) end
return policy
LUA
done
field() { sed -n "s/.*\"$1\": \"\\(.*\\)\".*/\\1/p" | head -n 1; }
digest() { "$program" check "${policies[$1]}" --json | field digest; }
one=$(digest 1); two=$(digest 2)
cat >"$dir/host.toml" <<TOML
node = "A"
state_dir = "$dir/state"
runtime_dir = "$dir/run"
[[resource]]
name = "vol1"
policy = "$dir/v1.lua"
[resource.properties]
VolumePath = "$dir/disk.img"
[resource.monitor]
LooksAlivePollInterval = "1h"
IsAlivePollInterval = "50ms"
TOML

start() {
  : >"$dir/host.log"  # now: what the host before said must not be read as this one's
  "$program" run "$dir/host.toml" >>"$dir/host.log" 2>&1 &
  host=$!
  for ((i = 0; i < 200; ++i)); do
    if grep -q 'vol1: Online' "$dir/host.log"; then return; fi
    kill -0 "$host" 2>/dev/null || fail "the host did not start"
    sleep 0.05
  done
  fail "not online after 10 s"
}
status() { "$program" status vol1 --json --runtime-dir "$dir/run" >"$dir/status.log" 2>&1 || true; cat "$dir/status.log"; }

# The latest entry of the history with this outcome is of the version that runs.
noted() {
  grep " $1 " "$dir/history.log" | tail -n 1 | grep -q "@${now:0:8}" || fail "its history does not say $1"
}

start
old=0; new=0; again=0; answered=0; onlines=0
for ((round = 1; round <= rounds; ++round)); do
  running=$(status | field policy_digest)
  if [ "$running" = "$one" ]; then to=2; else to=1; fi
  swap=("$program" swap vol1 "${policies[$to]}" --no-trial --runtime-dir "$dir/run")
  case $((RANDOM % 4)) in
    0) moment=0.$(printf '%03d' $((RANDOM % 40))) ;;  # most have not switched by then
    1) moment=0.$(printf '%03d' $((RANDOM % 300))) ;;
    2) moment=answer ;;
    3) moment=proof; swap+=(--wait) ;;
  esac
  "${swap[@]}" >"$dir/swap.log" 2>&1 &
  client=$!; said=0
  case $moment in
    0*) sleep "$moment" ;;
    *) wait "$client" || fail "not swapped: $(cat "$dir/swap.log")" ;;
  esac
  kill -KILL "$host"; wait "$host" 2>/dev/null || true; host=
  case $moment in 0*) wait "$client" 2>/dev/null || said=$? ;; esac
  mv "$dir/v2" "$dir/away"
  start
  mv "$dir/away" "$dir/v2"
  ! grep -qE 'begins empty|another version|Failed|error' "$dir/host.log" || fail "it does not go on whole"
  now=$(status | field policy_digest)
  case $now in
    "$one") shape=shape1 ;;
    "$two") shape=shape2 ;;
    *) fail "it runs neither version, but $now: $(head -c 600 "$dir/status.log")" ;;
  esac
  # Beside another version than the configured one the log says which, and why.
  [ "$now" = "$one" ] || grep -q "v2.lua@${two:0:8} serves" "$dir/host.log" || fail "it does not say which"
  [ -s "$dir/state/versions/$now" ] || fail "there is no copy of what runs"
  if [ "$said" = 0 ]; then
    answered=$((answered + 1))
    [ "$now" != "$running" ] || fail "what was answered is lost"
    "$program" history vol1 --runtime-dir "$dir/run" >"$dir/history.log" || fail "no history"
    noted switched
    [ "$moment" != proof ] || noted proved
    [ "$moment" != proof ] || ! grep -q 'on probation again' "$dir/host.log" || fail "it is not proved"
  fi
  sleep 0.1
  kept=$(tail -n +2 "$dir/state/records/vol1/state")
  grep -q "\"$shape\":true" <<<"${kept##*\"schema\"}" || fail "$now has the state $kept"
  count=$(sed -n 's/.*"schema".*"onlines":\([0-9]*\).*/\1/p' <<<"$kept")
  [ "${count:-0}" -ge "$onlines" ] || fail "it forgot: $count after $onlines times online"
  onlines=$count
  if grep -q 'is on probation again' "$dir/host.log"; then again=$((again + 1)); fi
  if [ "$now" = "$running" ]; then old=$((old + 1)); else new=$((new + 1)); fi
  [ ! -t 1 ] || printf '\r%d of %d' "$round" "$rounds"
done
[ ! -t 1 ] || printf '\r'
echo "kill -9 at $rounds moments of a swap, $answered of them after its answer: none of these was lost;" \
  "$old times the old version ran next, $new times the new one, $again times on probation again," \
  "each with its own state, online $onlines times"
