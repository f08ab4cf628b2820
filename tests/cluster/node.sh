#!/bin/bash
# node.sh NUMBER: process 1 of a node. Everything below / is private to it: an overlay over the
# machine's own root with the packages between, so that what a node writes ends with the lab.
set -u
n=$1
root=$LAB/state/node$n/root
minors=$LAB/ctl/minors.node$n

# Only what a node needs, and of the machine's disks none but its own.
make_dev() {
  local name minor
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  mknod -m 666 "$root/dev/null" c 1 3
  mknod -m 666 "$root/dev/zero" c 1 5
  mknod -m 666 "$root/dev/full" c 1 7
  mknod -m 666 "$root/dev/random" c 1 8
  mknod -m 666 "$root/dev/urandom" c 1 9
  mknod -m 666 "$root/dev/tty" c 5 0
  mkdir "$root/dev/shm" "$root/dev/pts"
  mount -t tmpfs -o mode=1777,size=256m tmpfs "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  while read -r name minor; do mknod -m 600 "$root/dev/$name" b 7 "$minor"; done <"$minors"
}

make_root() {
  local file
  mount --make-rprivate /
  mkdir -p "$LAB/state/node$n"/{upper,work,root}
  mount -t overlay overlay -o \
    "lowerdir=$LAB/state/layer:/,upperdir=$LAB/state/node$n/upper,workdir=$LAB/state/node$n/work" \
    "$root" || exit 11
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  make_dev
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  mkdir -p "$root"/{lab,old} "$root"/run/{lock,lab} "$root"/var/log/{corosync,pacemaker}
  install -d -m 1755 "$root/run/resource-agents"
  mount --bind "$LAB/ctl" "$root/lab"
  mkdir -p "$LAB/logs/node$n"/{corosync,pacemaker}
  mount --bind "$LAB/logs/node$n/corosync" "$root/var/log/corosync"
  mount --bind "$LAB/logs/node$n/pacemaker" "$root/var/log/pacemaker"
  # Pacemaker restarts a node that it gave up by sysrq, which no namespace holds back.
  for file in sysrq-trigger sys/kernel/sysrq; do
    [ ! -e "$root/proc/$file" ] || mount --bind /dev/null "$root/proc/$file"
  done
  cd "$root" && pivot_root . old && umount -l /old && cd /
}

configure() {
  chown hacluster:haclient /var/log/pacemaker
  chmod 770 /var/log/pacemaker
  install -m 644 /lab/corosync.conf /etc/corosync/corosync.conf
  install -m 400 /lab/authkey /etc/corosync/authkey
  install -m 755 /lab/fence_lab /usr/sbin/fence_lab
  if [ ! -e /var/lib/pacemaker/cib/cib.xml ]; then
    install -m 600 -o hacluster -g haclient /lab/cib.xml /var/lib/pacemaker/cib/cib.xml
  fi
  # The agent that notes the calls stands in its place, the agent itself beside it.
  if [ ! -e /usr/lib/lab ]; then
    install -d /usr/lib/lab/resource.d/tidegate
    mv /usr/lib/ocf/resource.d/tidegate/policy /usr/lib/lab/resource.d/tidegate/policy
    install -m 755 /lab/agent.sh /usr/lib/ocf/resource.d/tidegate/policy
  fi
  { echo 127.0.0.1 localhost; for i in 1 2 3; do echo "10.99.0.$i node$i"; done; } >/etc/hosts
}

connect() {
  local i
  hostname "node$n"
  for ((i = 0; i < 200; i++)); do
    [ -e /sys/class/net/eth0 ] && break
    sleep 0.02
  done
  ip link set lo up
  ip addr add "10.99.0.$n/24" dev eth0
  ip link set eth0 up || exit 13
}

# What a service manager does: the membership first, then Pacemaker, again if it fails.
serve() {
  local clean=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
    PCMK_logfacility=none PCMK_logfile=/var/log/pacemaker/pacemaker.log)
  local i corosync
  ulimit -n 4096
  ulimit -c 0
  "${clean[@]}" corosync -f >/var/log/corosync/stdout 2>&1 &
  corosync=$!
  echo "$corosync" >/run/lab/corosync.pid
  (
    for ((i = 0; i < 300; i++)); do
      corosync-cmapctl -g runtime.votequorum.this_node_id >/dev/null 2>&1 && break
      kill -0 "$corosync" 2>/dev/null || exit 1
      sleep 0.1
    done
    while [ ! -e /run/lab/stop ]; do
      "${clean[@]}" pacemakerd >/var/log/pacemaker/stdout 2>&1 &
      echo $! >/run/lab/pacemakerd.pid
      wait $! && break
      sleep 1
    done
  ) &
}

make_root
configure
connect
# A machine takes longer to come back than the others take to hear that it was fenced. One that is
# back before hears it itself, and leaves the cluster for good: "We were allegedly just fenced".
if [ -e "/lab/was.node$n" ]; then sleep 2; fi
: >"/lab/was.node$n"
: >"/lab/booted.node$n"
serve
# Process 1 reaps for ever, orphans too.
while :; do
  wait -n 2>/dev/null
  [ $? = 127 ] && sleep 1
done
