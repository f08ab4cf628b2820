# An ordinary life: start, standby, maintenance, orderly stop, a new version while online.
# shellcheck shell=bash disable=SC2154,SC2034

volume='/usr/share/tidegate/policies/volume'

case_01_start() {
  local begun
  prefer=node1 add_policy vol1 "$volume" 60s 60s migration-threshold 3 -- \
    VolumePath /dev/vol1 MountPoint /srv/vol1
  begun=$(now)
  wait_for "vol1 on node1" 30 is_mounted_on vol1 node1 || return
  told="mounted after $(seconds "$(mounted_after vol1 "$((begun - 1000))")") s at most"
  prefer=node1 add_filesystem vol2 vol2 migration-threshold 3
  wait_for "vol2 on node1" 30 is_mounted_on vol2 node1 || return
  wait_for "a monitor" 15 grep -q "vol1 monitor 0" "$LAB/ctl/calls"
  # Each node was asked first, and nothing ran anywhere.
  [ "$(awk '$3 == "vol1" && $4 == "probe" && $5 == 7' "$LAB/ctl/calls" | wc -l)" = 3 ] ||
    complain "not every node answered 7 to a probe"
  any crm_verify -L -V || complain "crm_verify complains"
}

case_02_swap() {
  local begun node
  node=$(mounted_on vol1)
  begun=$(now)
  # Early: Pacemaker reloads what it remembers to have started, and a clean-up makes it forget.
  # A new version, on every node, and a property that may change while it runs.
  for n in 1 2 3; do
    on "$n" sed -i 's/^  version = "1.0",/  version = "2.0",/; s/^function policy.looks_alive.*/&\n  log.warning("version 2 looks")/' \
      /usr/share/tidegate/policies/volume/volume.lua
  done
  set_property vol1 Properties "OnlineRetries=3"
  wait_for "a reload" 20 reloaded_since "$begun" vol1 || return
  wait_for "the new version in the log" 20 \
    grep -q "version 2 looks" "$LAB/logs/$node/pacemaker/pacemaker.log"
  seen_since "$begun" " vol1 " && complain "vol1 was unmounted or moved"
  calls_since "$begun" vol1 | grep -q " start \| stop " && complain "vol1 was restarted"
  told='version 2 watches it, it never left its place'
}
reloaded_since() { calls_since "$1" "$2" | grep -q " reload-agent 0"; }

case_03_standby() {
  local begun from
  from=$(mounted_on vol1)
  write_data "$from" vol1 && on "$from" sync
  begun=$(now)
  any crm_standby -N "$from" -v on
  wait_for "vol1 elsewhere" 30 is_mounted_elsewhere vol1 "$from" || return
  told="vol1 moved in $(seconds "$(mounted_after vol1 "$begun")") s"
  wait_for "vol2 elsewhere" 30 is_mounted_elsewhere vol2 "$from" || return
  told+=", Filesystem $(seconds "$(mounted_after vol2 "$begun")") s"
  data_is_intact vol1
  any crm_standby -N "$from" -v off
  wait_for "vol1 back" 30 is_mounted_on vol1 node1
  wait_for "vol2 back" 30 is_mounted_on vol2 node1
}

case_04_maintenance() {
  local begun node
  node=$(mounted_on vol1)
  cluster_property maintenance-mode true
  sleep 1
  on "$node" umount /srv/vol1
  begun=$(now)
  sleep 6
  is_not_mounted vol1 || complain "something acted during maintenance"
  cluster_property maintenance-mode false
  begun=$(now)
  wait_for "vol1 mounted again" 30 is_mounted_on vol1 "$node" || return
  told="left alone for 6 s, recovered $(seconds "$(mounted_after vol1 "$begun")") s after it"
  clean_up vol1
}

case_05_orderly_stop() {
  local begun from
  from=$(mounted_on vol1)
  begun=$(now)
  # shellcheck disable=SC2016
  on "$from" sh -c ': >/run/lab/stop; p=$(cat /run/lab/pacemakerd.pid); kill -TERM $p
    for i in $(seq 300); do [ -d /proc/$p ] || break; sleep 0.1; done
    kill -TERM $(cat /run/lab/corosync.pid); sleep 0.5'
  power off "$from"
  wait_for "vol1 elsewhere" 30 is_mounted_elsewhere vol1 "$from" || return
  told="vol1 moved in $(seconds "$(mounted_after vol1 "$begun")") s"
  wait_for "vol2 elsewhere" 30 is_mounted_elsewhere vol2 "$from" || return
  told+=", Filesystem $(seconds "$(mounted_after vol2 "$begun")") s"
  seen_since "$begun" "$from fenced" && complain "$from was fenced"
  everyone_back && wait_for "vol1 back" 30 is_mounted_on vol1 "$from" &&
    wait_for "vol2 back" 30 is_mounted_on vol2 "$from"
}
