#!/usr/bin/env bash
# Installs machines in qemu (software emulation) from blank disks, nobody touching them: the mini OS compares the machine, writes the disk that is named, unpacks an image that comes by
# HTTP, brings the new root to what the site says, makes it boot; then the installed system boots by itself and is judged by its own tools. A second network boot changes nothing.
#   install-booted.sh LODESTAR KERNEL-DIR [KILLS [SEED]]     (LODESTAR: the static binary; KERNEL-DIR keeps the unpacked kernel of mini-os.sh)
# With KILLS, one installation more is killed so many times at random moments, the emulator with it, and goes on each time.
set -euo pipefail
cd "$(dirname "$0")/../.."
lodestar=$(realpath "$1") keep=$2 kills=${3:-0}
RANDOM=${4:-1} boot=
packages=(qemu-system-x86 busybox-static mmdebstrap ovmf dosfstools e2fsprogs gdisk fdisk zstd python3)
missing=()
for p in "${packages[@]}"; do dpkg -s "$p" > /dev/null 2>&1 || missing+=("$p"); done
[ ${#missing[@]} = 0 ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
work=$(mktemp -d /var/tmp/lodestar-installed.XXXX)
server=
trap '[ -z "$server" ] || kill $server; rm -rf "$work"' EXIT
fail() { echo "FAILED: $1"; [ ! -e "$work/log" ] || tail -n 60 "$work/log" | cut -c1-200; exit 1; }
expect() { grep -aqF -- "$1" "$work/log" || fail "expected $1"; }
say() { echo "$SECONDS s: $1"; }

# The root that is installed, and the image of it.
root=/var/tmp/lodestar-install-root
if [ ! -e $root/.complete ]; then
  rm -rf $root
  mmdebstrap --quiet --variant=minbase --include=systemd-sysv,dbus,linux-image-cloud-amd64,initramfs-tools,systemd-boot-efi,grub-pc-bin,grub2-common,openssh-server,iproute2,zstd,e2fsprogs bookworm $root
  touch $root/.complete
fi
ssh-keygen -q -t ed25519 -N '' -f "$work/key" -C judge
key=$(ssh-keygen -lf "$work/key.pub" | cut -d' ' -f2)
mkdir "$work/www"
"$lodestar" image pack $root --name debian --version 12 --out "$work/www/debian.image.tar" --sign "$work/key" > "$work/log" 2>&1 || fail "image pack"
say "packed: $(stat -c %s "$work/www/debian.image.tar") bytes"

# What the installed system says of itself on its console when it is up.
mkdir -p "$work/site/inventory" "$work/site/install" "$work/site/manifests"
printf 'site: judge\n' > "$work/site/site.yaml"
machine="vendor: Super Micro Computer, product: X11DPi-N, uuid: 12345678-9abc-4def-8123-456789abcdef"
cat > "$work/site/inventory/hosts.yaml" <<YAML
hosts:
  SN-EFI: {install: efi, asset: {$machine, disks: [{serial: WD-1}, {serial: WD-12}], firmware: {type: uefi}}}
  SN-BIOS: {install: bios, asset: {$machine, disks: [{serial: WD-1}, {serial: WD-12}], firmware: {type: bios}}}
YAML
profile() { # profile KIND PARTITION FILE-SYSTEM
  cat <<YAML
disk: {system: {select: {serial: WD-1}}}
partition:
  $2
  root: {disk: system, type: linux-root, size: rest}
file_system:
  root: {partition: root, type: ext4, label: root, mount: /}
$3
image: {debian: {source: debian.image.tar, to: root}}
boot_loader: {system: {kind: $1, disk: system, command_line: "console=ttyS0 quiet rw systemd.show_status=0"}}
YAML
}
profile uki "esp: {disk: system, type: esp, size: 128MiB}" "  esp: {partition: esp, type: vfat, label: ESP, mount: /boot/efi}" > "$work/site/install/efi.yaml"
profile grub "bios: {disk: system, type: bios-boot, size: 1MiB}" "" > "$work/site/install/bios.yaml"
cat > "$work/site/manifests/base.yaml" <<'YAML'
file:
  /etc/motd: {content: "by lodestar\n"}
  /usr/local/sbin/judge:
    mode: "0755"
    content: |
      #!/bin/sh
      state=$(systemctl is-system-running --wait)
      {
        echo "judge: state $state"
        systemctl --failed --no-legend --plain | sed 's/^/judge: failed /'
        echo "judge: motd $(cat /etc/motd)"
        echo "judge: audit [$(dpkg --audit)]"
        echo "judge: id $(id ops)"
        echo "judge: root $(findmnt -no FSTYPE,LABEL /)"
        echo "judge: machine-id $(cat /etc/machine-id)"
        echo "judge: keys $(ls /etc/ssh/ssh_host_*_key | wc -l)"
        echo "judge: capability $(getcap /usr/bin/ping 2>/dev/null | wc -l)"
        echo "judge: end"
      } > /dev/ttyS0
      systemctl poweroff
  /etc/systemd/system/judge.service:
    content: |
      [Unit]
      After=multi-user.target
      [Service]
      Type=simple
      ExecStart=/usr/local/sbin/judge
      [Install]
      WantedBy=multi-user.target
service: {judge.service: {enabled: true, require: ["file:/etc/systemd/system/judge.service"]}}
user: {ops: {shell: /bin/sh}}
YAML
"$lodestar" check "$work/site" > "$work/log" 2>&1 || fail "the site"
build() { TMPDIR="$work" "$lodestar" image build --kernel "$keep/kernel" --site "$work/site" --package e2fsprogs=mke2fs --package dosfstools=mkfs.fat --package zstd=zstd --out "$work/img" > "$work/built" 2>&1 || { cat "$work/built"; fail "image build"; }; }
build
(cd "$work/www" && exec python3 -u -m http.server 0 > "$work/http" 2>&1) &
server=$!
for _ in $(seq 50); do port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$work/http"); [ -n "$port" ] && break; sleep 0.1; done
base=http://10.0.2.2:$port

qemu() { # qemu SECONDS SERIAL ARGUMENT...: a machine with both disks, until it ends or the time is over
  local seconds=$1 serial=$2; shift 2
  timeout "$seconds" qemu-system-x86_64 -accel tcg -cpu max -m "${memory:-1024}" -nographic -no-reboot \
    -drive "file=$work/other,format=raw,if=none,id=e" -device virtio-blk-pci,drive=e,serial=WD-12 \
    -drive "file=$work/disk,format=raw,if=none,id=d" -device "virtio-blk-pci,drive=d,serial=WD-1$boot" \
    -smbios "type=1,manufacturer=Supermicro,product=X11DPi-N,serial=$serial,uuid=12345678-9abc-4def-8123-456789abcdef" \
    -nic user,model=virtio-net-pci "$@" < /dev/null > "$work/log" 2>&1
}
efi() { [ "$1" = SN-EFI ] && echo "-machine q35 -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd -drive if=pflash,format=raw,file=$work/vars" || true; }
install() { # install SECONDS SERIAL TOKEN: boots the mini OS, as the network would
  # shellcheck disable=SC2046
  qemu "$1" "$2" $(efi "$2") -kernel "$work/img/vmlinuz" -initrd "$work/img/initrd.img" \
    -append "console=ttyS0 quiet panic=-1 initrd=initrd.img lodestar.stage=install lodestar.then=poweroff lodestar.events=json lodestar.key=$key lodestar.images=$base $3"
}
fresh() { rm -f "$work/disk" "$work/other"; truncate -s 1200M "$work/disk"; truncate -s 64M "$work/other"; cp /usr/share/OVMF/OVMF_VARS_4M.fd "$work/vars"; }
token() { "$lodestar" install token --sn "$1" --disk WD-1 --expires 1d --sign "$work/key" --out "$work/www/$1.token" > /dev/null; }
judge() { # judge SERIAL: the installed system boots from its disk and says what it is
  # shellcheck disable=SC2046
  boot=,bootindex=0 qemu 600 "$1" $(efi "$1") || fail "the installed system of $1 did not end"
  tr -d '\r' < "$work/log" | grep -a '^judge: \|judge: ' > "$work/said" || fail "the installed system of $1 said nothing"
  for line in "state running" "motd by lodestar" "audit \\[\\]" "id uid=" "root ext4 *root" "keys [1-9]" "end"; do
    grep -aq "judge: $line" "$work/said" || { cat "$work/said"; fail "expected $line of $1"; }
  done
  grep -aq "judge: machine-id uninitialized" "$work/said" && fail "machine-id of $1"
  sgdisk -v "$work/disk" | grep -q "No problems found" || fail "sgdisk -v of $1"
  sfdisk --verify -q "$work/disk" || fail "sfdisk --verify of $1"
}
other=$(truncate -s 64M "$work/other"; sha256sum < "$work/other")
untouched() { [ "$(sha256sum < "$work/other")" = "$other" ] || fail "the other disk was written: $1"; }

for serial in ${serials:-SN-EFI SN-BIOS}; do
  fresh
  # Without a token nothing is written.
  if [ $serial = SN-EFI ]; then
    install 90 $serial "" && fail "an installation without a token ended"
    expect '"event":"refused"'
    [ "$(sha256sum < "$work/disk")" = "$(truncate -s 1200M "$work/blank"; sha256sum < "$work/blank")" ] || fail "a disk was written without a token"
  fi
  token $serial
  begin=$SECONDS
  install 900 $serial "lodestar.token=$base/$serial.token" || fail "the installation of $serial did not end"
  expect "\"event\":\"installed\",\"host\":\"$serial\""
  say "$serial is installed in $((SECONDS - begin)) s"
  untouched $serial
  before=$(sha256sum < "$work/disk")
  install 300 $serial "" || fail "a second network boot of $serial did not end"
  expect '"event":"in_place"'
  [ "$(sha256sum < "$work/disk")" = "$before" ] || fail "a second network boot wrote to the disk of $serial"
  begin=$SECONDS
  judge $serial
  say "$serial is up and judged in $((SECONDS - begin)) s"
done

[ "$kills" = 0 ] && exit 0
fresh
token SN-EFI
for number in $(seq "$kills"); do
  seconds=$((10 + RANDOM % 60))
  install $seconds SN-EFI "lodestar.token=$base/SN-EFI.token" && { expect '"event":"in'; say "kill $number: ended by itself"; }
done
install 900 SN-EFI "lodestar.token=$base/SN-EFI.token" || fail "after $kills kills"
untouched "killed"
judge SN-EFI
say "$kills kills"
