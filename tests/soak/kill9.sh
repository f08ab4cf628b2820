#!/bin/bash
# kill -9 of the host at random moments of the demo: the next start must find its way back each time,
# the file system must be clean or recovered from its journal, and nothing may be left behind.
# Usage: kill9.sh [ROUNDS]    (default 50; about 10 s a round). Needs root for the loop device; without
# root it does the same on an image file.
set -eu -o pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
program=${TIDEGATE:-$top/build/release/tidegate}
rounds=${1:-50}
dir=$(mktemp -d /tmp/tidegate-kill9-XXXXXX)
image=$dir/volume.img; mnt=$dir/mnt
path=$image; kind=image
if [ "$(id -u)" = 0 ] && [ -w /dev/loop-control ]; then path=loop:$image; kind=loop; fi
cleanup() {
  umount "$mnt" 2>/dev/null || true
  losetup -j "$image" 2>/dev/null | cut -d: -f1 | xargs -r losetup -d || true
  rm -rf "$dir"
}
trap cleanup EXIT

fail() { echo "round $round, killed after ${moment} s: $*" >&2; exit 1; }
call() {
  "$program" call "$top/policies/volume" "$1" --set "VolumePath=$path" --set "MountPoint=$mnt" \
    --runtime-dir "$dir/run" >"$dir/call.log" 2>&1 || fail "$1: $(tail -n 1 "$dir/call.log")"
}
leaks() {
  ! grep -qF "$dir" /proc/self/mountinfo || fail "still mounted"
  [ -z "$(losetup -j "$image" 2>/dev/null)" ] || fail "a loop device is left"
  [ ! -L "$mnt" ] || fail "the image's mount is left"
}

clean=0
for ((round = 1; round <= rounds; ++round)); do
  moment=$((RANDOM % 14)).$((RANDOM % 10))$((RANDOM % 10))
  "$program" demo --dir "$dir" --volume "$kind" --policy "$top/policies/volume" >"$dir/demo.log" 2>&1 &
  pid=$!
  sleep "$moment"
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  if grep -q '^error' "$dir/demo.log"; then fail "$(grep -m 1 '^error' "$dir/demo.log")"; fi
  if [ ! -f "$image" ]; then leaks; continue; fi  # killed before, or ended and cleaned up
  truncate -s 64M "$image"  # the demo's own damage to the device
  written=no; grep -q "and syncs it" "$dir/demo.log" && written=yes
  call online
  if [ "$kind" = loop ]; then
    findmnt -n "$mnt" >/dev/null || fail "online, but not mounted"
    if [ "$written" = yes ]; then
      grep -qx "written before the trouble began" "$mnt/tide.txt" || fail "synced data is lost"
    fi
  fi
  call is_alive
  call offline
  leaks
  if [ "$kind" = loop ]; then
    PATH=$PATH:/sbin:/usr/sbin e2fsck -fn "$image" >"$dir/fsck.log" 2>&1 || fail "$(tail -n 3 "$dir/fsck.log")"
  fi
  clean=$((clean + 1))
  [ ! -t 1 ] || printf '\r%d of %d' "$round" "$rounds"
done
[ ! -t 1 ] || printf '\r'
moment=end
"$program" demo --dir "$dir" --volume "$kind" --policy "$top/policies/volume" >"$dir/demo.log" 2>&1 || fail "$(tail -n 1 "$dir/demo.log")"
leaks
echo "kill -9 at $rounds random moments ($kind): $clean recovered, none lost, nothing left behind"
