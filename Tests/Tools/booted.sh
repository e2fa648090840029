#!/usr/bin/env bash
# Boots a copy of the disposable root with systemd (systemd-nspawn) and converges services in it.
#   booted.sh LODESTAR TEST-ROOT       (LODESTAR: the static binary)
set -euo pipefail
lodestar=$(realpath "$1") base=$(realpath "$2")
cd "$(dirname "$0")/../.."
. Tests/Tools/boot.sh
prepare_root booted "$lodestar" "$base"
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
boot

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
printf 'service:\n  cron: {running: false, masked: true}\n' > "$root/site/manifests/mask.yaml"
sed -i '/^  cron:/d' "$root/site/manifests/all.yaml"
inside lodestar apply /site > "$work/out" || { cat "$work/out"; exit 1; }
expect "a mask holds at once" "$(inside systemctl start cron 2> /dev/null && echo started || echo masked)" masked
sed -i 's/masked: true/masked: false/' "$root/site/manifests/mask.yaml"
inside lodestar apply /site > "$work/out" || { cat "$work/out"; exit 1; }
expect "and is gone at once" "$(inside systemctl start cron && echo started)" started
inside systemctl stop cron
inside systemctl stop web
expect "drift" "$(inside lodestar plan /site --detailed-exit-code > /dev/null; echo $?)" 2
inside lodestar apply /site > "$work/out" || { cat "$work/out"; exit 1; }
expect "repaired" "$(inside systemctl is-active web)" active
sed -i 's/sleep infinity/sleep 1000000/' "$root/site/manifests/all.yaml"
inside lodestar apply /site > "$work/out" || { cat "$work/out"; exit 1; }
expect "the new unit runs" "$(inside systemctl show -p ExecStart web | grep -c 'sleep 1000000')" 1

# Masked, template and static units.
mkdir -p "$root/units/manifests"
echo "site: units" > "$root/units/site.yaml"
cat > "$root/units/manifests/all.yaml" <<'Y'
service:
  cron: {masked: true, running: false}
  "pulse@two": {running: true, enabled: true}
Y
cat > "$root/etc/systemd/system/pulse@.service" <<'Y'
[Service]
ExecStart=/bin/sh -c 'echo %i >> /run/pulse; exec sleep infinity'
[Install]
WantedBy=multi-user.target
DefaultInstance=zero
Y
inside systemctl daemon-reload
inside lodestar apply /units > "$work/out" || { cat "$work/out"; exit 1; }
expect "masked" "$(inside systemctl is-enabled cron || true)" masked
expect "an instance runs" "$(inside systemctl is-active pulse@two)" active
expect "an instance is enabled" "$(inside systemctl is-enabled pulse@two)" enabled
expect "units: second plan" "$(inside lodestar plan /units --detailed-exit-code > /dev/null; echo $?)" 0
printf 'service:\n  systemd-journald: {enabled: true}\n' > "$root/units/manifests/all.yaml"
expect "a static unit cannot be enabled" "$(inside lodestar plan /units --detailed-exit-code > "$work/out"; echo $(($? & 4)))" 4
printf 'service:\n  cron: {masked: false, running: true, enabled: true}\n' > "$root/units/manifests/all.yaml"
inside lodestar apply /units > "$work/out" || { cat "$work/out"; exit 1; }
expect "unmasked and running" "$(inside systemctl is-active cron)" active

# The name, the time zone and the language, as systemd's own programs tell them.
mkdir -p "$root/system/manifests"
echo "site: system" > "$root/system/site.yaml"
cat > "$root/system/manifests/all.yaml" <<'Y'
hostname:
  this: {name: web7}
timezone:
  this: {zone: Asia/Shanghai}
locale:
  this: {lang: C.UTF-8}
Y
inside lodestar apply /system > "$work/out" || { cat "$work/out"; exit 1; }
expect "hostnamectl" "$(inside hostnamectl hostname --static) $(inside hostnamectl hostname --transient)" "web7 web7"
expect "timedatectl" "$(inside timedatectl show --property=Timezone --value)" Asia/Shanghai
expect "localectl" "$(inside localectl status | grep -o 'LANG=.*')" LANG=C.UTF-8
expect "system: second plan" "$(inside lodestar plan /system --detailed-exit-code > /dev/null; echo $?)" 0
inside timedatectl set-timezone Europe/Oslo
inside hostnamectl hostname other
expect "system: drift" "$(inside lodestar plan /system --detailed-exit-code > "$work/out"; echo $?)" 2
inside lodestar apply /system > "$work/out" || { cat "$work/out"; exit 1; }
inside systemctl stop systemd-timedated  # remembers what it set itself
expect "repaired" "$(inside hostnamectl hostname) $(inside timedatectl show --property=Timezone --value)" "web7 Asia/Shanghai"

# Where nothing can be isolated, a guard is asked when its command would run, and still keeps it from running.
mkdir -p "$root/guards/manifests"
echo "site: guards" > "$root/guards/site.yaml"
cat > "$root/guards/manifests/all.yaml" <<'Y'
command:
  kept: {run: "echo ran >> /run/kept", unless: "true"}
  wanted: {run: "echo ran >> /run/wanted", only_if: "true"}
Y
confined() { inside setpriv --bounding-set=-sys_admin "$@"; }
expect "guards are unknown" "$(confined lodestar plan /guards --detailed-exit-code > "$work/out"; echo $?)" 8
confined lodestar apply /guards > "$work/out" || { cat "$work/out"; exit 1; }
expect "what is guarded" "$(inside sh -c 'ls /run/kept /run/wanted 2> /dev/null')" /run/wanted
echo "services, commands and what the system is called converge on a booted systemd"
