#!/usr/bin/env bash
# Boots qemu (software emulation) with SMBIOS strings and cards of its own, and compares the serial that hostinfo finds in
# the guest; then builds the layouts of hostinfo-netns.sh there, on a kernel with bonds, WireGuard and VRFs.
#   hostinfo-qemu.sh HOSTINFO WORK-DIR    (HOSTINFO: the static binary `hostinfo`; WORK-DIR keeps the unpacked kernel)
set -euo pipefail
hostinfo=$(realpath "$1") keep=$2
here=$(realpath "$(dirname "$0")")
missing=()
for p in qemu-system-x86 busybox-static cpio python3 iproute2; do dpkg -s "$p" > /dev/null 2>&1 || missing+=("$p"); done
[ ${#missing[@]} = 0 ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
mkdir -p "$keep"
if ! ls "$keep"/kernel/boot/vmlinuz-* > /dev/null 2>&1; then
  (cd "$keep" && package=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/{print $2; exit}') &&
    apt-get download -qq "$package" && dpkg-deb -x "$package"_*.deb kernel && rm -f "$package"_*.deb)
fi
work=$(mktemp -d /var/tmp/hostinfo-qemu.XXXX)
trap 'rm -rf "$work"' EXIT
root=$work/initrd
mkdir -p "$root"/{bin,proc,sys,dev,etc,tmp,lib,modules}
cp "$hostinfo" "$root/bin/hostinfo"
cp /bin/busybox "$root/bin/busybox"
cp "$here/hostinfo-netns.sh" "$root/"
# Dynamic programs with their libraries.
for program in /bin/bash "$(command -v ip)"; do
  cp "$program" "$root/bin/"
  ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
done
# Modules in the order of their dependencies, which each names itself.
python3 - "$keep"/kernel/lib/modules/*/kernel "$root/modules" vmxnet3 bonding 8021q bridge dummy veth macvlan wireguard vrf vxlan ip_gre team \
  team_mode_activebackup tun <<'P'
import os, re, shutil, sys
folder, target, wanted = sys.argv[1], sys.argv[2], sys.argv[3:]
files = {f[:-3].replace("-", "_"): os.path.join(d, f) for d, _, names in os.walk(folder) for f in names if f.endswith(".ko")}
order = []
def add(name):
    name = name.replace("-", "_")
    if name in order or name not in files: return
    for needed in re.search(rb"\0depends=([^\0]*)", open(files[name], "rb").read()).group(1).decode().split(","):
        if needed: add(needed)
    order.append(name)
for name in wanted: add(name)
for name in order: shutil.copy(files[name], f"{target}/{name}.ko")
open(f"{target}/order", "w").write("".join(f"{name}.ko\n" for name in order))
P
cat > "$root/init" <<'S'
#!/bin/busybox sh
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
cat /modules/order 2> /dev/null | while read m; do insmod /modules/$m 2> /dev/null; done
sleep 0.5
echo "GUEST report"
hostinfo --format json
echo "GUEST explain"
hostinfo explain sn
if grep -q layouts /proc/cmdline; then
  for name in $(sed -n 's/^layout_\([a-z0-9_]*\)() {.*/\1/p' /hostinfo-netns.sh); do
    echo "GUEST layout $name"
    LAYOUT_FOLDER=/tmp/$name unshare -n -m bash /hostinfo-netns.sh hostinfo $name > /tmp/said 2>&1
    if [ -d /tmp/$name ]; then tar -C /tmp/$name -czf - . | base64; else echo "SAID $(head -1 /tmp/said)"; fi
    rm -rf /tmp/$name
  done
fi
echo "GUEST end"
poweroff -f
S
chmod +x "$root/init"
(cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) > "$work/initrd.img"

boot() { # LOG APPEND QEMU-OPTIONS...
  local log=$1 append=$2
  shift 2
  timeout 600 qemu-system-x86_64 -accel tcg -cpu max -m 768 -nographic -no-reboot \
    -kernel "$keep"/kernel/boot/vmlinuz-* -initrd "$work/initrd.img" -append "console=ttyS0 quiet panic=-1 $append" "$@" \
    < /dev/null > "$log" 2>&1 || true
  grep -aq "GUEST end" "$log" || { tail -n 30 "$log"; echo "FAILED: the guest did not come to its end"; exit 1; }
}
failed=0
expect() { # NAME JSON-PATH=VALUE...
  python3 - "$@" <<'P' || failed=1
import json, re, sys
name, log = sys.argv[1], open(sys.argv[2], errors="replace").read().replace("\r", "")
report = json.loads(re.search(r"GUEST report\n(.*?)GUEST explain", log, re.S).group(1))
bad = 0
for claim in sys.argv[3:]:
    path, _, wanted = claim.partition("=")
    value = report
    for part in path.split("."): value = value[part]
    if str(value) != wanted:
        bad = 1
        print(f"FAILED {name}: expected {path} to be {wanted}, found {value}")
        print(re.search(r"GUEST explain\n(.*?)GUEST", log, re.S).group(1))
if not bad: print(f"ok {name}:", *sys.argv[3:])
sys.exit(bad)
P
}
card="-nic none -netdev user,id=n -device vmxnet3,netdev=n,mac=3c:ec:ef:12:34:56"
boot "$work/1" "" $card -smbios type=1,serial=QSN77A,uuid=d23f0c5e-b2a1-6d4c-8e9f-001122334455
expect "the serial of -smbios" "$work/1" sn.value=QSN77A sn.source=S1 sn.kind=system sn.witnesses.uuid=d23f0c5e-b2a1-6d4c-8e9f-001122334455 "sn.witnesses.macs=['3c:ec:ef:12:34:56']"
boot "$work/2" "" $card -smbios type=1,serial="To be filled by O.E.M.",uuid=d23f0c5e-b2a1-6d4c-8e9f-001122334455
expect "a placeholder: the UUID of a virtual machine" "$work/2" sn.value=VM:d23f0c5e-b2a1-6d4c-8e9f-001122334455 sn.source=S6 sn.kind=vm
boot "$work/3" "" $card -smbios type=1,manufacturer="Dell Inc.",product="PowerEdge R630",uuid=4c4c4544-0039-3010-8048-b7c04f384432
expect "the UUID of Dell" "$work/3" sn.value=790H8D2 sn.source=S2 sn.kind=derived
boot "$work/4" "hostinfo.sn=REG-0042" $card -smbios type=1,serial=QSN77A
expect "the kernel's command line of a mini OS" "$work/4" sn.value=REG-0042 sn.source=S0 "sn.origin=kernel command line"
boot "$work/5" "" $card
expect "nothing but a card" "$work/5" sn.value=MAC:3c:ec:ef:12:34:56 sn.source=S8 sn.confidence=provisional
boot "$work/6" "layouts" $card -machine pc,smbios-entry-point-type=64 -smbios type=1,serial=QSN77A
expect "a 3.x entry point" "$work/6" sn.value=QSN77A sn.source=S1
python3 - "$work" <<'P'
import base64, io, os, re, sys, tarfile
work = sys.argv[1]
log = open(f"{work}/6", errors="replace").read().replace("\r", "")
for name, body in re.findall(r"GUEST layout (\w+)\n(.*?)(?=GUEST )", log, re.S):
    said = re.search(r"SAID (.*)", body)
    if said:
        print(said.group(1) or f"FAILED {name}: the guest said nothing")
        continue
    os.makedirs(f"{work}/layouts/{name}")
    tarfile.open(fileobj=io.BytesIO(base64.b64decode("".join(body.split())))).extractall(f"{work}/layouts/{name}", filter="data")
P
for folder in "$work"/layouts/*/; do
  bash "$here/hostinfo-netns.sh" "$hostinfo" "$(basename "$folder")" "$folder" || failed=1
done
exit $failed
