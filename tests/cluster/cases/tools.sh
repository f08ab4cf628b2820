# What others' tools say of the agent: ocf-tester, Pacemaker's, crmsh and pcs.
# shellcheck shell=bash disable=SC2154,SC2034

agent=/usr/lib/ocf/resource.d/tidegate/policy

case_31_ocf_tester() {
  on node3 ocf-tester -n tester -o PolicyPath=/usr/share/tidegate/policies/volume \
    -o VolumePath=/dev/vol3 -o MountPoint=/srv/vol3 "$agent" >"$LAB/logs/ocf-tester" 2>&1 ||
    complain "it failed: $(tail -n 3 "$LAB/logs/ocf-tester")"
  # What it does not offer is told as "(optional)"; all else with a star is a complaint.
  grep -E "^\*|[Ww]arning" "$LAB/logs/ocf-tester" | grep -v "(optional)$" &&
    complain "$(grep "^\*" "$LAB/logs/ocf-tester" | head -3)"
  told=$(tail -n 1 "$LAB/logs/ocf-tester")
}

case_32_pacemaker_tools() {
  local answer
  add_policy vol3 "$volume" 60s 60s target-role Stopped -- VolumePath /dev/vol3 MountPoint /srv/vol3
  any crm_resource --wait --timeout 30 >/dev/null
  for action in force-check:7 validate:0 force-start:0 force-check:0 force-stop:0 force-check:7; do
    on node3 crm_resource -r vol3 "--${action%:*}" >"$LAB/logs/crm_resource" 2>&1
    answer=$?
    [ "$answer" = "${action#*:}" ] || complain "crm_resource --${action%:*} answered $answer"
  done
  drop vol3
  any crm_verify -L -V >"$LAB/logs/crm_verify" 2>&1 ||
    complain "crm_verify: $(cat "$LAB/logs/crm_verify")"
  any crm_simulate -L -S -i "vol1_monitor_2000@$(mounted_on vol1)=1" 2>&1 |
    grep -q "Recover *vol1" || complain "crm_simulate does not recover vol1 after exit code 1"
  told='crm_resource --validate and --force-*, crm_verify, crm_simulate'
}

# The blocks of docs/pacemaker.md after <!-- test: NAME -->, as they stand there.
documented() {
  awk -v name="$1" '/^<!-- test: / { take = $3 == name; next }
    take && /^    / { print substr($0, 5); seen = 1; next }
    take && seen && !/^$/ { exit }' "$source_dir/docs/pacemaker.md"
}
documented_case() {  # NAME
  for n in 1 2 3; do on "$n" sh -c 'mkdir -p /dev/vg && ln -sf /dev/vol3 /dev/vg/data'; done
  for n in 1 2 3; do
    documented install | on "$n" sh -ex >"$LAB/logs/documented.install" 2>&1 || {
      complain "install on $n: $(tail -n 2 "$LAB/logs/documented.install")"
      return
    }
    on "$n" sh -c 'cd /usr/lib/lab/resource.d && mkdir -p acme && ln -sf ../tidegate/policy acme/volume'
  done
  documented "$1" | on node1 bash -ex >"$LAB/logs/documented.$1" 2>&1 || {
    complain "$(tail -n 3 "$LAB/logs/documented.$1")"; return; }
  wait_for "data mounted" 30 data_is_mounted || return
  documented "$1-remove" | on node1 bash -ex >>"$LAB/logs/documented.$1" 2>&1 ||
    complain "$(tail -n 3 "$LAB/logs/documented.$1")"
  told="$(documented "$1" | grep -c "^$1") commands of docs/pacemaker.md, as written"
}
data_is_mounted() {
  local n
  for n in 1 2 3; do on "$n" grep -q " /srv/data " /proc/1/mountinfo && return 0; done
  return 1
}
case_33_crmsh() { documented_case crm; }
case_34_pcs() { documented_case pcs; }
