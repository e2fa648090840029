#!/usr/bin/env bash
# Boots qemu (software emulation) with an initramfs that holds only the static binary and a static busybox, and there runs
# `lodestar facts` and `lodestar apply --root /target` on a small site.
#   mini-os.sh LODESTAR WORK-DIR       (LODESTAR: the static binary; WORK-DIR keeps the unpacked kernel)
set -euo pipefail
lodestar=$(realpath "$1") keep=$2
missing=()
for p in qemu-system-x86 busybox-static cpio; do dpkg -s "$p" > /dev/null 2>&1 || missing+=("$p"); done
[ ${#missing[@]} = 0 ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
mkdir -p "$keep"
if ! ls "$keep"/kernel/boot/vmlinuz-* > /dev/null 2>&1; then
  (cd "$keep" && package=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/{print $2; exit}') &&
    apt-get download -qq "$package" && dpkg-deb -x "$package"_*.deb kernel && rm -f "$package"_*.deb)
fi
work=$(mktemp -d /var/tmp/lodestar-mini.XXXX)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/initrd/{bin,proc,sys,dev,etc,site/manifests,target/etc,target/srv,target/home,target/var/lib}
cp "$lodestar" "$work/initrd/bin/lodestar"
cp /bin/busybox "$work/initrd/bin/busybox"
echo "site: mini" > "$work/initrd/site/site.yaml"
cat > "$work/initrd/site/manifests/all.yaml" <<'Y'
group:
  ops: {gid: 3500}
user:
  ana: {uid: 3501, group: ops, manage_home: true}
directory:
  /srv/www: {owner: ana}
file:
  /srv/www/index.html: {content: "kernel ${{ facts.kernel.arch }}\n", owner: ana, group: ops, mode: "0640"}
link:
  /srv/current: {target: www}
Y
echo "root:x:0:0:root:/root:/bin/sh" > "$work/initrd/target/etc/passwd"
echo "root:x:0:" > "$work/initrd/target/etc/group"
echo "root:*:19000:0:99999:7:::" > "$work/initrd/target/etc/shadow"
cat > "$work/initrd/init" <<'S'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs dev /dev
echo "MINI facts $(/bin/lodestar facts kernel.arch) $(/bin/lodestar facts memory.total_bytes)"
/bin/lodestar apply /site --root /target
echo "MINI apply $?"
/bin/lodestar plan /site --root /target --detailed-exit-code
echo "MINI plan $?"
echo "MINI file $(/bin/busybox cat /target/srv/www/index.html) $(/bin/busybox stat -c '%a %u %g' /target/srv/www/index.html)"
/bin/busybox poweroff -f
S
chmod +x "$work/initrd/init"
(cd "$work/initrd" && find . | cpio --quiet -o -H newc) > "$work/initrd.img"
timeout 300 qemu-system-x86_64 -accel tcg -cpu max -m 512 -nographic -no-reboot -nic none \
  -kernel "$keep"/kernel/boot/vmlinuz-* -initrd "$work/initrd.img" -append "console=ttyS0 quiet panic=-1" < /dev/null > "$work/log" 2>&1 || true
grep -a MINI "$work/log" || { tail -n 40 "$work/log"; exit 1; }
for line in "MINI facts x86_64 4" "MINI apply 0" "MINI plan 0" "MINI file kernel x86_64 640 3501 3500"; do
  grep -aqF "$line" "$work/log" || { echo "FAILED: expected $line"; tail -n 40 "$work/log"; exit 1; }
done
echo "the mini OS reads facts and converges /target"
