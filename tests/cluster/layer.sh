#!/bin/bash
# layer.sh DIRECTORY: the packages of a cluster node as the upper layer of an overlay over this
# machine's own root. Nothing is installed on the machine itself and no daemon is started: an
# installed pacemaker would be a cluster node from the next boot on.
set -e -u -o pipefail
packages=(corosync pacemaker pacemaker-cli-utils resource-agents crmsh pcs bindfs psmisc
  kmod libxml2-utils)
layer=$(mkdir -p "$1" && cd "$1" && pwd)
[ "$(cat "$layer/packages" 2>/dev/null)" != "${packages[*]}" ] || exit 0
rm -rf "${layer:?}"/*
mkdir "$layer"/{upper,work,root}
# shellcheck disable=SC2016
unshare --mount --pid --fork --kill-child=KILL -- bash -c '
  set -e
  layer=$1
  shift
  mount --make-rprivate /
  mount -t overlay overlay -o "lowerdir=/,upperdir=$layer/upper,workdir=$layer/work" "$layer/root"
  cd "$layer/root"
  mount -t proc proc proc
  mount --rbind /dev dev
  mount -t tmpfs tmpfs run
  mkdir -p run/lock
  printf "#!/bin/sh\nexit 101\n" >usr/sbin/policy-rc.d
  chmod 755 usr/sbin/policy-rc.d
  export DEBIAN_FRONTEND=noninteractive
  chroot . apt-get update
  chroot . apt-get install -y --no-install-recommends "$@"
  chroot . apt-get clean
  rm -rf var/lib/apt/lists/* var/cache/apt/*.bin
' layer "$layer" "${packages[@]}"
rm -rf "$layer"/{work,root}
printf '%s\n' "${packages[*]}" >"$layer/packages"
