#!/usr/bin/env bash
# Boots a copy of the disposable root with systemd (systemd-nspawn) and runs the agent as its unit: readiness, a schedule that a
# site declares, a restart under a running job, reload, stop.
#   agent-booted.sh LODESTAR TEST-ROOT       (LODESTAR: the static binary)
set -euo pipefail
lodestar=$(realpath "$1") base=$(realpath "$2")
cd "$(dirname "$0")/../.."
. Tests/Tools/boot.sh
prepare_root agent-booted "$lodestar" "$base"
install -m 644 Examples/agent/lodestar-agent.service "$root/etc/systemd/system/lodestar-agent.service"
mkdir -p "$root/srv/site/manifests" "$root/etc/lodestar"
echo "site: booted" > "$root/srv/site/site.yaml"
cat > "$root/srv/site/manifests/all.yaml" <<'Y'
file:
  /etc/motd: {content: "declared\n"}
schedule:
  tick: {every: 1s, run: "echo $SCHEDULED_FOR >> /run/ticks"}
  long: {after: 1h, run: "echo began; sleep 3; echo ended; exit 7"}
Y
echo '{source: /srv/site, converge: {mode: apply, interval: 1h}}' > "$root/etc/lodestar/agent.yaml"
boot
within() { # within SECONDS CLAIM COMMAND...
  local end=$((SECONDS + $1)) claim=$2
  shift 2
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { expect "$claim" "not in time" "in time"; }
    sleep 0.2
  done
}

inside systemctl start lodestar-agent
expect "active" "$(inside systemctl is-active lodestar-agent)" active
within 15 "the site is applied" inside grep -q declared /etc/motd
within 10 "its schedules run" inside grep -q T /run/ticks
inside lodestar schedule run long > /dev/null
within 5 "the long run starts" sh -c "nsenter -t $leader -m -p -u -i -n lodestar schedule history long | grep -q started"
first=$(inside systemctl show -p MainPID --value lodestar-agent)
inside systemctl restart lodestar-agent
expect "another agent" "$([ "$(inside systemctl show -p MainPID --value lodestar-agent)" != "$first" ] && echo yes)" yes
within 8 "the run that outlived the agent ends" sh -c "nsenter -t $leader -m -p -u -i -n lodestar schedule history long | grep -q 'failed 7'"
expect "with its output" "$(inside lodestar schedule history long --output --limit 1 | grep -c ended)" 1
inside systemctl kill -s KILL --kill-whom=main lodestar-agent
within 8 "a killed agent comes back" sh -c "nsenter -t $leader -m -p -u -i -n lodestar status | grep -q schedules"
before=$(inside sh -c "wc -l < /run/ticks")
sleep 3
expect "ticks go on" "$([ "$(inside sh -c 'wc -l < /run/ticks')" -gt "$before" ] && echo yes)" yes
expect "no tick twice" "$(inside sh -c 'sort /run/ticks | uniq -d | wc -l')" 0
inside systemctl reload lodestar-agent
expect "active after a reload" "$(inside systemctl is-active lodestar-agent)" active
inside systemctl stop lodestar-agent
expect "stopped" "$(inside systemctl is-active lodestar-agent || true)" inactive
expect "without a failure" "$(inside systemctl show -p Result --value lodestar-agent)" success
# Whatever still runs hears SIGTERM and ends.
kill "$machine"
began=$SECONDS
wait "$machine" || true
machine=
[ $((SECONDS - began)) -lt 45 ] || { echo "FAILED the machine goes down at once: it took $((SECONDS - began)) s"; exit 1; }
echo "the agent runs as a unit, and jobs outlive it"
