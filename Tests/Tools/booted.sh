#!/usr/bin/env bash
# Boots a copy of the disposable root with systemd (systemd-nspawn) and converges services in it.
#   booted.sh LODESTAR TEST-ROOT       (LODESTAR: the static binary)
set -euo pipefail
lodestar=$(realpath "$1") base=$2
command -v systemd-nspawn > /dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq systemd-container
work=$(mktemp -d /var/tmp/lodestar-booted.XXXX)
root=$work/root machine=
cleanup() {
  [ -z "$machine" ] || { kill "$machine" 2>/dev/null || true; wait "$machine" 2>/dev/null || true; }
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT
cp -a --reflink=auto "$base" "$root"
install -m 755 "$lodestar" "$root/usr/local/bin/lodestar"
mkdir -p "$root/site/manifests"
echo "site: booted" > "$root/site/site.yaml"
cat > "$root/site/manifests/all.yaml" <<'Y'
file:
  /etc/web.conf: {content: "one\n", notify: [service:web]}
service:
  web:
    unit: |
      [Service]
      ExecStart=/bin/sh -c 'cat /etc/web.conf >> /run/web.started; exec sleep infinity'
      [Install]
      WantedBy=multi-user.target
    enabled: true
    running: true
  cron: {running: false, enabled: false}
Y
systemd-nspawn -q -D "$root" --boot --register=no --keep-unit --console=pipe > "$work/console" 2>&1 &
machine=$!
for _ in $(seq 100); do
  leader=$(pgrep -P "$machine" | head -n 1 || true)
  [ -n "$leader" ] && nsenter -t "$leader" -m -p -u -i -n systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded' && break
  sleep 0.2
done
inside() { nsenter -t "$leader" -m -p -u -i -n "$@"; }
expect() { [ "$2" = "$3" ] || { echo "FAILED $1: expected $3, found $2"; inside journalctl -n 20 --no-pager || true; exit 1; }; }

inside lodestar apply /site > "$work/out" || { cat "$work/out"; exit 1; }
expect "running" "$(inside systemctl is-active web)" active
expect "enabled" "$(inside systemctl is-enabled web)" enabled
expect "stopped" "$(inside systemctl is-active cron || true)" inactive
expect "disabled" "$(inside systemctl is-enabled cron || true)" disabled
expect "a service that was just started is not restarted" "$(inside cat /run/web.started)" one
expect "second plan" "$(inside lodestar plan /site --detailed-exit-code > /dev/null; echo $?)" 0
sed -i 's/content: "one/content: "two/' "$root/site/manifests/all.yaml"
inside lodestar apply /site > "$work/out" || { cat "$work/out"; exit 1; }
expect "refresh" "$(inside cat /run/web.started | tr '\n' ' ')" "one two "
inside systemctl stop web
expect "drift" "$(inside lodestar plan /site --detailed-exit-code > /dev/null; echo $?)" 2
inside lodestar apply /site > "$work/out" || { cat "$work/out"; exit 1; }
expect "repaired" "$(inside systemctl is-active web)" active
sed -i 's/sleep infinity/sleep 1000000/' "$root/site/manifests/all.yaml"
inside lodestar apply /site > "$work/out" || { cat "$work/out"; exit 1; }
expect "the new unit runs" "$(inside systemctl show -p ExecStart web | grep -c 'sleep 1000000')" 1
echo "services converge on a booted systemd"
