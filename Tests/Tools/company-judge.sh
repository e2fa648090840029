#!/usr/bin/env bash
# Judges Examples/company on a fresh Debian root: a web server becomes what the site says in one run, and other programs agree.
#   company-judge.sh LODESTAR ROOT
. "$(dirname "$0")/judge-root.sh"
site=$(cd "$(dirname "$0")/../../Examples/company" && pwd)
fail() { echo "$*"; exit 1; }
in_root() { chroot "$root" "$@"; }
is() { [ "$1" == "$2" ] || fail "expected $2, found $1"; }
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"; chmod 755 "$root/usr/sbin/policy-rc.d"
cp /etc/resolv.conf "$root/etc/resolv.conf"
mount -t proc proc "$root/proc"
chroot "$root" apt-get update -qq > "$work/apt" 2>&1 || fail "$(cat "$work/apt")"
echo 6f0e6c2d5a0f4b6e8f6a1d2c3b4a5968 > "$root/etc/machine-id"
said=$("$lodestar" plan "$site" --root "$root" 2>&1) || fail "plan: $said"
said=$("$lodestar" apply "$site" --root "$root" 2>&1) || fail "apply: $said"
again=$("$lodestar" plan "$site" --root "$root" 2>&1) || fail "second plan: $again"
[[ $again == *"nothing to do"* ]] || fail "second plan: $again"
is "$(in_root id bob)" "uid=3101(bob) gid=3001(web) groups=3001(web),3002(ci)"
in_root visudo -c > "$work/said" 2>&1 || fail "visudo: $(cat "$work/said")"
[[ $(in_root sudo -l -U bob 2>&1) == *"(app) ALL"* ]] || fail "bob may not become app"
mkdir -p "$root/run/sshd"
[[ $(in_root /usr/sbin/sshd -T) == *"permitrootlogin no"* ]] || fail "sshd"
[[ $("$lodestar" script list --root "$root") == *backup*1.2* ]] || fail "script list: $("$lodestar" script list --root "$root")"
said=$("$lodestar" access --root "$root" 2>&1) || fail "access: $said"
[[ $said == *ana* ]] || fail "access: $said"
echo "a web server of the example is what its site says"
