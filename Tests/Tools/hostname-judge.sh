#!/usr/bin/env bash
# Judges `hostname` by hostname(1): ours sets the kernel's name and the file in one UTS namespace, in another one
# hostname(1) sets the name from the file; both must say the same. With /proc/sys read-only too, as in containers.
#   hostname-judge.sh LODESTAR
set -euo pipefail
lodestar=$(realpath -e "$1")
if [ "${2:-}" != inside ]; then exec unshare -u -m "$0" "$lodestar" inside; fi
work=$(mktemp -d)
mount -t tmpfs none "$work"
trap 'umount -l "$work"; rmdir "$work"' EXIT
mkdir -p "$work"/{upper,work,site/manifests}
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$work/upper,workdir=$work/work" /etc
mkdir -p /var/lib/lodestar && mount -t tmpfs -o mode=0700 none /var/lib/lodestar
echo 'site: judge' > "$work/site/site.yaml"
printf '# a comment\nbefore.example\n' > /etc/hostname

check() { # NAME CHANGED
  echo "hostname: {this: {name: $1}}" > "$work/site/manifests/a.yaml"
  said=$("$lodestar" apply "$work/site" 2>&1) || { echo "apply: $said"; exit 1; }
  [[ $2 == 0 || $said == *"$2 changed"* ]] || { echo "apply: $said"; exit 1; }
  [[ $(hostname) == "$1" ]] || { echo "the kernel says $(hostname), not $1"; exit 1; }
  found=$(unshare -u sh -c 'hostname none; hostname -F /etc/hostname; hostname')
  [[ $found == "$1" ]] || { echo "hostname -F makes $found of the file"; exit 1; }
  said=$("$lodestar" plan "$work/site" 2>&1) || { echo "plan: $said"; exit 1; }
  [[ $said == *"nothing to do"* ]] || { echo "second plan: $said"; exit 1; }
}
check web1.example.org 1
hostname drifted
check web1.example.org 1
echo drifted > /etc/hostname
check web1.example.org 1
check "$(printf 'abcdefg.%.0s' {1..7})abcdefgh" 1
printf '# a comment\nb\n' > /etc/hostname
mount -o bind,ro /proc/sys /proc/sys
check c 1
head -n 1 /etc/hostname | grep -qx '# a comment' || { echo "the comment is gone"; exit 1; }
setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$lodestar" plan "$work/site" > /dev/null || { echo "a plan needs rights"; exit 1; }
hostname drifted
said=$(setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$lodestar" apply "$work/site" 2>&1) && { echo "taken: $said"; exit 1; }
[[ $said == *EPERM* ]] || { echo "no reason: $said"; exit 1; }
echo "ours and hostname(1) agree"
