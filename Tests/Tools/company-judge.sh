#!/usr/bin/env bash
# Judges Examples/company on a fresh Debian root: a web server becomes what the site says in one run, and other programs agree.
#   company-judge.sh LODESTAR ROOT
. "$(dirname "$0")/judge-root.sh"
. "$(dirname "$0")/role-judge.sh"
site=$(cd "$(dirname "$0")/../../Examples/company" && pwd)
reach_packages
echo 6f0e6c2d5a0f4b6e8f6a1d2c3b4a5968 > "$root/etc/machine-id"
becomes "$site" --root "$root"
is "$(in_root id bob)" "uid=3101(bob) gid=3001(web) groups=3001(web),3002(ci)"
in_root visudo -c > "$work/said" 2>&1 || fail "visudo: $(cat "$work/said")"
[[ $(in_root sudo -l -U bob 2>&1) == *"(app) ALL"* ]] || fail "bob may not become app"
mkdir -p "$root/run/sshd"
[[ $(in_root /usr/sbin/sshd -T) == *"permitrootlogin no"* ]] || fail "sshd"
[[ $("$lodestar" script list --root "$root") == *backup*1.2* ]] || fail "script list: $("$lodestar" script list --root "$root")"
said=$("$lodestar" access --root "$root" 2>&1) || fail "access: $said"
[[ $said == *ana* ]] || fail "access: $said"
echo "a web server of the example is what its site says"
