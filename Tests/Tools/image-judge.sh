#!/usr/bin/env bash
# Makes images of the mini OS with `lodestar image build` and boots them in qemu (software emulation). Judges: cpio, modinfo, ldd, objdump, sha256sum, and the
# machine that boots: from its kernel directly, and in the long form by PXE on BIOS and UEFI, from one program of UEFI, and with drivers of servers.
#   image-judge.sh LODESTAR KERNEL-DIR [long]     (LODESTAR: the static binary; KERNEL-DIR keeps the unpacked kernel of mini-os.sh)
set -euo pipefail
lodestar=$(realpath "$1") keep=$2 form=${3:-short}
packages=(qemu-system-x86 busybox-static cpio kmod binutils)
[ "$form" = short ] || packages+=(ovmf ipxe-qemu)
missing=()
for p in "${packages[@]}"; do dpkg -s "$p" > /dev/null 2>&1 || missing+=("$p"); done
[ ${#missing[@]} = 0 ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
work=$(mktemp -d /var/tmp/lodestar-image.XXXX)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
fail() { echo "FAILED: $1"; [ ! -e "$work/log" ] || tail -n 40 "$work/log"; exit 1; }
expect() { grep -aqF "$1" "$work/log" || fail "expected $1"; }
build() { TMPDIR="$work" "$lodestar" image build --kernel "$keep/kernel" "$@" > "$work/built" 2>&1 || { cat "$work/built"; fail "image build $*"; }; }

machine="vendor: Super Micro Computer, product: X11DPi-N, uuid: 12345678-9abc-4def-8123-456789abcdef"
mkdir -p "$work/site/inventory" "$work/bad/inventory"
printf 'site: mini\n' | tee "$work/site/site.yaml" > "$work/bad/site.yaml"
printf 'hosts:\n  MINI7001: {asset: {%s, disks: [{size: 64MiB, serial: wd-1}], firmware: {type: bios}}}\n  EFI1: {asset: {%s, firmware: {type: uefi}}}\n' "$machine" "$machine" > "$work/site/inventory/hosts.yaml"
printf 'hosts:\n  MINI7001: {asset: {vendor: 1, vendr: 2}}\n' > "$work/bad/inventory/hosts.yaml"

# A package that would replace the first program, with a hard link.
mkdir -p "$work/odd/DEBIAN" "$work/odd/usr/bin"
printf 'Package: odd\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: odd\n' > "$work/odd/DEBIAN/control"
echo evil > "$work/odd/init"
echo one > "$work/odd/usr/bin/odd-one" && ln "$work/odd/usr/bin/odd-one" "$work/odd/usr/bin/odd-two"
dpkg-deb --root-owner-group -b "$work/odd" "$work/odd.deb" > /dev/null
# The same bytes twice, the second time as nobody.
build --site "$work/site" --append "console=ttyS0 quiet panic=-1" --package e2fsprogs=mke2fs,e2fsck --package dosfstools=mkfs.vfat --package "$work/odd.deb" --out "$work/a"
mkdir "$work/b" "$work/tmp" && chown nobody "$work/b" "$work/tmp"
cp "$lodestar" "$work/lodestar"
runuser -u nobody -- env TMPDIR="$work/tmp" HOME="$work/tmp" "$work/lodestar" image build --kernel "$keep/kernel" --site "$work/site" --append "console=ttyS0 quiet panic=-1" \
  --package e2fsprogs=mke2fs,e2fsck --package dosfstools=mkfs.vfat --package "$work/odd.deb" --out "$work/b" > "$work/built" 2>&1 || { cat "$work/built"; fail "image build as nobody"; }
diff -r "$work/a" "$work/b" > /dev/null || fail "two builds differ"
[ -z "$(ls -A "$work/tmp")" ] || fail "something stays in TMPDIR: $(ls -A "$work/tmp")"
(cd "$work/a" && sha256sum --quiet -c SHA256SUMS) || fail "SHA256SUMS"
[ "$(stat -c %s "$work/a/initrd.img")" -le $((20 << 20)) ] || fail "the initramfs has $(stat -c %s "$work/a/initrd.img") bytes, expected at most 20 MiB"

# What is in it, by cpio; modules by modinfo; the libraries of its programs by ldd, in it.
mkdir "$work/root" && (cd "$work/root" && zcat "$work/a/initrd.img" | cpio --quiet -id)
cmp "$work/root/usr/bin/lodestar" "$lodestar" || fail "another lodestar"
grep -q "lodestar mini" "$work/root/init" || fail "a package has replaced /init"
[ "$(cat "$work/root/usr/bin/odd-one" "$work/root/usr/bin/odd-two")" = $'one\none' ] || fail "a hard link is left out"
list=$(ls "$work"/root/usr/lib/modules/*/modules.lodestar)
while IFS=$'\t' read -r kind path needs aliases; do
  file=$(dirname "$list")/$path
  [ "$kind" = always ] || fail "$path is loaded for a device"
  [ "$(modinfo -F depends "$file" | tr ',-' '\n_' | sort)" = "$(comm -23 <(tr ',' '\n' <<< "$needs" | sort) <(modinfo -F softdep "$file" | sed 's/^pre: //; s/post:.*//' | tr ' -' '\n_' | sort))" ] || fail "$path needs $needs"
  [ "$(modinfo -F alias "$file" | sort)" = "$(tr ' ' '\n' <<< "$aliases" | sort)" ] || fail "aliases of $path"
done < "$list"
[ -x "$work/root/usr/sbin/mkfs.vfat" ] && [ -f "$work/root/usr/sbin/mkfs.fat" ] || fail "a link without its program"
for program in mke2fs e2fsck mkfs.fat; do
  chroot "$work/root" /usr/lib64/ld-linux-x86-64.so.2 --list "/usr/sbin/$program" > "$work/ldd" 2>&1 && ! grep -q "not found" "$work/ldd" || { cat "$work/ldd"; fail "libraries of $program"; }
done
[[ "$(chroot "$work/root" /usr/sbin/mke2fs -V 2>&1)" == *"mke2fs 1"* ]] || fail "mke2fs in it does not run"

# What cannot be built says why, and writes nothing.
refused() { # refused TEXT ARGUMENT...
  local text=$1; shift
  if TMPDIR="$work" "$lodestar" image build --out "$work/none" "$@" > "$work/said" 2>&1; then fail "built: $*"; fi
  grep -qF -- "$text" "$work/said" || { cat "$work/said"; fail "expected $text of $*"; }
  [ ! -e "$work/none" ] || fail "something was written: $*"
}
refused "did you mean \`virtio_net\`" --kernel "$keep/kernel" --module virtio_nett
refused "expected a static program" --kernel "$keep/kernel" --program /usr/bin/env
refused "hosts.yaml:2:" --kernel "$keep/kernel" --site "$work/bad"
refused "cannot read $work/nothing.deb: ENOENT" --kernel "$work/nothing.deb"
refused "cannot find $work/nothing/boot: ENOENT" --kernel "$work/nothing"
refused "expected the name of a package" --kernel=-h
refused "expected the name of a package" --kernel "$keep/kernel" --package=-h
refused "no-such-package-here" --kernel "$keep/kernel" --package no-such-package-here
refused "did you mean \`mke2fs\`" --kernel "$keep/kernel" --package e2fsprogs=mke2fss
if "$lodestar" mini > "$work/said" 2>&1; then fail "mini ran here"; fi
grep -q "expected the mini OS" "$work/said" || fail "mini here"

truncate -s 64M "$work/disk"
boot() { # boot SECONDS SERIAL ARGUMENT...: a machine, until it ends or the time is over
  local seconds=$1 serial=$2; shift 2
  timeout "$seconds" qemu-system-x86_64 -accel tcg -cpu max -m 1024 -nographic -no-reboot \
    -drive "file=$work/disk,format=raw,if=none,id=d" -device virtio-blk-pci,drive=d,serial=WD-1 \
    -smbios "type=1,manufacturer=Supermicro,product=X11DPi-N,serial=$serial,uuid=12345678-9abc-4def-8123-456789abcdef" "$@" < /dev/null > "$work/log" 2>&1 || return $?
}
direct() { boot "$1" "$2" -nic none -kernel "$work/a/vmlinuz" -initrd "$work/a/initrd.img" -append "console=ttyS0 quiet panic=-1 $3"; }
direct 180 MINI7001 "lodestar.then=poweroff lodestar.events=json" || fail "the machine did not end"
expect '{"event":"ready","kernel":"6.'
expect '"verdict":"match"'
expect '{"event":"inspected","host":"MINI7001","verdict":"match"}'
# A failure holds, whatever is to follow a success.
if direct 40 MINI7001 "lodestar.then=poweroff lodestar.stage=instal"; then fail "the machine ended after a failure"; fi
expect "lodestar: failed: cannot use the kernel's command line: lodestar.stage: expected one of inspect, install, shell, found \`instal\`"
expect "a shell follows"
[ "$form" = long ] || { echo "the mini OS is built alike twice, boots and inspects"; exit 0; }

# A machine that is another one waits for somebody.
if direct 40 EFI1 "lodestar.then=poweroff"; then fail "the machine ended after another verdict"; fi
expect "lodestar: inspected EFI1: drift"

# By PXE: the emulator's TFTP serves the script, as Examples/pxe serves it by dnsmasq and nginx.
build --site "$work/site" --append "console=ttyS0 quiet panic=-1 lodestar.then=poweroff" --uki --out "$work/a"
objdump -h "$work/a/lodestar.efi" | grep -E '\.(osrel|cmdline|initrd|linux) ' | wc -l | grep -qx 4 || fail "sections of lodestar.efi"
for section in linux:vmlinuz initrd:initrd.img; do
  objcopy -O binary --only-section=".${section%:*}" "$work/a/lodestar.efi" "$work/section" && cmp -n "$(stat -c %s "$work/a/${section#*:}")" "$work/section" "$work/a/${section#*:}" || fail "bytes of $section"
done
nic="-nic user,model=virtio-net-pci,tftp=$work/a,bootfile=boot.ipxe"
# shellcheck disable=SC2086
boot 300 MINI7001 $nic -boot n || fail "PXE on BIOS"
expect "lodestar: inspected MINI7001: match"
efi() { cp /usr/share/OVMF/OVMF_VARS_4M.fd "$work/vars"; boot "$@" -machine q35 -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd -drive "if=pflash,format=raw,file=$work/vars"; }
# shellcheck disable=SC2086
efi 400 EFI1 $nic -boot n || fail "PXE on UEFI"
expect "lodestar: inspected EFI1: match"
efi 400 EFI1 -nic none -kernel "$work/a/lodestar.efi" || fail "lodestar.efi"
expect "lodestar: inspected EFI1: match"

truncate -s 96M "$work/disk2"
# Drivers of servers: an image of Debian's own kernel by its name; a disk of AHCI and a card of Intel's are found.
TMPDIR="$work" "$lodestar" image build --kernel linux-image-amd64 --hardware --append "console=ttyS0 quiet panic=-1 lodestar.then=poweroff" --compression zstd --out "$work/h" > "$work/built" 2>&1 || { cat "$work/built"; fail "an image with drivers"; }
[ "$(stat -c %s "$work/h/initrd.img")" -le $((40 << 20)) ] || fail "with drivers the initramfs has $(stat -c %s "$work/h/initrd.img") bytes, expected at most 40 MiB"
boot 400 MINI7002 -machine q35 -nic user,model=e1000e -drive "file=$work/disk2,format=raw,if=none,id=s" -device ide-hd,drive=s,serial=AHCI-1 \
  -kernel "$work/h/vmlinuz" -initrd "$work/h/initrd.img" -append "console=ttyS0 quiet panic=-1 lodestar.then=poweroff" || fail "the machine with drivers did not end"
expect 'driver: "e1000e"'
expect 'transport: "sata"'
expect "lodestar: inspected MINI7002: unknown"
echo "the mini OS is built alike twice, boots from its kernel, by PXE on BIOS and UEFI and as one program, and finds the devices of a server"
