# What happens to a resource: its mount goes, its policy hangs or runs wild, its disk fails.
# shellcheck shell=bash disable=SC2154,SC2034

case_21_monitor_failure() {
  local begun node
  node=$(mounted_on vol1)
  set_meta vol1 migration-threshold 2
  begun=$(now)
  on "$node" umount /srv/vol1
  wait_for "vol1 mounted again" 30 is_mounted_again vol1 "$begun" || return
  is_mounted_on vol1 "$node" || complain "it moved at the first failure"
  told="restarted in place after $(seconds "$(mounted_after vol1 "$begun")") s"
  sleep 3
  on "$node" umount /srv/vol1
  begun=$(now)
  wait_for "vol1 moved at the second failure" 30 is_mounted_elsewhere vol1 "$node" || return
  told+=", moved at the second after $(seconds "$(mounted_after vol1 "$begun")") s"
  # Three, where both of its monitors saw it before it was stopped.
  any crm_mon -1 --inactive --failcounts 2>&1 |
    grep -q "vol1: migration-threshold=2 fail-count=[2-4]" || complain "no fail count of 2"
  set_meta vol1 migration-threshold 3
  clean_up vol1
  wait_for "vol1 back" 30 is_mounted_on vol1 "$node"
}

# What a case that failed has left.
drop_left_behind() { any crm_resource -r vol3 -W >/dev/null 2>&1 && drop vol3; }

# troubled TROUBLE: vol3 under the policy that is in trouble on node2, where it had best run.
troubled() {
  drop_left_behind
  prefer=node2 add_policy vol3 /lab/policies/troubled 10s 20s migration-threshold 1 -- \
    VolumePath /dev/vol3 MountPoint /srv/vol3 Trouble "$1" Where node2
}

case_22_hangs_in_start() {
  local begun
  begun=$(now)
  troubled online
  wait_for "vol3 elsewhere" 60 is_mounted_elsewhere vol3 node2 || return
  any crm_mon -1 2>&1 | grep -q "vol3.*start.*on node2.*no result within" ||
    complain "no reason in the cluster's status: $(any crm_mon -1 2>&1 | grep -A1 'vol3.*start on')"
  seen_since "$begun" fenced && complain "a node was fenced"
  told="terminated in time, started on $(mounted_on vol3) after $(seconds \
    "$(mounted_after vol3 "$begun")") s, nobody fenced"
  drop vol3
}

case_23_hangs_in_stop() {
  local begun
  troubled offline
  wait_for "vol3 on node2" 30 is_mounted_on vol3 node2 || return
  begun=$(now)
  prefer_node vol3 node3
  wait_for "vol3 on node3" 120 is_mounted_on vol3 node3 || return
  calls_since "$begun" vol3 | grep -q "^node2 stop [^0]" || complain "the stop did not fail"
  seen_since "$begun" "node2 fenced" || complain "node2 was not fenced"
  told="stop said so, node2 was fenced, vol3 on node3 after $(seconds \
    "$(mounted_after vol3 "$begun")") s"
  everyone_back
  drop vol3
}

case_24_burns_in_monitor() {
  local begun
  begun=$(now)
  troubled is_alive
  wait_for "vol3 on node2" 30 is_mounted_on vol3 node2 || return
  wait_for "vol3 elsewhere" 60 is_mounted_elsewhere vol3 node2 || return
  calls_since "$begun" vol3 | grep -q "^node2 monitor 1" || complain "no monitor failed"
  seen_since "$begun" fenced && complain "a node was fenced"
  told="killed by its budget, failed, and runs on $(mounted_on vol3)"
  drop vol3
}

# The node's disks are gone under the mounted file system: no device mapper is needed for that.
failing_disk() {  # REQUEST
  local begun
  drop_left_behind
  prefer=node2 add_policy vol3 /usr/share/tidegate/policies/volume 20s 20s \
    migration-threshold 1 -- VolumePath /dev/vol3 MountPoint /srv/vol3 OfflineWithin 3s
  wait_for "vol3 on node2" 30 is_mounted_on vol3 node2 || return
  wait_for "a monitor" 15 monitored vol3
  write_data node2 vol3 || return
  begun=$(now)
  power "$1" node2
  # Elsewhere, or where it was once that node has been fenced and is back.
  wait_for "vol3 mounted again" 90 is_mounted_again vol3 "$begun" || return
  data_is_intact vol3
  calls_since "$begun" vol3 | grep -q "^node2 stop 0" && stopped='stopped there' || stopped='stop failed'
  seen_since "$begun" "node2 fenced" && stopped+=', fenced'
  told="$stopped; on $(mounted_on vol3) after $(seconds "$(mounted_after vol3 "$begun")") s, \
synced data intact"
}
monitored() { awk -v r="$1" '$3 == r && $4 == "monitor" && $5 == "0"' "$LAB/ctl/calls" | grep -q .; }

case_25_failing_io() {
  failing_disk path-off
  power off node2
  everyone_back
  drop vol3
}

case_26_hanging_io() {
  local begun
  begun=$(now)
  failing_disk path-hangs
  calls_since "$begun" vol3 | grep -q "^node2 stop 0" && complain "a stop with I/O stuck said it was stopped"
  everyone_back
  drop vol3
}

# The commonest of mistakes: no node can start it, and none is fenced for it.
case_27_typo_in_the_path() {
  local begun n
  drop_left_behind
  begun=$(now)
  prefer=node2 add_policy vol3 /usr/share/tidegate/policies/volume 20s 20s -- \
    VolumePath /dev/vol33 MountPoint /srv/vol3
  sleep 60
  for n in 1 2 3; do
    calls_since "$begun" vol3 | grep -qx "node$n start 5" || complain "node$n did not say 5 to start"
  done
  calls_since "$begun" vol3 | grep -q "stop [^0]" && complain "a stop failed"
  seen_since "$begun" fenced && complain "a node was fenced"
  any crm_mon -1 2>&1 | grep -q "vol3.*start.*not installed.*volume.open failed" ||
    complain "no reason in the cluster's status: $(any crm_mon -1 2>&1 | grep 'vol3.*start')"
  told="not installed on any node, and nobody fenced in 60 s"
  drop vol3
}

# The name is another disk's by the time that it is stopped.
case_28_link_leads_elsewhere() {
  local begun n
  drop_left_behind
  for n in 1 2 3; do on "node$n" ln -sfn vol3 /dev/data || return; done
  prefer=node2 add_policy vol3 /usr/share/tidegate/policies/volume 20s 20s -- \
    VolumePath /dev/data MountPoint /srv/vol3
  wait_for "vol3 on node2" 30 is_mounted_on vol3 node2 || return
  write_data node2 vol3 || return
  begun=$(now)
  on node2 ln -sfn vol2 /dev/data
  sleep 7
  seen_since "$begun" " vol3 " && complain "vol3 left its place"
  calls_since "$begun" vol3 | grep -q "^node2 monitor 0" || complain "no monitor was content"
  begun=$(now)
  prefer_node vol3 node3
  wait_for "vol3 on node3" 60 is_mounted_on vol3 node3 || return
  data_is_intact vol3
  calls_since "$begun" vol3 | grep -qx "node2 stop 0" || complain "the stop did not succeed"
  seen_since "$begun" "OVERLAP vol3" && complain "vol3 was mounted on two nodes"
  seen_since "$begun" fenced && complain "a node was fenced"
  told="unmounted what was started, on node3 after $(seconds \
    "$(mounted_after vol3 "$begun")") s, never on two nodes"
  drop vol3
  for n in 1 2 3; do on "node$n" rm -f /dev/data; done
}
