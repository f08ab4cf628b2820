# What the cases say: commands on nodes, waiting, resources, the events that the sampler saw.
# shellcheck shell=bash

now() { local t=${EPOCHREALTIME/./}; echo $((t / 1000)); }
say() { printf 'cluster: %s\n' "$*" | tee -a "$LAB/results"; }
seconds_since() { local ms=$(($(now) - $1)); printf '%d.%03d' $((ms / 1000)) $((ms % 1000)); }
seconds() { printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)); }

# wait_for WHAT SECONDS COMMAND...
wait_for() {
  local what=$1 end=$(($(now) + $2 * 1000))
  shift 2
  while ! "$@"; do
    if [ "$(now)" -gt "$end" ]; then
      complain "waited in vain for $what"
      return 1
    fi
    sleep 0.05
  done
}

complain() { why="${why:+$why; }$*"; return 1; }

# --- The lab. ---


# on NODE COMMAND...: in the node's namespaces.
on() {
  local n=${1#node} pid lab
  shift
  if ! lab=$(cat "$LAB/lab_pid" 2>/dev/null); then
    lab=$(lab_of) || return 1
    echo "$lab" >"$LAB/lab_pid"
  fi
  read -r pid 2>/dev/null <"$LAB/ctl/pid.node$n" || return 1
  nsenter -t "$lab" -m -p -- nsenter -t "$pid" -m -u -i -n -p -- \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
}

# The process 1 of the lab, as the machine sees it: the child of the unshare that has our $LAB.
lab_of() {
  local pid
  for pid in $(pgrep -f "^bash $here/lab.sh\$"); do
    tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qx "LAB=$LAB" || continue
    [ "$(sed -n 's/^NSpid:.*\t//p' "/proc/$pid/status")" = 1 ] && { echo "$pid"; return; }
  done
  return 1
}

# any COMMAND...: in the first node that is up and was not cut off.
any() {
  local n
  for n in 1 2 3; do
    [ -e "$LAB/ctl/booted.node$n" ] && [ ! -e "$LAB/ctl/cut.node$n" ] &&
      [ ! -e "$LAB/ctl/frozen.node$n" ] && { on "$n" "$@"; return; }
  done
  return 1
}

# power COMMAND NODE: what is asked of the power controller.
power() {
  local id=host.$BASHPID.$RANDOM i code
  printf '%s %s\n' "$1" "$2" >"$LAB/ctl/new.$id" && mv "$LAB/ctl/new.$id" "$LAB/ctl/ask.$id"
  for ((i = 0; i < 600; i++)); do
    if [ -e "$LAB/ctl/answer.$id" ]; then
      read -r code _ <"$LAB/ctl/answer.$id"
      rm -f "$LAB/ctl/answer.$id"
      return "$code"
    fi
    sleep 0.03
  done
  return 1
}

signal_all() {  # NODE SIGNAL: every process but the node's first
  # shellcheck disable=SC2016
  on "$1" sh -c 'for p in $(ls /proc | grep "^[0-9]*$"); do
    [ $p -gt 1 ] && [ $p != $$ ] && kill -'"$2"' $p 2>/dev/null; done; true'
}

write_configuration() {
  local n
  cp "$here/fence_lab" "$here/agent.sh" "$LAB/ctl/"
  cp -r "$here/policies" "$LAB/ctl/policies"
  cp "$source_dir/policies/volume/volume.lua" "$LAB/ctl/policies/troubled/base.lua"
  head -c 256 /dev/urandom >"$LAB/ctl/authkey"
  {
    printf '%s\n' 'totem {' 'version: 2' 'cluster_name: lab' 'transport: knet' 'token: 1000' \
      'crypto_cipher: aes256' 'crypto_hash: sha256' '}' 'system {' 'move_to_root_cgroup: no' \
      'sched_rr: yes' '}' 'resources {' 'watchdog_device: off' '}' 'quorum {' \
      'provider: corosync_votequorum' '}' 'logging {' 'to_stderr: no' 'to_syslog: no' \
      'to_logfile: yes' 'logfile: /var/log/corosync/corosync.log' 'timestamp: hires' '}' 'nodelist {'
    for n in 1 2 3; do
      printf '%s\n' 'node {' "name: node$n" "nodeid: $n" "ring0_addr: 10.99.0.$n" '}'
    done
    echo '}'
  } >"$LAB/ctl/corosync.conf"
  cat >"$LAB/ctl/cib.xml" <<'XML'
<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="1">
<configuration><crm_config><cluster_property_set id="cib-bootstrap-options">
<nvpair id="o1" name="stonith-enabled" value="true"/>
<nvpair id="o2" name="no-quorum-policy" value="stop"/>
<nvpair id="o3" name="dc-deadtime" value="2s"/>
</cluster_property_set></crm_config><nodes/><resources>
<primitive id="fence" class="stonith" type="fence_lab"><operations>
<op id="fence-monitor" name="monitor" interval="60s" timeout="20s"/></operations></primitive>
</resources><constraints/></configuration><status/></cib>
XML
}

online_nodes() {
  any timeout 5 crm_mon -1 --output-as=xml 2>/dev/null | awk '
    /<current_dc present="true".*with_quorum="true"/ { quorate = 1 }
    /<node name=.*online="true".*pending="false"/ { n++ }
    END { print quorate ? n + 0 : 0 }'
}
all_online() {
  local n
  for n in 1 2 3; do [ -e "$LAB/ctl/booted.node$n" ] || return 1; done
  [ "$(online_nodes)" = 3 ]
}
everyone_back() {
  local n
  for n in 1 2 3; do
    [ ! -e "$LAB/ctl/cut.node$n" ] || power join "node$n"
    [ -e "$LAB/ctl/pid.node$n" ] || power on "node$n"
  done
  wait_for "all nodes to be back" 60 all_online
}

# --- Resources. ---

attributes() {  # ID NAME VALUE...: nvpairs
  local id=$1 i=0
  shift
  while [ $# -gt 0 ]; do
    printf '<nvpair id="%s-%s" name="%s" value="%s"/>' "$id" $((++i)) "$1" "$2"
    shift 2
  done
}
operations() {  # ID MONITOR-INTERVAL START-TIMEOUT STOP-TIMEOUT
  printf '<operations><op id="%s-m" name="monitor" interval="%s" timeout="20s"/>' "$1" "$2"
  printf '<op id="%s-d" name="monitor" interval="3s" timeout="10s">' "$1"
  printf '<instance_attributes id="%s-da"><nvpair id="%s-dl" name="OCF_CHECK_LEVEL" ' "$1" "$1"
  printf 'value="10"/></instance_attributes></op>'
  printf '<op id="%s-s" name="start" interval="0" timeout="%s"/>' "$1" "$3"
  printf '<op id="%s-t" name="stop" interval="0" timeout="%s"/></operations>' "$1" "$4"
}
# add_policy NAME POLICY START-TIMEOUT STOP-TIMEOUT META... -- PROPERTY VALUE...
add_policy() {
  local name=$1 policy=$2 start=$3 stop=$4 meta=()
  shift 4
  while [ "$1" != -- ]; do meta+=("$1"); shift; done
  shift
  add "$name" "<primitive id=\"$name\" class=\"ocf\" provider=\"tidegate\" type=\"policy\">
    <meta_attributes id=\"$name-meta\">$(attributes "$name-meta" "${meta[@]}")</meta_attributes>
    <instance_attributes id=\"$name-attr\">$(attributes "$name-attr" PolicyPath "$policy" \
      "$@")</instance_attributes>$(operations "$name" 2s "$start" "$stop")</primitive>"
}
add_filesystem() {  # NAME VOLUME META...
  local name=$1 volume=$2
  shift 2
  add "$name" "<primitive id=\"$name\" class=\"ocf\" provider=\"heartbeat\" type=\"Filesystem\">
    <meta_attributes id=\"$name-meta\">$(attributes "$name-meta" "$@")</meta_attributes>
    <instance_attributes id=\"$name-attr\">$(attributes "$name-attr" device "/dev/$volume" \
      directory "/srv/$volume" fstype ext4)</instance_attributes>$(operations "$name" 2s 60s \
      60s)</primitive>"
}
# Adds the resource and, at once, where it had best run: else it would be moved when that is said.
add() {
  local name=$1 location=''
  [ -z "${prefer-}" ] ||
    location="<rsc_location id=\"$name-l\" rsc=\"$name\" node=\"$prefer\" score=\"100\"/>"
  any cibadmin -M -c -o configuration -X "<configuration><resources>$2</resources>
    <constraints>$location</constraints></configuration>"
}
set_meta() { any crm_resource -r "$1" --meta -p "$2" -v "$3" >/dev/null; }
set_property() { any crm_resource -r "$1" -p "$2" -v "$3" >/dev/null; }
cluster_property() { any crm_attribute --type crm_config --name "$1" --update "$2"; }
prefer_node() {  # RESOURCE NODE
  any cibadmin -M -c -o constraints -X \
    "<rsc_location id=\"$1-l\" rsc=\"$1\" node=\"$2\" score=\"100\"/>"
}
clean_up() { any crm_resource --cleanup -r "$1" >/dev/null 2>&1; }
fail_count() { any crm_failcount -G -r "$1" -N "$2" -q 2>/dev/null; }

# Takes the resource out again, wherever it is.
drop() {
  local name=$1
  any crm_resource -r "$name" -Q -W >/dev/null 2>&1
  set_meta "$name" target-role Stopped 2>/dev/null
  wait_for "$name to be stopped" 60 is_stopped "$name"
  any cibadmin -D -o constraints -X "<rsc_location id=\"$name-l\"/>" 2>/dev/null
  any cibadmin -D -o resources -X "<primitive id=\"$name\"/>"
  any crm_resource --cleanup >/dev/null 2>&1
  any crm_resource --wait --timeout 30 >/dev/null 2>&1
}
is_stopped() { [ -z "$(runs_on "$1")" ]; }
runs_on() { any crm_resource -r "$1" -W 2>/dev/null | sed -n 's/.* is running on: \([^ ]*\).*/\1/p'; }
is_on_node() { [ "$(runs_on "$1")" = "$2" ]; }

# --- What the sampler saw. ---

mounted_on() {  # VOLUME: "node1", or nothing
  awk -v v="$1" '$2 == v { w = $3 == "none" ? "" : $3 } END { print w }' "$LAB/logs/events"
}
is_mounted_on() { [ "$(mounted_on "$1")" = "$2" ]; }
is_mounted_elsewhere() { local w; w=$(mounted_on "$1"); [ -n "$w" ] && [ "$w" != "$2" ]; }
is_not_mounted() { [ -z "$(mounted_on "$1")" ]; }
# When the volume was next mounted after a moment, in milliseconds from it.
mounted_after() {  # VOLUME MOMENT
  awk -v v="$1" -v t="$2" '$2 == v && $1 >= t && $3 != "none" { print $1 - t; exit }' \
    "$LAB/logs/events"
}
is_mounted_again() { [ -n "$(mounted_after "$1" "$2")" ]; }
seen_since() { awk -v t="$1" '$1 >= t' "$LAB/logs/events" | grep -q "$2"; }  # MOMENT PATTERN
calls_since() {  # MOMENT RESOURCE: "node1 start 0", a line each
  awk -v t="$1" -v r="$2" '$1 >= t && $3 == r && NF == 5 { print $2, $4, $5 }' "$LAB/ctl/calls"
}

# --- Data. ---

# Writes and syncs a record of its own on the volume; writes another and does not.
write_data() {  # NODE VOLUME
  on "$1" sh -c "rm -f /srv/$2/unsynced && head -c 100000 /dev/urandom >/srv/$2/synced &&
    sync -f /srv/$2 && md5sum </srv/$2/synced" >"$LAB/data.$2" &&
    on "$1" sh -c "echo lost >/srv/$2/unsynced"
}
data_is_intact() {  # VOLUME
  [ "$(on "$(mounted_on "$1")" sh -c "md5sum </srv/$1/synced")" = "$(cat "$LAB/data.$1")" ] ||
    complain "synced data of $1 is not intact"
}

# --- Traces, for tests/sim/pacemaker_calls_test.cc. ---

# trace RESOURCE FROM TO: its calls in the order of their beginnings, each with its answer, and the
# ends and beginnings of nodes. A call without an answer was cut short by the node's end ("none") or
# killed. Of monitors that run beside one that failed only that one is told.
trace() {
  {
    awk -v r="$1" '$3 == r { print $1, $2, $4, $5 }' "$LAB/ctl/calls"
    awk '$2 ~ /^node/ && ($3 == "on" || $3 == "off") { print $1, $2, $3 }' "$LAB/logs/events"
  } | sort -n -s -k1,1 | awk -v from="$2" -v to="$3" '
    $1 < from || $1 > to || $3 == "reload-agent" { next }
    $3 == "on" || $3 == "off" { n++; node[n] = $2; what[n] = $3; next }
    NF == 3 { n++; node[n] = $2; what[n] = $3; open[$2, $3] = n; next }
    { code[open[$2, $3]] = $4 }
    END {
      for (i = 1; i <= n; i++) {
        if (what[i] == "on" || what[i] == "off") { failed = ""; print node[i], what[i]; continue }
        if (what[i] == "monitor" && failed == node[i]) continue
        if (!(i in code)) {
          code[i] = "none"
          for (j = i + 1; j <= n && !(node[j] == node[i] && what[j] == "off"); j++)
            if (node[j] == node[i]) code[i] = "killed"
        }
        if (what[i] == "monitor" && code[i] == "killed") continue  # nobody waited for it any more
        failed = what[i] == "monitor" && code[i] != 0 ? node[i] : ""
        print node[i], what[i], code[i]
      }
    }'
}

# What happened to vol1 until fencing was turned off, and to vol3 in each case of its own.
write_traces() {
  local name begun ended start=0 end=9999999999999
  mkdir -p "$LAB/traces"
  while read -r name begun ended; do
    case $name in
      16_*) [ "$begun" -gt "$end" ] || end=$begun ;;
      22_* | 23_* | 24_* | 25_* | 26_*) trace vol3 "$begun" "$ended" >"$LAB/traces/${name#??_}.txt" ;;
    esac
  done <"$LAB/cases"
  trace vol1 "$start" "$end" >"$LAB/traces/ordinary_life_and_lost_nodes.txt"
}

# --- A case. ---

play() {
  local name=$1 begun
  begun=$(now)
  why='' told=''
  local passed=1
  "case_$name" && [ -z "$why" ] && passed=0
  echo "$name $begun $(now)" >>"$LAB/cases"
  if [ "$passed" = 0 ]; then
    say "ok    $(printf '%-22s' "$name") ${told:+$told }($(seconds_since "$begun") s)"
  else
    say "FAILED $name: $why"
    failed=$((failed + 1))
    cp -r "$LAB/logs" "$LAB/logs.$name" 2>/dev/null
  fi
}
