# What happens to nodes: power lost, hung, cut off with and without fencing.
# shellcheck shell=bash disable=SC2154

# Both volumes on node1, as they were; both fail over.
failover() {  # NODE BEGUN
  wait_for "vol1 elsewhere" 40 is_mounted_elsewhere vol1 "$1" || return
  wait_for "vol2 elsewhere" 40 is_mounted_elsewhere vol2 "$1" || return
  told="vol1 after $(seconds "$(mounted_after vol1 "$2")") s, Filesystem $(seconds \
    "$(mounted_after vol2 "$2")") s"
  echo "$(mounted_after vol1 "$2") $(mounted_after vol2 "$2")" >>"$LAB/failovers"
  seen_since "$2" "$1 fenced" || complain "$1 was not fenced"
  data_is_intact vol1
  data_is_intact vol2
}
back() {
  everyone_back && wait_for "vol1 back" 40 is_mounted_on vol1 node1 &&
    wait_for "vol2 back" 40 is_mounted_on vol2 node1
}

power_loss() {
  local begun from
  from=$(mounted_on vol1)
  write_data "$from" vol1 && write_data "$from" vol2 || return
  begun=$(now)
  power off "$from"
  failover "$from" "$begun" || return
  on "$(mounted_on vol1)" test ! -s /srv/vol1/unsynced || complain "unsynced data survived: no power loss"
  back
}
case_11_power_loss() { power_loss; }
case_12_power_loss_again() { power_loss; }
case_13_power_loss_again() { power_loss; }

case_14_frozen_node() {
  local begun from
  from=$(mounted_on vol1)
  write_data "$from" vol1 && write_data "$from" vol2 || return
  begun=$(now)
  : >"$LAB/ctl/frozen.$from"
  signal_all "$from" STOP
  signal_all "$from" STOP # a fork may have raced
  failover "$from" "$begun"
  rm -f "$LAB/ctl/frozen.$from"
  back
}

case_15_minority_fenced() {
  local begun from
  from=$(mounted_on vol1)
  write_data "$from" vol1 && write_data "$from" vol2 || return
  begun=$(now)
  power cut "$from"
  failover "$from" "$begun"
  back
}

# Without fencing the majority does not wait for the minority, and nobody can make it.
case_16_minority_unfenced() {
  local begun from before
  from=$(mounted_on vol1)
  write_data "$from" vol1 && on "$from" sync
  before=$(grep -c OVERLAP "$LAB/logs/events")
  cluster_property stonith-enabled false
  sleep 1
  begun=$(now)
  power cut "$from"
  wait_for "vol1 elsewhere" 40 is_mounted_elsewhere vol1 "$from" || return
  wait_for "the minority to let go" 40 let_go "$from"
  told="vol1 after $(seconds "$(mounted_after vol1 "$begun")") s, $from stopped its own"
  everyone_back
  # Not before: the other resource moves in its own time.
  echo $(($(grep -c OVERLAP "$LAB/logs/events") - before)) >"$LAB/overlaps_allowed"
  cluster_property stonith-enabled true
  back
}
let_go() { ! grep -q " /srv/vol1 " "/proc/$(outer_pid "$1")/mountinfo"; }
outer_pid() {
  local pid
  read -r pid <"$LAB/ctl/pid.$1"
  # The lab's number of it; the machine has another.
  for p in $(pgrep -f "^bash $here/node.sh ${1#node}\$"); do
    [ "$(awk '/^NSpid:/ { print $(NF - 1) }' "/proc/$p/status")" = "$pid" ] && echo "$p"
  done
}
