#!/usr/bin/env bash
# std/node_exporter and std/checks on a booted copy of the disposable root: the exporter answers as its parameters say, takes every file
# that the checks write, and each check says what is so. shellcheck reads the scripts.
#   std-monitoring.sh LODESTAR TEST-ROOT
set -euo pipefail
lodestar=$(realpath "$1") base=$(realpath "$2")
cd "$(dirname "$0")/../.."
. Tests/Tools/boot.sh
prepare_root std-monitoring "$lodestar" "$base"
. Tests/Tools/monitor-root.sh
repository
mkdir "$work/scripts"
python3 - "$work/scripts" <<'PYTHON'
import pathlib, sys, yaml
for name, script in yaml.safe_load(open("Manifests/checks.yaml"))["script"].items():
    pathlib.Path(sys.argv[1], name).write_text(script["content"])
PYTHON
"$cache/tools/usr/bin/shellcheck" -s sh "$work"/scripts/*

mkdir -p "$root/site/manifests" "$root/etc/ssl/private"
echo "site: roles" > "$root/site/site.yaml"
certificate() { openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key" -out "$root/etc/ssl/$1.pem" -days "$2" -subj /CN=a 2> /dev/null; }
certificate far 400
certificate near 10
if [ ! -e "$root/usr/bin/openssl" ]; then # a minimal root has none
  mkdir -p "$root/usr/local/lib/openssl"
  cp -L "$(command -v openssl)" $(ldd "$(command -v openssl)" | grep -o '/[^ ]*' | grep -e ssl -e crypto) "$root/usr/local/lib/openssl/"
  printf '#!/bin/sh\nLD_LIBRARY_PATH=/usr/local/lib/openssl exec /usr/local/lib/openssl/openssl "$@"\n' > "$root/usr/local/bin/openssl"
  chmod 755 "$root/usr/local/bin/openssl"
fi
roles() { # roles NODE CHECKS
  printf 'role:\n  std/node_exporter: {with: {hold: 1s, %s}}\n  std/checks: {with: {%s}}\n' "$1" "$2" > "$root/site/manifests/all.yaml"
}
boot --private-network
apply() { inside lodestar apply /site > "$work/out" 2> "$work/err" && echo 0 || { cat "$work/out" "$work/err" >&2; echo 4; }; }
scrape() { inside /usr/bin/bash -c "exec 3<>/dev/tcp/127.0.0.1/$1 && printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3 && cat <&3"; }
state() { inside lodestar check-run "$1" > "$work/metrics" && sed -n "s/^lodestar_check_status{check=\"$1\"} //p" "$work/metrics"; }
unit=prometheus-node-exporter

roles "" "certificates: [/etc/ssl/far.pem]"
expect "applied" "$(apply)" 0
expect "in place" "$(inside lodestar plan /site --detailed-exit-code > /dev/null; echo $?)" 0
expect "limited" "$(inside systemctl show -p MemoryMax -p TasksMax -p CPUQuotaPerSecUSec --value $unit | tr '\n' ' ')" "500ms $((128 << 20)) 64 "
expect "on the loopback alone" "$(awk '$4 == "0A" && $2 ~ /:238C$/ {print $2}' "/proc/$leader/net/tcp" "/proc/$leader/net/tcp6")" 0100007F:238C
names="disk inodes load memory clock units certificates reboot"
for name in $names; do state "$name" > "$work/state.$name"; done
scrape 9100 > "$work/scrape"
expect "the collector takes all files" "$(grep -c '^node_textfile_scrape_error 0$' "$work/scrape")" 1
expect "each check is there" "$(grep -c '^lodestar_check_status{' "$work/scrape")" 8
for name in disk inodes memory units certificates reboot; do expect "$name is well" "$(cat "$work/state.$name")" 0; done
# What the exporter measures by itself.
python3 - "$work/scrape" <<'PYTHON'
import re, sys
text = open(sys.argv[1]).read()
one = lambda pattern: float(re.search(pattern + r"[^\n]* (\S+)$", text, re.M).group(1))
used = 100 - 100 * one(r"^node_memory_MemAvailable_bytes") / one(r"^node_memory_MemTotal_bytes")
told = one(r'^lodestar_check_value{check="memory",measure="used"')
assert abs(used - told) < 15, (used, told)
load = one(r"^node_load5"); told = one(r'^lodestar_check_value{check="load",measure="load5"')
assert abs(load - told) < 2, (load, told)
PYTHON

# What is not well is said.
inside systemd-run -q --unit=broken false || true
for _ in $(seq 50); do [ "$(inside systemctl is-failed broken)" = failed ] && break; sleep 0.1; done
expect "a failed unit" "$(state units)" 2
touch "$root/run/reboot-required" 2> /dev/null || true
inside touch /run/reboot-required
expect "a reboot" "$(state reboot)" 1
roles 'listen: "0.0.0.0:9101", flags: [--no-collector.zfs]' \
  'certificates: [/etc/ssl/far.pem, /etc/ssl/near.pem], disk_warning: 0, disk_critical: 101, memory_warning: 0, memory_critical: 0, load: false, units_ignore: [broken.service]'
expect "other parameters" "$(apply)" 0
expect "it listens there" "$(scrape 9101 | grep -c '^node_exporter_build_info')" 1
expect "with the flag" "$(inside cat "/proc/$(inside systemctl show -p MainPID --value $unit)/cmdline" | tr '\0' '\n' | grep -c no-collector.zfs)" 1
expect "a certificate that ends" "$(state certificates)" 1
expect "its days" "$(grep -cE 'measure="/etc/ssl/near.pem"[^}]*} (9|10)(\.0)?$' "$work/metrics")" 1
expect "a full disk" "$(state disk)" 1
expect "no memory" "$(state memory)" 2
expect "a unit that may fail" "$(state units)" 0
expect "a check that is switched off stays as it is" "$([ -e "$root/etc/lodestar/schedules.d/check-load.json" ] && echo there)" there
roles 'listen: "[::1]:9100"' 'certificates: [/etc/ssl/none.pem]'
expect "IPv6" "$(apply)" 0
expect "a certificate that is not there" "$(state certificates)" 3
echo "standard monitoring: ok"
