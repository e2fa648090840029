#!/usr/bin/env bash
# Judges the standard roles: each with its examples is planned for a fresh Debian root, applied there, and planned again, and
# other programs say what came of it.
#   roles-judge.sh LODESTAR ROOT
. "$(dirname "$0")/judge-root.sh"
. "$(dirname "$0")/role-judge.sh"
roles=$(cd "$(dirname "$0")/../../Manifests" && ls ./*.yaml | sed 's|^./||; s|.yaml$||')
reach_packages
for role in $roles; do
  "$lodestar" explain "std/$role" --markdown | sed -n '/^```yaml/,/^```/{//!p}' > "$work/site/manifests/$role.yaml"
done
becomes "$work/site" --root "$root"

# std/accounts
is "$(in_root id ana)" "uid=3100(ana) gid=3000(ops) groups=3000(ops)"
[[ $(in_root getent shadow cleo) == cleo:!* ]] || fail "cleo is not locked"
in_root visudo -c > /dev/null || fail "visudo: $(in_root visudo -c 2>&1)"
[[ $(in_root sudo -l -U ana 2>&1) == *"(ALL : ALL) NOPASSWD: ALL"* ]] || fail "ana may not: $(in_root sudo -l -U ana 2>&1)"
# std/agent
"$lodestar" agent --check-config --config "$root/etc/lodestar/agent.yaml" > "$work/said" 2>&1 || fail "agent.yaml: $(cat "$work/said" "$root/etc/lodestar/agent.yaml")"
in_root systemd-analyze verify --recursive-errors=no /etc/systemd/system/lodestar-agent.service > "$work/said" 2>&1 || true
! grep -vE "not executable|DelegateSubgroup|/proc|man page|Failed to|^$" "$work/said" || fail "the unit: $(cat "$work/said")"
is "$(in_root systemctl is-enabled lodestar-agent)" enabled
# std/baseline
is "$(in_root date -d @0 +%Z)" UTC
grep -qsx 'kernel.kptr_restrict = 2' "$root"/etc/sysctl.d/99-zz-lodestar-kernel.kptr_restrict.conf || fail "no hardening"
in_root systemd-analyze cat-config systemd/journald.conf | grep -x 'SystemMaxUse=1G' > /dev/null || fail "journald"
in_root systemd-analyze cat-config systemd/timesyncd.conf | grep 'NTP=0.debian.pool.ntp.org' > /dev/null || fail "timesyncd"
is "$(in_root systemctl is-enabled systemd-timesyncd)" enabled
# std/logrotate
[ "$(stat -c '%a %U' "$root/etc/logrotate.d/webd")" == "644 root" ] || fail "logrotate"
# std/ssh
mkdir -p "$root/run/sshd"
[[ $(in_root /usr/sbin/sshd -T) == *"passwordauthentication no"* ]] || fail "sshd: $(in_root /usr/sbin/sshd -T 2>&1 | head -3)"
# std/checks, std/node_exporter
status=0; in_root /usr/local/bin/check-load 200000 500000 > "$work/said" 2>&1 || status=$?
[ "$status" -lt 3 ] || fail "check-load: $(cat "$work/said")"
is "$(in_root systemctl is-enabled prometheus-node-exporter)" enabled
echo "a fresh root becomes what the roles say"
