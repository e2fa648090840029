#!/usr/bin/env bash
# Boots qemu (software emulation) with an initramfs that holds only the static binary and a static busybox, and there runs
# `lodestar facts`, `lodestar apply --root /target` on a small site, and `lodestar asset check` on entries that are and are not this machine's.
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
# The cloud kernel has virtio and SCSI as modules.
for name in virtio virtio_ring virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk failover net_failover virtio_net scsi_common scsi_mod virtio_scsi \
  crct10dif_common crc-t10dif crc64 crc64-rocksoft t10-pi sd_mod; do
  found=$(find "$keep"/kernel/lib/modules -name "$name.ko*" | head -1)
  [ -z "$found" ] || { mkdir -p "$work/initrd/modules"; cp "$found" "$work/initrd/modules/$name.ko"; echo "$name" >> "$work/initrd/modules/order"; }
done
asset() { # asset NAME ENTRY: a site whose inventory has an entry
  mkdir -p "$work/initrd/assets/$1/inventory"
  echo "site: $1" > "$work/initrd/assets/$1/site.yaml"
  printf 'hosts:\n  MINI7001: {asset: %s}\n  OTHER1: {asset: {uuid: 12345678-1234-1234-1234-1234567890ab}}\n' "$2" > "$work/initrd/assets/$1/inventory/hosts.yaml"
}
machine="vendor: Super Micro Computer, product: X11DPi-N, uuid: 12345678-9abc-4def-8123-456789abcdef"
asset match "{$machine, cpu: {model: QEMU TCG CPU version 2.5+, sockets: 2, cores: 2}, memory: {total: 512MiB, modules: [{size: 512MiB, vendor: QEMU}]}, disks: [{size: 64MiB, serial: wd-1, transport: virtio}, {size: 32MiB, serial: SAS-77}], nics: [{mac: 52:54:00:12:34:56, driver: virtio_net}], firmware: {type: bios}}"
asset disk "{$machine, disks: [{size: {min: 128MiB}}]}"
asset memory "{$machine, memory: {modules: [{size: 512MiB, count: 2}]}}"
asset cpu "{$machine, cpu: {model: E5-2630 v3}}"
asset board "{vendor: HPE}"
echo "root:x:0:0:root:/root:/bin/sh" > "$work/initrd/target/etc/passwd"
echo "root:x:0:" > "$work/initrd/target/etc/group"
echo "root:*:19000:0:99999:7:::" > "$work/initrd/target/etc/shadow"
cat > "$work/initrd/init" <<'S'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs dev /dev
# Twice: what another one needs may come after it.
for name in $(/bin/busybox cat /modules/order /modules/order); do /bin/busybox insmod /modules/$name.ko 2> /dev/null; done
/bin/busybox sleep 1
for site in match disk memory cpu board; do
  /bin/lodestar asset check /assets/$site
  echo "MINI asset $site $?"
done
for host in MINI7001 OTHER1; do
  /bin/lodestar asset check /assets/match --host $host
  echo "MINI asset as $host $?"
done
case "$(/bin/busybox cat /proc/cmdline)" in *lodestar.asset*) /bin/busybox poweroff -f ;; esac
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
truncate -s 64M "$work/disk"
truncate -s 32M "$work/disk2"
boot() { # boot SERIAL [WORD OF THE COMMAND LINE]
  timeout 300 qemu-system-x86_64 -accel tcg -cpu max -m 512 -smp 2,sockets=2 -nographic -no-reboot -nic user,model=virtio-net-pci,mac=52:54:00:12:34:56 \
    -drive "file=$work/disk,format=raw,if=none,id=d" -device virtio-blk-pci,drive=d,serial=WD-1 \
    -drive "file=$work/disk2,format=raw,if=none,id=e" -device virtio-scsi-pci -device scsi-hd,drive=e,serial=SAS-77 \
    -smbios "type=1,manufacturer=Supermicro,product=X11DPi-N,serial=$1,uuid=12345678-9abc-4def-8123-456789abcdef" \
    -kernel "$keep"/kernel/boot/vmlinuz-* -initrd "$work/initrd.img" -append "console=ttyS0 quiet panic=-1 ${2:-}" < /dev/null > "$work/log" 2>&1 || true
  grep -a MINI "$work/log" || { tail -n 40 "$work/log"; exit 1; }
}
# Without a serial that counts, the UUID of an entry says which machine it is; without one nobody knows.
boot "To be filled by O.E.M." lodestar.asset
for line in "MINI asset match 8" "MINI asset as MINI7001 0" "MINI asset as OTHER1 4"; do
  grep -aqF "$line" "$work/log" || { echo "FAILED: expected $line"; tail -n 60 "$work/log"; exit 1; }
done
boot MINI7001
for line in "MINI asset match 0" "MINI asset disk 2" "MINI asset memory 2" "MINI asset cpu 2" "MINI asset board 4" "MINI asset as OTHER1 4" \
  "MINI facts x86_64 4" "MINI apply 0" "MINI plan 0" "MINI file kernel x86_64 640 3501 3500"; do
  grep -aqF "$line" "$work/log" || { echo "FAILED: expected $line"; tail -n 40 "$work/log"; exit 1; }
done
echo "the mini OS reads facts, knows its machine and converges /target"
