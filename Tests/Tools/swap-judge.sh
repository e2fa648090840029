#!/usr/bin/env bash
# Judges `swap` by mkswap(8), swapon(8), blkid(8) and findmnt(8), on the running kernel (a few MiB, for seconds).
#   swap-judge.sh LODESTAR
set -euo pipefail
lodestar=$(realpath -e "$1")
if [ "${2:-}" != inside ]; then exec unshare -m "$0" "$lodestar" inside; fi
work=$(mktemp -d)
mount -t tmpfs none "$work"
# Swap needs a file of a disk.
disk=$(mktemp -d /var/tmp/lodestar-swap.XXXX)
cleanup() {
  for f in "$disk"/* "$disk/root/swap"; do swapoff "$f" 2> /dev/null || true; done
  rm -rf --one-file-system "$disk"
  umount -l "$work"
  rmdir "$work"
}
trap cleanup EXIT
mkdir -p "$work"/{upper,work,site/manifests}
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$work/upper,workdir=$work/work" /etc
mkdir -p /var/lib/lodestar && mount -t tmpfs -o mode=0700 none /var/lib/lodestar
echo "# kept" > /etc/fstab
echo 'site: judge' > "$work/site/site.yaml"
expect() { [[ $2 == "$3" ]] || { printf '%s: expected\n%s\nfound\n%s\n' "$1" "$3" "$2"; exit 1; }; }
converge() { # WHAT IT SAYS
  cat > "$work/site/manifests/a.yaml"
  said=$("$lodestar" apply "$work/site" 2>&1) || { echo "apply: $said"; exit 1; }
  [[ $said == *"$1"* ]] || { echo "apply, not $1: $said"; exit 1; }
  said=$("$lodestar" plan "$work/site" 2>&1) || { echo "plan: $said"; exit 1; }
  [[ $said == *"nothing to do"* ]] || { echo "second plan: $said"; exit 1; }
  findmnt --verify --tab-file /etc/fstab > "$work/verify" 2>&1 || { cat "$work/verify" /etc/fstab; exit 1; }
}
used() { swapon --show=NAME,PRIO --noheadings --raw | grep "^$disk/" || true; }
file=$disk/swap

converge "1 changed" <<< "swap: {$file: {size: 8M, priority: 5}}"
expect "in use" "$(used)" "$file 5"
expect "blkid" "$(blkid -p -s TYPE -s VERSION -o value "$file" | tr '\n' ' ')" "1 swap "
swaplabel "$file" > /dev/null
expect "mode" "$(stat -c '%a %u' "$file")" "600 0"
# The header is the one of mkswap(8), but for the UUID.
dd if=/dev/zero of="$disk/theirs" bs=1M count=8 status=none && chmod 600 "$disk/theirs" && mkswap "$disk/theirs" > /dev/null
swapoff "$file"
differences=$(cmp -l "$file" "$disk/theirs" | awk '$1 <= 1036 || $1 > 1052' || true)
expect "the header of mkswap" "$differences" ""
# At boot, swapon -a does the same.
swapon -a
expect "at boot" "$(used)" "$file 5"
# Drift.
swapoff "$file"; swapon -p 9 "$file"
said=$("$lodestar" apply "$work/site" 2>&1); expect "another priority" "$(used)" "$file 5"
swapoff "$file"; sed -i '/swap/d' /etc/fstab
said=$("$lodestar" apply "$work/site" 2>&1); expect "not in use" "$(used) $(grep -c swap /etc/fstab)" "$file 5 1"
# Of another size, while in use.
converge "1 changed" <<< "swap: {$file: {size: 12M}}"
expect "its size" "$(swapon --show=SIZE --bytes --noheadings | head -n 1)" $((12 * 1024 * 1024 - 4096))
converge "1 changed" <<< "swap: {$file: {size: 12M, enabled: false}}"
expect "out of use" "$(used)$(grep -c swap /etc/fstab || true)" 0

# What somebody else made: of the same size it is taken over with its line, of another size it is refused and left.
printf '%s\tnone swap defaults 0 0\n' "$disk/theirs" >> /etc/fstab
converge "changed" <<< "swap: {$disk/theirs: {size: 8M}}"
expect "theirs" "$(used | cut -d' ' -f1)" "$disk/theirs"
expect "the former file" "$(ls "$disk")" theirs
expect "their line" "$(grep -c $'\tnone swap defaults 0 0$' /etc/fstab)" 1
echo data > "$disk/data"
echo "swap: {$disk/data: {size: 8M}}" > "$work/site/manifests/a.yaml"
said=$("$lodestar" apply "$work/site" 2>&1) && { echo "taken: $said"; exit 1; }
[[ $said == *"Lodestar did not make it"* ]] || { echo "no reason: $said"; exit 1; }
expect "their data" "$(cat "$disk/data")" data
# A file that is no swap, of the declared size, is no swap for the kernel either.
truncate -s 8M "$disk/empty"
echo "swap: {$disk/empty: {size: 8M}}" > "$work/site/manifests/a.yaml"
said=$("$lodestar" apply "$work/site" 2>&1) && { echo "taken: $said"; exit 1; }
[[ $said == *swapon* ]] && ! grep -q empty /etc/fstab || { echo "written all the same: $said"; exit 1; }
converge "" <<< 'file: {/etc/marker: {content: x}}'
expect "what was there before" "$(ls "$disk" | tr '\n' ' ')" "data empty theirs "
converge "2 changed" <<< "swap: {$disk/theirs: {state: absent}}"
expect "absent" "$(used)$(ls "$disk" | tr '\n' ' ')$(cat /etc/fstab)" "data empty # kept"

# A root that does not run: the file and the line.
mkdir -p "$disk/root/etc" && echo 'root:x:0:0::/:/bin/sh' > "$disk/root/etc/passwd"
echo "swap: {/swap: {size: 1M}}" > "$work/site/manifests/a.yaml"
said=$("$lodestar" apply "$work/site" --root "$disk/root" 2>&1) || { echo "root: $said"; exit 1; }
expect "below a root" "$(blkid -p -s TYPE -o value "$disk/root/swap") $(cat "$disk/root/etc/fstab")$(used)" "swap /swap none swap sw 0 0"
said=$("$lodestar" plan "$work/site" --root "$disk/root" 2>&1); [[ $said == *"nothing to do"* ]] || { echo "root: $said"; exit 1; }
echo "ours, mkswap(8) and swapon(8) agree"
