#!/bin/bash
# The agent under test, each call noted with its answer: what Pacemaker really asks of it.
note() {
  local now=${EPOCHREALTIME/./}
  printf '%s %s %s %s\n' "$((now / 1000))" "$(</proc/sys/kernel/hostname)" \
    "$OCF_RESOURCE_INSTANCE" "$*" >>/lab/calls
}
real=/usr/lib/lab/resource.d/${0##*/resource.d/}  # the agent is told what it is by its name
call=$1
if [ "$1" = monitor ]; then
  [ "${OCF_RESKEY_CRM_meta_interval:-0}" = 0 ] && call=probe || call=monitor
fi
case $call in meta-data | usage | help) exec "$real" "$@" ;; esac
note "$call"
"$real" "$@"
code=$?
note "$call" "$code"
exit $code
