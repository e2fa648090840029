#!/usr/bin/env bash
# Judges `timezone` by date(1) of the root itself, for some of the zones that tzdata lists.
#   timezone-judge.sh LODESTAR TEST-ROOT
. "$(dirname "$0")/judge-root.sh"
lodestar() { "$lodestar" "$@" --root "$root" 2>&1; }

count=0
check() { # ZONE
  echo "timezone: {this: {zone: $1}}" > "$work/site/manifests/a.yaml"
  said=$(lodestar apply "$work/site") || { echo "apply: $said"; exit 1; }
  for time in 2026-01-01 2026-07-01 1970-01-01; do
    wanted=$(TZ=$1 chroot "$root" date -d "$time 12:00 UTC" '+%F %T %Z %z')
    found=$(chroot "$root" env -u TZ date -d "$time 12:00 UTC" '+%F %T %Z %z')
    [[ $found == "$wanted" ]] || { echo "$1: date says $found, not $wanted"; exit 1; }
  done
  said=$(lodestar plan "$work/site") || { echo "plan: $said"; exit 1; }
  [[ $said == *"nothing to do"* ]] || { echo "second plan: $said"; exit 1; }
  count=$((count + 1))
}
while read -r zone; do check "$zone"; done < <(awk '!/^#/ { print $3 }' "$template/usr/share/zoneinfo/zone1970.tab" | sort -u | awk 'NR % 12 == 1')
for zone in UTC Etc/GMT+12 America/Argentina/Buenos_Aires; do check "$zone"; done
[[ $(cat "$root/etc/timezone") == America/Argentina/Buenos_Aires ]] || { echo "/etc/timezone says $(cat "$root/etc/timezone")"; exit 1; }

# A copy, and a link that drifted.
rm "$root/etc/localtime"; cp "$root/usr/share/zoneinfo/Asia/Tokyo" "$root/etc/localtime"
check Asia/Tokyo
[[ -L $root/etc/localtime ]] || { echo "the copy is still there"; exit 1; }
ln -snf ../usr/share/zoneinfo/Europe/Rome "$root/etc/localtime"
check Asia/Tokyo
# dpkg-reconfigure reads the same zone and leaves it.
DEBIAN_FRONTEND=noninteractive chroot "$root" dpkg-reconfigure tzdata > "$work/said" 2>&1 || true
check Asia/Tokyo
grep -q "Asia/Tokyo" "$work/said" || { echo "dpkg-reconfigure: $(cat "$work/said")"; exit 1; }
said=$(lodestar plan "$work/site" --detailed-exit-code) || { echo "dpkg-reconfigure changed something: $said"; exit 1; }
echo "$count zones: ours and date(1) agree"
