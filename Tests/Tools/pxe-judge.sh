#!/usr/bin/env bash
# Boots machines of BIOS and UEFI over the two files of Examples/pxe, as they are: DHCP and TFTP by dnsmasq, HTTP by nginx, in a network namespace of its own.
#   pxe-judge.sh LODESTAR KERNEL-DIR       (LODESTAR: the static binary; KERNEL-DIR keeps the unpacked kernel of mini-os.sh)
set -euo pipefail
if [ -z "${IN_NAMESPACE:-}" ]; then
  missing=()
  for p in qemu-system-x86 dnsmasq-base nginx-light ipxe ovmf iproute2; do dpkg -s "$p" > /dev/null 2>&1 || missing+=("$p"); done
  # A service that the installation would start has no place here.
  [ ${#missing[@]} = 0 ] || { printf 'exit 101\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null; rm -f /usr/sbin/policy-rc.d; }
  # Packages come over the network that the namespace does not have.
  lodestar=$(realpath "$1") keep=$2
  work=$(mktemp -d /var/tmp/lodestar-pxe.XXXX)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/site/inventory"
  echo "site: pxe" > "$work/site/site.yaml"
  printf 'hosts:\n  PXE1: {asset: {uuid: 12345678-9abc-4def-8123-456789abcdef, nics: [{mac: 52:54:00:12:34:56}]}}\n' > "$work/site/inventory/hosts.yaml"
  "$lodestar" image build --kernel "$keep/kernel" --site "$work/site" --append "console=ttyS0 quiet panic=-1 lodestar.then=poweroff" --url http://192.0.2.1:8080/ --out "$work/pxe" > "$work/built" 2>&1 || { cat "$work/built"; exit 1; }
  IN_NAMESPACE=$work unshare -m -n -p -f --mount-proc "$0" "$@"
  exit
fi
work=$IN_NAMESPACE here=$(realpath "$(dirname "$0")/../..")
fail() { echo "FAILED: $1"; tail -n 30 "$work"/log "$work"/dnsmasq "$work"/nginx 2> /dev/null; exit 1; }
for folder in /srv /run; do mount -t tmpfs tmpfs $folder; done
mkdir -p /srv/tftp
cp -r "$work/pxe" /srv/pxe
cp /usr/lib/ipxe/undionly.kpxe /usr/lib/ipxe/ipxe.efi /srv/tftp/
ip link add pxe0 type bridge && ip addr add 192.0.2.1/24 dev pxe0 && ip link set pxe0 up && ip link set lo up
ip tuntap add tap0 mode tap && ip link set tap0 master pxe0 up
dnsmasq --no-daemon --conf-file="$here/Examples/pxe/dnsmasq.conf" > "$work/dnsmasq" 2>&1 &
nginx -c "$here/Examples/pxe/nginx.conf" > "$work/nginx" 2>&1 || fail nginx
boot() { # boot NAME SECONDS ARGUMENT...
  local name=$1 seconds=$2; shift 2
  timeout "$seconds" qemu-system-x86_64 -accel tcg -cpu max -m 1024 -nographic -no-reboot -boot n -netdev tap,id=n,ifname=tap0,script=no,downscript=no \
    -device virtio-net-pci,netdev=n,mac=52:54:00:12:34:56 -smbios type=1,serial=PXE1,uuid=12345678-9abc-4def-8123-456789abcdef "$@" < /dev/null > "$work/log" 2>&1 || fail "$name did not end"
  grep -aqF "lodestar: inspected PXE1: match" "$work/log" || fail "$name: no match"
  grep -q "GET /initrd.img" "$work/nginx" || fail "$name: nginx did not serve"
}
boot BIOS 300
cp /usr/share/OVMF/OVMF_VARS_4M.fd "$work/vars"
: > "$work/nginx"
boot UEFI 500 -machine q35 -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd -drive "if=pflash,format=raw,file=$work/vars"
echo "machines of BIOS and UEFI boot over Examples/pxe and are inspected"
