#!/bin/bash
# The volume tests that need a kernel of their own: boots Debian's stock kernel in qemu (no KVM
# needed) with one test program inside, and answers with its exit code.
# Usage: run.sh TEST_PROGRAM     (the Catch2 program that holds the tests tagged [vm])
# Exit code: 0 passed, 1 failed, 77 skipped because something is missing.
set -euo pipefail

skip() { echo "skipped: $*"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
program=$(readlink -f "${1:?usage: run.sh TEST_PROGRAM}")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/tidegate/vm
export PATH=$PATH:/usr/sbin:/sbin

for tool in qemu-system-x86_64 cpio modprobe depmod mkfs.ext4 dpkg apt-get; do
  command -v $tool >/dev/null || skip "needs $tool (qemu-system-x86 cpio kmod e2fsprogs)"
done
[ -x /bin/busybox ] && ! ldd /bin/busybox >/dev/null 2>&1 || skip "needs busybox-static"

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9  # two runs at once fetch once
if [ ! -e "$cache/kernel/complete" ]; then
  package=$(apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/.*Depends: //p' | head -n 1)
  [ -n "$package" ] || skip "apt knows no linux-image-amd64"
  rm -rf "$cache/kernel" && mkdir -p "$cache/kernel"
  (cd "$cache" && apt-get download "$package" >/dev/null 2>&1) || skip "cannot fetch $package"
  dpkg -x "$cache/$package"_*.deb "$cache/kernel"
  rm -f "$cache/$package"_*.deb
  depmod -b "$cache/kernel" "$(ls "$cache/kernel/lib/modules")"
  touch "$cache/kernel/complete"
fi
version=$(ls "$cache/kernel/lib/modules")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{bin,modules,proc,sys,dev,tmp,etc}
cp /bin/busybox "$root/bin/"
cp "$here/init" "$root/init"

install_program() {  # with its libraries, at the place where its loader looks for them
  cp -L "$1" "$root/bin/$2"
  ldd "$1" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$root${library%/*}"
    cp -L "$library" "$root$library"
  done || true
}
install_program "$program" volume_tests
install_program "$(command -v mkfs.ext4)" mkfs.ext4  # by this name, which busybox has no other of
cp /etc/mke2fs.conf "$root/etc/"

n=100
for module in ext4 xfs loop sd_mod scsi_debug dm-mod dm-flakey configfs target_core_mod tcm_loop; do
  modprobe -d "$cache/kernel" -S "$version" --show-depends "$module" 2>/dev/null |
    sed -n 's/^insmod \([^ ]*\).*/\1/p'
done | awk '!seen[$0]++' | while read -r file; do
  cp "$file" "$root/modules/$((n++))-${file##*/}"
done
(cd "$root" && find . | cpio -o -H newc 2>/dev/null | gzip -1) > "$work/initramfs.gz"

timeout "${VM_SECONDS:-180}" qemu-system-x86_64 -accel tcg -m 512 -nographic -no-reboot -nic none \
  -kernel "$cache/kernel/boot/vmlinuz-$version" -initrd "$work/initramfs.gz" \
  -append "console=ttyS0 quiet panic=-1 no_timer_check" </dev/null 2>&1 | tr -d "\r" | tee "$work/console" || true
grep -q '^volume tests: exit code 0$' "$work/console"
