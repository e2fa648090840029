#!/usr/bin/env bash
# Shows the main job on a disposable real Debian root: plan, apply, plan again, drift and repair, an un-declared resource.
set -euo pipefail
lodestar=${1:?usage: demo.sh LODESTAR TEST-ROOT}
base=${2:?usage: demo.sh LODESTAR TEST-ROOT}
work=$(mktemp -d /var/tmp/lodestar-demo.XXXX)
trap 'rm -rf --one-file-system "$work"' EXIT
root=$work/root site=$work/site
cp -a --reflink=auto "$base" "$root"
cp -a "$(dirname "$0")/fleet" "$site"
host=$(grep -o '"[0-9a-f]\{32\}"' "$site/inventory/hosts.yaml" | head -n 1 | tr -d '"')
echo "$host" > "$root/etc/machine-id"
echo prod-web-1 > "$root/etc/hostname"

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
run() { printf '$ lodestar %s\n' "$*"; "$lodestar" "$@"; }

say "The site is checked for every host of its inventory"
run check "$site"
say "What would happen to this host (the first and the last lines)"
run plan "$site" --root "$root" > "$work/plan"
head -n 24 "$work/plan"; echo "  ..."; tail -n 1 "$work/plan"
say "It happens"
run apply "$site" --root "$root" > "$work/apply"
head -n 8 "$work/apply"; echo "  ..."; tail -n 1 "$work/apply"
say "A second plan is empty"
run plan "$site" --root "$root"
say "Somebody changes a file and removes an account: drift"
echo "broken" > "$root/etc/web/shop.conf"
sed -i '/^otto:/d' "$root/etc/passwd"
run plan "$site" --root "$root"
say "It is repaired"
run apply "$site" --root "$root"
say "A declaration goes away: what Lodestar made is removed"
sed -i 's/scripts: \[check-disk, /scripts: [/' "$site/data/common.yaml"
run apply "$site" --root "$root"
say "What was done"
run history --root "$root"
say "Others agree"
chroot "$root" id ana
chroot "$root" pwck -r -q && echo "pwck: passwd and shadow are consistent"
