#!/bin/bash
# What it costs to host N resources polled at 5 s / 60 s in one process: memory and share of a core.
# Usage: hosting.sh [N] [SECONDS] [trivial|image]    trivial: a policy without operations;
# image: policies/volume on an image file each, really read. Prints one line a kind.
set -eu -o pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
program=${TIDEGATE:-$top/build/release/tidegate}
count=${1:-10000}; seconds=${2:-60}; kinds=${3:-trivial image}

dir=$(mktemp -d); pid=
cleanup() {
  if [ -n "$pid" ]; then kill -KILL "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; fi
  rm -rf "$dir"
}
trap cleanup EXIT


cat >"$dir/trivial.lua" <<'LUA'
return {
  api = 1,
  online = function() end,
  offline = function() end,
  looks_alive = function() return true end,
  is_alive = function() return true end,
}
LUA

configuration() {  # KIND
  printf 'node = "A"\nstate_dir = "%s/state"\nruntime_dir = "%s/run"\n' "$dir" "$dir"
  local i
  for ((i = 0; i < count; ++i)); do
    if [ "$1" = trivial ]; then
      printf '[[resource]]\nname = "r%d"\npolicy = "%s/trivial.lua"\n' "$i" "$dir"
    else
      printf '[[resource]]\nname = "r%d"\npolicy = "%s/policies/volume"\n' "$i" "$top"
      printf 'properties = { VolumePath = "%s/images/%d" }\n' "$dir" "$i"
    fi
  done
}

ticks() { awk '{ print $14 + $15 }' "/proc/$pid/stat"; }

measure() {  # KIND
  local kind=$1 online=0 from to rss hz began=$SECONDS
  rm -rf "$dir/state" "$dir/run" "$dir/images"; mkdir -p "$dir/images"
  if [ "$kind" = image ]; then
    (cd "$dir/images" && seq 0 $((count - 1)) | xargs truncate -s 64K)
  fi
  configuration "$kind" >"$dir/host.toml"
  "$program" run "$dir/host.toml" >"$dir/log" 2>&1 &
  pid=$!
  while [ "$online" -lt "$count" ]; do
    kill -0 "$pid" 2>/dev/null || { tail -n 5 "$dir/log" >&2; exit 1; }
    [ $((SECONDS - began)) -lt 300 ] || { echo "not online after 300 s: $online" >&2; exit 1; }
    sleep 1
    online=$(grep -cE ': Online$' "$dir/log" || true)
  done
  local up=$((SECONDS - began))
  sleep 5  # past the start
  hz=$(getconf CLK_TCK); from=$(ticks); sleep "$seconds"; to=$(ticks)
  rss=$(awk '/VmRSS/ { print $2 }' "/proc/$pid/status")
  if grep -qE 'Failed' "$dir/log"; then grep -m 3 Failed "$dir/log" >&2; exit 1; fi
  kill -TERM "$pid"; began=$SECONDS; wait "$pid"; pid=
  awk -v n="$count" -v kind="$kind" -v rss="$rss" -v t=$((to - from)) -v hz="$hz" -v s="$seconds" \
    -v up="$up" -v down=$((SECONDS - began)) 'BEGIN {
    printf "%d resources, %-7s  %4d MiB, %5.1f KiB each;  %5.2f %% of a core;  up in %d s, down in %d s\n",
      n, kind, rss / 1024, rss / n, 100 * t / hz / s, up, down }'
}

for kind in $kinds; do measure "$kind"; done
