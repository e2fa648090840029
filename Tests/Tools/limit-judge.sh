#!/usr/bin/env bash
# Judges `limit` by logins through pam_limits in a disposable root. No value is above what this shell may have.
#   limit-judge.sh LODESTAR ROOT
. "$(dirname "$0")/judge-root.sh"
mount -t proc proc "$root/proc"  # pam_limits reads the limits of process 1
fail() { echo "$*"; cat "$root"/etc/security/limits.d/* 2> /dev/null; exit 1; }
limits() { chroot "$root" su -s /bin/sh "$1" -c 'echo $(ulimit -Sn) $(ulimit -Hn) $(ulimit -Sc) $(ulimit -Hc) $(ulimit -Ss) $(ulimit -Sp)'; }
judge() { [ "$(limits "$1")" == "$2" ] || fail "$1 has $(limits "$1"), not $2"; }
declare_() { cat > "$work/site/manifests/a.yaml"; }
run() {
  said=$("$lodestar" apply "$work/site" --root "$root" --allow-removals 2>&1) || fail "apply: $said"
  said=$("$lodestar" plan "$work/site" --root "$root" 2>&1) || fail "plan: $said"
  [[ $said == *"nothing to do"* ]] || fail "second plan: $said"
}

for name in ana bea cem; do chroot "$root" useradd -s /bin/sh "$name"; done
chroot "$root" groupadd ops; chroot "$root" usermod -aG ops bea
stack=$(limits ana | cut -d' ' -f5) processes=$(limits ana | cut -d' ' -f6)
number=$(chroot "$root" id -u cem)
declare_ <<YAML
limit:
  files: {domain: "*", item: nofile, value: 901}
  files of ana: {domain: ana, item: nofile, type: soft, value: 700}
  more of ana: {domain: ana, item: nofile, type: hard, value: 800}
  no core: {domain: "@ops", item: core, value: 0}
  some core: {domain: bea, item: core, type: soft, value: 0}
  stack: {domain: "$number:$number", item: stack, type: soft, value: 4096}
  processes: {domain: "@ops", item: nproc, type: soft, value: 333}
YAML
run
judge ana "700 800 $(limits ana | cut -d' ' -f3,4) $stack $processes"
judge bea "901 901 0 0 $stack 333"
judge cem "901 901 $(limits cem | cut -d' ' -f3,4) 4096 $processes"
[ "$(stat -c '%a %U' "$root/etc/security/limits.d/lodestar.conf")" == "644 root" ] || fail "mode"

# A file that comes later wins, and the plan says so; what another file says already is not written again.
echo 'ana - nofile 600' > "$root/etc/security/limits.d/zz.conf"
echo 'cem hard core 0' >> "$root/etc/security/limits.conf"
declare_ <<YAML
limit:
  files of ana: {domain: ana, item: nofile, type: soft, value: 700}
  core of cem: {domain: cem, item: core, type: hard, value: 0}
YAML
run
[[ $said == *"/etc/security/limits.d/zz.conf makes it 600 all the same"* ]] || fail "no remark: $said"
judge ana "600 600 $(limits ana | cut -d' ' -f3,4) $stack $processes"
[ "$(cat "$root/etc/security/limits.d/lodestar.conf")" == "ana soft nofile 700" ] || fail "the file"
[ "$(limits cem | cut -d' ' -f4)" == 0 ] || fail "core of cem"
rm "$root/etc/security/limits.d/zz.conf"
declare_ <<< 'file: {/etc/marker: {content: x}}'
run
[ ! -e "$root/etc/security/limits.d/lodestar.conf" ] || fail "the file is left"
echo "logins through pam_limits have the limits that are declared"
