#!/bin/bash
# lab.sh: process 1 of the lab. It is the power controller, and owns the switch, the disks and the
# sampler; when it ends, so does all that it has started.
set -u
here=$(dirname "$(readlink -f "$0")")
volumes=(vol1 vol2 vol3)
declare -a init holder mirror  # by node: its process 1, the unshare around it, its path to the disks

note() {
  local now=${EPOCHREALTIME/./}
  echo "$((now / 1000)) $*" >>"$LAB/logs/events"
}

# --- Disks. ---

# The program that mirrors a folder comes with the layer.
run_mirror() {
  exec env LD_LIBRARY_PATH="$LAB/state/layer/usr/lib/x86_64-linux-gnu" \
    "$LAB/state/layer/usr/bin/bindfs" -f --no-allow-other "$@"
}

disks_on() {
  local n=$1 path=$LAB/state/path$1 volume device i
  mkdir -p "$path"
  run_mirror "$LAB/state/shared" "$path" >>"$LAB/logs/mirror.node$n" 2>&1 &
  mirror[n]=$!
  for ((i = 0; i < 250; i++)); do
    [ -e "$path/vol1" ] && break
    sleep 0.02
  done
  : >"$LAB/ctl/minors.node$n"
  for volume in "${volumes[@]}"; do
    device=$(losetup --direct-io=on -f --show "$path/$volume") || return 1
    echo "$device" >>"$LAB/loops"
    echo "$volume ${device#/dev/loop}" >>"$LAB/ctl/minors.node$n"
  done
}

# The node's path to its disks ends: what it has not written by now, it never will.
path_off() {
  [ -n "${mirror[$1]-}" ] || return 0
  kill -KILL "${mirror[$1]}" 2>/dev/null
  kill -CONT "${mirror[$1]}" 2>/dev/null
  wait "${mirror[$1]}" 2>/dev/null
  mirror[$1]=''
}

disks_off() {
  local n=$1 name minor i
  while read -r name minor; do
    losetup -d "/dev/loop$minor" 2>/dev/null
    for ((i = 0; i < 250; i++)); do
      [ -e "/sys/block/loop$minor/loop/backing_file" ] || break
      sleep 0.02
    done
  done <"$LAB/ctl/minors.node$n"
  umount -l "$LAB/state/path$n" 2>/dev/null
  return 0
}

# --- Power. ---

is_on() { [ -n "${init[$1]-}" ] && [ -d "/proc/${init[$1]}" ]; }

power_on() {
  local n=$1 i pid=''
  is_on "$n" && return 0
  ip link del "v$n" 2>/dev/null
  disks_on "$n" || return 1
  unshare --mount --net --pid --uts --ipc --fork --kill-child=KILL -- \
    bash "$here/node.sh" "$n" >>"$LAB/logs/node$n.init" 2>&1 &
  holder[n]=$!
  for ((i = 0; i < 250; i++)); do
    pid=$(pgrep -P "${holder[n]}") && break
    sleep 0.02
  done
  [ -n "$pid" ] || return 1
  init[n]=$pid
  echo "$pid" >"$LAB/ctl/pid.node$n"
  ip link add "v$n" type veth peer name eth0 netns "$pid" || return 1
  ip link set "v$n" master switch
  [ -e "$LAB/ctl/cut.node$n" ] || ip link set "v$n" up
  note "node$n on"
}

power_off() {
  local n=$1 i
  is_on "$n" || return 0
  path_off "$n"
  kill -KILL "${init[n]}" 2>/dev/null
  for ((i = 0; i < 500; i++)); do
    [ -d "/proc/${holder[n]}" ] || break
    sleep 0.02
  done
  [ ! -d "/proc/${holder[n]}" ] || return 1
  wait "${holder[n]}" 2>/dev/null
  disks_off "$n"
  rm -f "$LAB/ctl"/{pid,booted}."node$n"
  ip link del "v$n" 2>/dev/null
  init[n]='' holder[n]=''
  note "node$n off"
}

# --- The sampler: who has what mounted, 50 times a second. ---

sample() {
  local n pid volume line lines now fd
  local -A before=()
  exec {fd}<> <(:)
  while :; do
    local -A who=()
    for n in 1 2 3; do
      pid=''
      read -r pid 2>/dev/null <"$LAB/ctl/pid.node$n"
      [ -n "$pid" ] && mapfile -t lines 2>/dev/null <"/proc/$pid/mountinfo" || continue
      for volume in "${volumes[@]}"; do
        [[ "${lines[*]}" == *" /srv/$volume "* ]] && who[$volume]+=" node$n"
      done
    done
    for volume in "${volumes[@]}"; do
      line=${who[$volume]-" none"}
      [ "$line" = "${before[$volume]-}" ] && continue
      before[$volume]=$line
      note "$volume$line"
      [[ $line == *node*node* ]] && note "OVERLAP $volume$line"
    done
    read -r -t 0.02 -u "$fd"
  done
}

# --- Requests: a file each, written elsewhere and renamed to ask.ID. ---

answer() {
  local id=$1 command=$2 node=$3 n=${3#node} code=0 text=''
  case $command in
    ping) ;;
    state) is_on "$n" && text=on || text=off ;;
    on) power_on "$n" || code=1 ;;
    off) power_off "$n" || code=1 ;;
    reboot)
      note "$node fenced by ${id%%.*}"
      power_off "$n" && power_on "$n" || code=1
      ;;
    cut)
      : >"$LAB/ctl/cut.node$n"
      ip link set "v$n" down
      note "$node cut off"
      ;;
    join)
      rm -f "$LAB/ctl/cut.node$n"
      ip link set "v$n" up
      ;;
    path-off)
      path_off "$n"
      note "$node loses its disks"
      ;;
    path-hangs)
      kill -STOP "${mirror[$n]}"
      note "$node: its disks hang"
      ;;
    *) code=1 ;;
  esac
  printf '%s %s' "$code" "$text" >"$LAB/ctl/new.$id"
  mv "$LAB/ctl/new.$id" "$LAB/ctl/answer.$id"
}

mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs -o mode=755,size=4g tmpfs "$LAB/state"
# A layer below another layer is refused; on a file system of its own it is not.
cp -a "$LAYER" "$LAB/state/layer"
mkdir "$LAB/state/shared"
for volume in "${volumes[@]}"; do
  truncate -s 64M "$LAB/state/shared/$volume"
  mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$LAB/state/shared/$volume"
done
DESTDIR=$LAB/state/layer cmake --install "$BUILD" --prefix /usr >"$LAB/logs/install" || exit 21
ip link set lo up
ip link add switch type bridge stp_state 0 forward_delay 0 && ip link set switch up || exit 20
sample &
for n in 1 2 3; do power_on "$n" || note "node$n does not start"; done
: >"$LAB/ctl/ready"
shopt -s nullglob
exec {pause}<> <(:)
while [ "$SECONDS" -lt "$LAB_SECONDS" ]; do
  for file in "$LAB"/ctl/ask.*; do
    read -r command node <"$file"
    rm -f "$file"
    answer "${file##*/ask.}" "$command" "$node"
  done
  read -r -t 0.03 -u "$pause"
done
note "out of time"
