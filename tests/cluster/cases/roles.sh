# A promotable clone, and what policies learn of nodes: standby and attributes.
# shellcheck shell=bash disable=SC2154,SC2034

add_lamp() {
  local id
  add lamp "<clone id=\"lamps\"><meta_attributes id=\"lamps-meta\">$(attributes lamps-meta \
    promotable true)</meta_attributes>
    <primitive id=\"lamp\" class=\"ocf\" provider=\"tidegate\" type=\"policy\">
    <instance_attributes id=\"lamp-attr\">$(attributes lamp-attr PolicyPath /lab/policies/lamp \
      Watches node3)</instance_attributes><operations>
    <op id=\"lamp-m\" name=\"monitor\" role=\"Unpromoted\" interval=\"3s\" timeout=\"20s\"/>
    <op id=\"lamp-p\" name=\"monitor\" role=\"Promoted\" interval=\"2s\" timeout=\"20s\"/>
    $(for id in start stop promote demote; do
      printf '<op id="lamp-%s" name="%s" interval="0" timeout="30s"/>' "$id" "$id"
    done)</operations></primitive></clone>"
}
drop_lamp() {
  any crm_resource -r lamps --meta -p target-role -v Stopped >/dev/null
  wait_for "the lamps to be dark" 60 lights_are '' ''
  any cibadmin -D -o resources -X '<clone id="lamps"/>'
  any crm_resource --wait --timeout 30 >/dev/null 2>&1
}
# "node1 bright", a line each, as the cluster has it.
lights() {
  local n light
  for n in 1 2 3; do
    light=$(any crm_attribute -n lamp -N "node$n" -l reboot -G -q 2>/dev/null) &&
      echo "node$n $light"
  done
}
lights_are() {  # HOW-MANY-BRIGHT HOW-MANY-DIM
  [ "$(lights | awk '{ n[$2]++ } END { print n["bright"] "," n["dim"] }')" = "$1,$2" ]
}
bright() { lights | awk '$2 == "bright" { print $1 }'; }
was_answered() { calls_since "$1" lamp | grep -q "^$2$"; }  # MOMENT "NODE ACTION CODE"

case_41_promoted() {
  local begun first second still
  begun=$(now)
  add_lamp
  wait_for "one bright lamp and two dim ones" 60 lights_are 1 2 || return
  first=$(bright)
  wait_for "its monitor to say 8" 20 was_answered "$begun" "$first monitor 8" || return
  any crm_resource -r lamps -W 2>&1 | grep -q "$first \(Promoted\|Master\)" ||
    complain "Pacemaker does not call $first promoted"
  write_crm_mon before
  begun=$(now)
  power off "$first"  # as kill -9 of all that runs there
  wait_for "another bright lamp" 90 bright_elsewhere "$first" || return
  second=$bright
  told="$first promoted; its power lost, $second promoted after $(seconds_since "$begun") s"
  wait_for "its monitor to say 8" 20 was_answered "$begun" "$second monitor 8"
  was_answered "$begun" "$second promote 0" || complain "$second was not asked to promote"
  seen_since "$begun" "$first fenced" || power on "$first"
  everyone_back
  wait_for "a dim lamp on $first" 60 lights_are 1 2
  still=$(bright)
  [ "$still" = "$second" ] || complain "the lamp on $second did not stay bright, but on $still"
  # Orderly: demoted before it is stopped.
  begun=$(now)
  any crm_standby -N "$second" -v on
  wait_for "another bright lamp" 60 bright_elsewhere "$second"
  calls_since "$begun" lamp | grep "^$second \(demote\|stop\)" | tr '\n' ' ' |
    grep -q "demote 0 .*stop 0" || complain "$second was not demoted, then stopped"
  any crm_standby -N "$second" -D >/dev/null
  wait_for "all lamps" 60 lights_are 1 2
  drop_lamp
}
bright_elsewhere() { bright=$(bright); [[ $bright == node? && $bright != "$1" ]]; }
write_crm_mon() { any crm_mon -1 >"$LAB/logs/crm_mon.lamp.$1" 2>&1; }

case_43_roles_and_tools() {
  local said=$LAB/logs/roles.tools
  on node3 ocf-tester -n tester -o PolicyPath=/lab/policies/lamp "$agent" >"$said" 2>&1 ||
    complain "ocf-tester: $(tail -n 3 "$said")"
  grep -E "^\*|[Ww]arning" "$said" | grep -v "(optional)$" && complain "$(grep "^\*" "$said")"
  # As docs/pacemaker.md has it.
  any crm configure primitive lamp ocf:tidegate:policy params PolicyPath=/lab/policies/lamp \
    op monitor role=Promoted interval=9s timeout=30s \
    op monitor role=Unpromoted interval=10s timeout=30s >>"$said" 2>&1
  any crm configure clone lamps lamp meta promotable=true >>"$said" 2>&1
  wait_for "crm's lamps" 60 lights_are 1 2 || return
  any crm_verify -L -V >>"$said" 2>&1 || complain "crm_verify: $(tail -n 3 "$said")"
  drop_lamp
  any pcs resource create lamp ocf:tidegate:policy PolicyPath=/lab/policies/lamp \
    op monitor role=Promoted interval=9s op monitor role=Unpromoted interval=10s \
    promotable lamps >>"$said" 2>&1 || complain "pcs: $(tail -n 2 "$said")"
  wait_for "pcs's lamps" 60 lights_are 1 2 || return
  drop_lamp
  told='ocf-tester, crm, pcs and crm_verify'
}

sees() { [ "$(any crm_attribute -n lamp-sees -N node1 -l reboot -G -q 2>/dev/null)" = "$1" ]; }

case_42_nodes_seen() {
  add_lamp
  wait_for "one bright lamp and two dim ones" 60 lights_are 1 2 || return
  wait_for "node3 to be seen" 20 sees 'node3 works nowhere' || return
  any crm_attribute -n site -N node3 -l forever -v berlin
  wait_for "its site to be seen" 20 sees 'node3 works berlin' || return
  on node3 attrd_updater -n site -U paris
  wait_for "the transient one to come first" 20 sees 'node3 works paris' || return
  any crm_standby -N node3 -v on
  wait_for "standby to be seen" 30 sees 'node3 stands by paris' || return
  any crm_standby -N node3 -D >/dev/null
  any crm_standby -N node3 -l reboot -v on
  wait_for "standby until the reboot to be seen" 30 sees 'node3 stands by paris' || return
  any crm_standby -N node3 -l reboot -D
  wait_for "its end to be seen" 30 sees 'node3 works paris' || return
  any crm_attribute -n site -N node3 -l forever -D >/dev/null
  on node3 attrd_updater -n site -D
  told='standby of both lifetimes, attributes of both, the transient one first'
  drop_lamp
}
