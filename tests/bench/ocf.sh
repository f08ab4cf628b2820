#!/bin/bash
# ocf.sh [BUILD-FOLDER]: what one monitor action costs, wall and CPU, beside ocf:heartbeat:Filesystem
# and ocf:pacemaker:Dummy, in one run. It needs root; the agents come from the layer of packages of
# tests/cluster, so that nothing is installed on the machine.
set -e -u -o pipefail
here=$(dirname "$(readlink -f "$0")")
source_dir=$(readlink -f "$here/../..")
build=$(readlink -f "${1:-$source_dir/build/release}")
[ "$(id -u)" = 0 ] || { echo "ocf.sh: skipped: needs root for a loop device and namespaces"; exit 0; }
[ -e /dev/loop-control ] || { echo "ocf.sh: skipped: no loop devices"; exit 0; }
mkdir -p "$source_dir/build/cluster"
"$source_dir/tests/cluster/layer.sh" "$source_dir/build/cluster/layer" \
  >"$source_dir/build/cluster/layer.log" 2>&1 || {
  echo "ocf.sh: skipped: no packages of resource-agents and pacemaker: build/cluster/layer.log"
  exit 0
}
work=$(mktemp -d /tmp/tidegate-ocf-bench.XXXXXX)
trap 'rm -rf "$work"' EXIT
export work build source_dir

# In namespaces of its own: all that is mounted and attached goes with them.
# shellcheck disable=SC2016
unshare --mount --pid --fork --kill-child=KILL -- bash -e -c '
  mount --make-rprivate /
  mkdir "$work"/{ours,ram}
  mount -t tmpfs tmpfs "$work/ram"
  # Ours lies on ext4, as the programs do that the other agents run: they are mapped the same way.
  truncate -s 512M "$work/ram/disk"
  mkfs.ext4 -q -F "$work/ram/disk"
  mount -o loop "$work/ram/disk" "$work/ours"
  DESTDIR=$work/ours cmake --install "$build" --prefix /usr --strip >/dev/null
  mkdir "$work"/ram/{layer,upper,work,root}
  cp -a "$source_dir/build/cluster/layer/upper/." "$work/ram/layer"
  mount -t overlay overlay \
    -o "lowerdir=$work/ours:$work/ram/layer:/,upperdir=$work/ram/upper,workdir=$work/ram/work" \
    "$work/ram/root"
  cd "$work/ram/root"
  mount -t proc proc proc
  mount --rbind /dev dev
  mount --rbind /sys sys
  mount -t tmpfs tmpfs run
  mkdir -p run/lock run/resource-agents srv/vol
  truncate -s 16M "$work/ram/image"
  mkfs.ext4 -q -F "$work/ram/image"
  device=$(losetup -f --show "$work/ram/image")
  mkdir -p lab
  cp "$source_dir/tests/bench/ocf.py" lab/
  code=0
  chroot . python3 /lab/ocf.py "$device" /srv/vol || code=$?
  umount -q srv/vol || true
  losetup -d "$device"
  exit $code'
