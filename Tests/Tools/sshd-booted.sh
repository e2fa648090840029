#!/usr/bin/env bash
# Boots a copy of the disposable root with systemd (systemd-nspawn) and changes the settings of its sshd: it reads them, and only then.
#   sshd-booted.sh LODESTAR TEST-ROOT
set -euo pipefail
lodestar=$(realpath "$1") base=$(realpath "$2")
cd "$(dirname "$0")/../.."
. Tests/Tools/boot.sh
. Tests/Tools/sshd-root.sh
prepare_root sshd "$lodestar" "$base"
install_sshd "$root"
ln -sf /lib/systemd/system/ssh.service "$root/etc/systemd/system/multi-user.target.wants/ssh.service"
mkdir -p "$root/site/manifests"
echo "site: booted" > "$root/site/site.yaml"
echo 'file: {/etc/marker: {content: x}}' > "$root/site/manifests/always.yaml"
# Its service reloads by /bin/kill, which the root has not, until somebody puts it there.
boot --private-network
declare_() { cat > "$root/site/manifests/a.yaml"; }
run() { inside lodestar apply /site > "$work/out" 2>&1 || { cat "$work/out"; inside journalctl -u ssh -n 20 --no-pager; exit 1; }; }
expect "sshd runs" "$(inside systemctl is-active ssh)" active
process=$(inside systemctl show -p MainPID ssh)
reloads() { inside journalctl -u ssh -o cat --no-pager | grep -c "Received SIGHUP" || true; }

declare_ <<< 'role: {std/ssh: {with: {}}}'
inside lodestar apply /site > "$work/out" 2>&1 && { echo "FAILED: a reload that fails is no failure"; exit 1; }
expect "nothing is read" "$(reloads)" 0
cp /bin/kill "$root/bin/kill"
run
expect "what could not be read is read with the next run" "$(reloads)" 1
run
expect "nothing changes, nothing is read" "$(reloads)" 1
declare_ <<< 'role: {std/ssh: {with: {max_auth_tries: 3}}}'
run
expect "a changed setting is read" "$(reloads)" 2
declare_ <<< 'role: {std/ssh: {with: {max_auth_tries: 3}}}
sshd_config: {70-bad: {settings: {PermitTunnel: perhaps}}}'
inside lodestar apply /site > "$work/out" 2>&1 && { echo "FAILED: a bad setting is applied"; exit 1; }
expect "a bad setting is not" "$(reloads)" 2
declare_ <<< 'file: {}'
run
expect "that a setting is gone is read" "$(reloads)" 3
expect "it was never restarted" "$(inside systemctl show -p MainPID ssh)" "$process"
expect "sshd runs" "$(inside systemctl is-active ssh)" active
echo "sshd reads its settings when they change, and only then"
