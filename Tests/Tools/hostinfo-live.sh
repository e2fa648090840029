#!/usr/bin/env bash
# Runs lodestar as on a host of its own: in a private mount namespace with other firmware tables, another /etc and another
# state folder. The serial is accepted, carried when the board is swapped, changed, dropped with the disk; facts of the
# site are read and run.
#   hostinfo-live.sh LODESTAR
set -uo pipefail
lodestar=$(realpath "$1")
if [ "${2:-}" != inside ]; then
  [ "$(id -u)" = 0 ] || { echo "mount namespaces need root"; exit 1; }
  exec unshare -m --propagation private bash "$0" "$lodestar" inside
fi
captures=$(dirname "$0")/../HostinfoTests/Captures/smbios
captures=$(realpath "$captures")
work=$(mktemp -d /var/tmp/hostinfo-live.XXXX)
trap 'umount -R "$work" 2> /dev/null; rm -rf --one-file-system "$work"' EXIT
mount -t tmpfs tmpfs "$work" || exit 1
mkdir -p "$work"/{etc,lib}/{upper,work}
overlay() { mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$1"; }
mount -t tmpfs tmpfs /sys/firmware && overlay /etc "$work/etc" && overlay /var/lib "$work/lib" ||
  { echo "this kernel lets no overlay or tmpfs be mounted here"; exit 1; }
rm -rf /var/lib/lodestar /etc/hostinfo /etc/lodestar
mkdir -p /var/lib/lodestar
mkdir -p /sys/firmware/dmi/tables /etc/hostinfo /etc/lodestar/facts.d
chmod 755 /etc/hostinfo /etc/lodestar /etc/lodestar/facts.d

failed=0
firmware() { cp "$captures/$1" /sys/firmware/dmi/tables/DMI; }
sn() { "$lodestar" hostinfo --format json | python3 -c "import json,sys; sn = json.load(sys.stdin)['sn']; print(*[sn[k] for k in ('value', 'source', 'status', 'found')])"; }
expect() { [ "$2" = "$3" ] && echo "ok $1" || { echo "FAILED $1: expected $3, found $2"; failed=1; }; }

firmware Dell-PowerEdge-R630-Dual-Xeon.dmi
expect "a serial that nobody accepted yet" "$(sn)" "790H8D2 S1 new None"
mkdir -p "$work/site/manifests"
echo "site: live" > "$work/site/site.yaml"
echo 'file: {/nowhere: {content: "${{ host.id }}"}}' > "$work/site/manifests/a.yaml"
id() { "$lodestar" catalog "$work/site" | python3 -c "import json,sys; print(json.load(sys.stdin)['host']['id'])"; }
expect "the id of the host is its serial" "$(id)" 790H8D2
echo old-machine-id > /var/lib/lodestar/host-id
expect "an id of an earlier version stays" "$(id)" old-machine-id
"$lodestar" hostinfo accept > /dev/null || failed=1
expect "accepted" "$(sn)" "790H8D2 S1 stable None"
expect "and then it is the id" "$(id)" 790H8D2
expect "the pin is root's alone" "$(stat -c %a /var/lib/lodestar/identity.json)" 600
firmware MSI-MS-7816.bin
expect "the board was swapped, cards and disks are the same" "$(sn)" "790H8D2 S1 carried None"
expect "the id is carried too" "$(id)" 790H8D2
firmware SuperMicro-X9DBL.bin
sed -i 's/"uuid": "[^"]*"/"uuid": null/; s/"chassis_serial": "[^"]*"/"chassis_serial": null/; s/"board_serial": "[^"]*"/"board_serial": null/' /var/lib/lodestar/identity.json
expect "another valid serial" "$(sn)" "790H8D2 S1 changed 9000116105"
"$lodestar" hostinfo accept > /dev/null || failed=1
expect "accepted again" "$(sn)" "9000116105 S1 stable None"
python3 - <<'P'
import json
path = "/var/lib/lodestar/identity.json"
pin = json.load(open(path))
pin["value"] = "OTHER77"
pin["witnesses"] = {"uuid": "x", "chassis_serial": "x", "board_serial": "x", "macs": ["00:16:3e:00:00:01"], "disks": ["x"]}
json.dump(pin, open(path, "w"))
P
expect "the disk came from another machine" "$(sn)" "9000116105 S1 new None"
rm -f /var/lib/lodestar/identity.json /var/lib/lodestar/host-id
printf 'sn: REG-0042\nbound_to: {uuid: 00000000-0000-0000-0000-0cc47a133878}\n' > /etc/hostinfo/identity.yaml
expect "an override that is bound to this machine" "$(sn)" "REG-0042 S0 new None"
firmware Dell-PowerEdge-R630-Dual-Xeon.dmi
expect "an override that is bound to another" "$(sn)" "790H8D2 S1 override-unbound None"
chown 1000 /etc/hostinfo/identity.yaml
expect "an override of somebody else" "$("$lodestar" hostinfo | grep -c "expected /etc/hostinfo/identity.yaml to be root's, found the owner 1000: the file is ignored")" 1

facts=/etc/lodestar/facts.d
echo 'row: 7' > $facts/rack.yaml
printf '#!/bin/sh\necho "{\\"home\\": \\"$HOME\\", \\"n\\": 3}"\n' > $facts/shop
chmod 755 $facts/shop
expect "a fact of a file" "$("$lodestar" facts custom.rack.row)" 7
expect "a fact of a program, which has no environment" "$("$lodestar" facts custom.shop --format json | tr -d ' \n')" '{"home":"","n":3}'
echo 'link: {/nowhere: {target: "/n${{ string(facts.custom.shop.n + facts.custom.rack.row) }}"}}' > "$work/site/manifests/a.yaml"
expect "a manifest sees both" "$("$lodestar" catalog "$work/site" | grep -c '"/n10"')" 1
printf '#!/bin/sh\nexit 3\n' > $facts/shop
expect "a program that fails" "$("$lodestar" facts custom 2>&1 > /dev/null)" "error: the fact \`custom\`: cannot run /etc/lodestar/facts.d/shop: it ended with status 3"
chmod 777 $facts/shop
expect "a program that others can write" "$("$lodestar" facts custom 2>&1 > /dev/null)" "error: the fact \`custom\`: cannot run /etc/lodestar/facts.d/shop: expected /etc/lodestar/facts.d/shop to be writable by its owner only, found the mode 0777"
exit $failed
