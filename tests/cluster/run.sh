#!/bin/bash
# run.sh BUILD-FOLDER [CASE...]: plays the cases on a cluster of three nodes. See README.md.
# LAB_KEEP=1 leaves the logs of a run that passed, too.
set -u
here=$(dirname "$(readlink -f "$0")")
source_dir=$(readlink -f "$here/../..")
BUILD=$(readlink -f "${1:?the build folder}")
shift
[ "$(id -u)" = 0 ] || { echo "cluster: needs root, for namespaces and loop devices" >&2; exit 1; }
for file in /dev/loop-control /dev/fuse; do
  [ -e "$file" ] || { echo "cluster: skipped: no $file"; exit 0; }
done
# shellcheck source=tests/cluster/lib.sh
. "$here/lib.sh"

LAYER=$source_dir/build/cluster/layer/upper
mkdir -p "$source_dir/build/cluster"
"$here/layer.sh" "$source_dir/build/cluster/layer" >"$source_dir/build/cluster/layer.log" 2>&1 || {
  tail -n 20 "$source_dir/build/cluster/layer.log" >&2
  echo "cluster: could not make the layer of packages" >&2
  exit 1
}
LAB=$(mktemp -d /tmp/tidegate-cluster.XXXXXX)
LAB_SECONDS=${LAB_SECONDS:-1500}
export LAB LAYER BUILD LAB_SECONDS

# Takes down what is left when the lab has ended, however it ended: outlives a killed run.sh.
janitor() {
  local runner=$1 holder pause
  exec {pause}<> <(:)
  trap '' INT TERM HUP
  setpriv --pdeathsig KILL unshare --mount --net --pid --ipc --fork --kill-child=KILL -- \
    bash "$here/lab.sh" >"$LAB/logs/lab" 2>&1 </dev/null &
  holder=$!
  while kill -0 "$runner" 2>/dev/null && kill -0 "$holder" 2>/dev/null && [ ! -e "$LAB/end" ]; do
    read -r -t 0.2 -u "$pause"
  done
  kill -KILL "$holder" 2>/dev/null
  wait "$holder" 2>/dev/null
  detach_loops
  rm -rf "$LAB/ctl" "$LAB/state"
  : >"$LAB/ended"
  [ -e "$LAB/keep" ] || rm -rf "$LAB"
}

# What the lab attached and could not detach itself, because it was killed.
detach_loops() {
  local device i
  [ -e "$LAB/loops" ] || return 0
  sort -u "$LAB/loops" | while read -r device; do
    for ((i = 0; i < 50; i++)); do
      grep -qs "^$LAB/\|^/path\|/tidegate-cluster" "/sys/block/${device#/dev/}/loop/backing_file" ||
        grep -qs "/vol[123]" "/sys/block/${device#/dev/}/loop/backing_file" || break
      losetup -d "$device" 2>/dev/null
      sleep 0.1
    done
  done
}

end() {
  local i
  trap - EXIT INT TERM HUP
  : >"$LAB/keep"
  : >"$LAB/end"
  for ((i = 0; i < 300; i++)); do
    [ -e "$LAB/ended" ] && break
    sleep 0.1
  done
  rm -rf "$source_dir/build/cluster/"{logs,traces}
  cp -r "$LAB/logs" "$source_dir/build/cluster/logs" 2>/dev/null
  cp -r "$LAB/traces" "$LAB/results" "$source_dir/build/cluster/" 2>/dev/null
  rm -rf "$LAB"
  exit "$1"
}
trap 'end 130' INT TERM HUP
trap 'end 1' EXIT

mkdir "$LAB"/{ctl,logs,state}
: >"$LAB/logs/events"
write_configuration
(janitor $$) &
begin_time=$(now)
wait_for "a quorum of three nodes" 60 all_online || { tail "$LAB/logs/lab" >&2; end 1; }
say "three nodes, quorate, after $(seconds_since "$begin_time") s"

failed=0
for file in "$here"/cases/*.sh; do
  # shellcheck disable=SC1090
  . "$file"
done
if [ $# -eq 0 ]; then
  mapfile -t cases < <(declare -F | sed -n 's/^declare -f case_//p' | sort)
else
  cases=("$@")
fi
for name in "${cases[@]}"; do play "$name"; done
write_traces
overlaps=$(grep -c OVERLAP "$LAB/logs/events")
allowed=$(cat "$LAB/overlaps_allowed" 2>/dev/null || echo 0)
say "mounted on two nodes at once: $((overlaps - allowed)) times with fencing, $allowed without"
[ "$overlaps" -le "$allowed" ] || failed=$((failed + 1))
say "$((${#cases[@]} - failed)) of ${#cases[@]} cases passed"
[ "$failed" = 0 ]
end $?
