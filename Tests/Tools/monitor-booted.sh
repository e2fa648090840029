#!/usr/bin/env bash
# Monitors on a booted copy of the disposable root: Debian's prometheus-node-exporter with limits, and a toy agent from an archive.
# A changed flag restarts once and nothing else does; versions that do not answer, answer wrongly or die go back and stay back.
#   monitor-booted.sh LODESTAR TEST-ROOT [short]       (short: two broken versions of the package, one of the agent)
set -euo pipefail
lodestar=$(realpath "$1") base=$(realpath "$2") form=${3:-long}
cd "$(dirname "$0")/../.."
. Tests/Tools/boot.sh
prepare_root monitor-booted "$lodestar" "$base"
. Tests/Tools/monitor-root.sh

modes="crash dies" toyModes=wrong
if [ "$form" = long ]; then modes="crash dies silent wrong refused garbage" toyModes="crash good-3 silent wrong dies"; fi
# shellcheck disable=SC2086
repository $modes
real=$(dpkg-deb -f "$cache"/prometheus-node-exporter_*.deb Version)

site=$root/site
mkdir -p "$site/manifests" "$site/files"
echo "site: monitors" > "$site/site.yaml"
boot --private-network
apply() { inside lodestar apply /site "$@" > "$work/out" 2> "$work/err" && echo 0 || echo $?; }
shows() { inside systemctl show -p "$2" --value "$1"; }
get() { inside /usr/bin/bash -c "exec 3<>/dev/tcp/127.0.0.1/$1 && printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3 && cat <&3" 2> /dev/null || true; }
said() { grep -qF -- "$1" "$work/out" "$work/err" || { cat "$work/out" "$work/err"; echo "FAILED: nobody said '$1'"; exit 1; }; }

node() { # node VERSION ARGS [TAG]
  cat > "$site/manifests/node.yaml" <<Y
monitor:
  node:
    package: prometheus-node-exporter
    version: "$1"
    env: {ARGS: "--web.listen-address=127.0.0.1:9100 $2"}
    memory: 96M
    cpu: 50%
    tasks: 48
    health: {http: "http://127.0.0.1:9100/metrics", expect: node_exporter_build_info, within: 6s, hold: ${hold:-7s}}
    tags: [${3:-a}]
Y
}
unit=prometheus-node-exporter
dropIn=$root/etc/systemd/system/$unit.service.d
node "$real" ""
expect "plan" "$(inside lodestar plan /site > "$work/out" 2> "$work/err"; echo $?)" 0
said "tries GET http://127.0.0.1:9100/metrics: status 200 to 299 and \`node_exporter_build_info\` within 6s, for 7s"
expect "installed" "$(apply)" 0
expect "active" "$(shows $unit ActiveState)" active
expect "answers on loopback" "$(get 9100 | grep -c '^node_exporter_build_info')" 1
expect "on nothing else" "$(awk '$4 == "0A" && $2 ~ /:238C$/ {print $2}' "/proc/$leader/net/tcp" "/proc/$leader/net/tcp6")" 0100007F:238C
expect "memory" "$(shows $unit MemoryMax)" $((96 << 20))
expect "tasks" "$(shows $unit TasksMax)" 48
expect "cpu" "$(shows $unit CPUQuotaPerSecUSec)" 500ms
group=$(shows $unit ControlGroup)
for place in /sys/fs/cgroup /sys/fs/cgroup/memory; do
  for file in memory.max memory.limit_in_bytes; do
    if inside test -e "$place$group/$file"; then expect "the cgroup" "$(inside cat "$place$group/$file")" $((96 << 20)); fi
  done
done
began=$(shows $unit ExecMainStartTimestampMonotonic)
expect "nothing to do" "$(apply)" 0
said "nothing to do"
node "$real" "" b
expect "other tags" "$(apply)" 0
hold=6s node "$real" ""
expect "another trial" "$(apply)" 0
expect "no restart" "$(shows $unit ExecMainStartTimestampMonotonic)" "$began"
node "$real" "--no-collector.zfs"
pid=$(shows $unit MainPID)
expect "a changed flag" "$(apply)" 0
expect "restarts" "$([ "$(shows $unit ExecMainStartTimestampMonotonic)" != "$began" ] && echo yes)" yes
expect "once" "$(inside journalctl -u $unit -o cat --no-pager | grep -c "^Started")" "$(($(inside journalctl -u $unit -o cat --no-pager | grep -c "^Stopped") + 1))"
expect "the flag is there" "$(inside cat "/proc/$(shows $unit MainPID)/cmdline" | tr '\0' '\n' | grep -c no-collector.zfs)" 1
expect "NRestarts" "$(shows $unit NRestarts)" 0
cp "$dropIn/lodestar.env" "$work/env"

bad() { # bad MODE ANSWER: a version that goes back and stays back
  node "9-$1" "--other.flag"
  expect "$1: the apply fails" "$(apply)" 4
  said "$2"
  said "what was there before comes back"
  expect "$1: the version" "$(inside dpkg-query -W -f '${Version}' $unit)" "$real"
  expect "$1: the files" "$(cmp "$work/env" "$dropIn/lodestar.env" && echo same)" same
  expect "$1: it runs" "$(shows $unit ActiveState)" active
  for _ in $(seq 25); do get 9100 | grep -q '^go_info' && break; sleep 0.2; done
  expect "$1: the one before answers" "$(get 9100 | grep -c '^go_info')" 1
  began=$(shows $unit ExecMainStartTimestampMonotonic)
  expect "$1: it is not tried again" "$(apply)" 4
  said "monitor:node is not tried again"
  said "$2"
  expect "$1: plan says so" "$(inside lodestar plan /site --detailed-exit-code > "$work/out"; echo $?)" 4
  expect "$1: and it is left alone" "$(shows $unit ExecMainStartTimestampMonotonic)" "$began"
}
bad crash "is failed (exit-code)"
bad dies "in which it held"
if [ "$form" = long ]; then
  bad silent "ECONNREFUSED"
  expect "retry" "$(apply --retry)" 4
  said "what was there before comes back"
  expect "and goes back" "$(inside dpkg-query -W -f '${Version}' $unit)" "$real"
  bad wrong "an answer without \`node_exporter_build_info\`"
  bad refused "status 503"
  bad garbage "something that is no HTTP"
fi
node "$real" "--no-collector.zfs"
expect "the declaration that works" "$(apply)" 0
expect "is in place" "$(inside lodestar plan /site --detailed-exit-code > "$work/out"; echo $?)" 0

# The same from an archive, and with a configuration.
rm "$site/manifests/node.yaml"
toy "$work/toy"
for version in 1 2; do
  mkdir -p "$work/toy-$version/bin"
  cp "$work/toy" "$work/toy-$version/bin/toy"
  echo $version > "$work/toy-$version/VERSION"
  tar -C "$work" -czf "$site/files/toy-$version.tar.gz" "toy-$version"
done
agent() { # agent VERSION MODE CONFIG [MORE]
  cat > "$site/manifests/agent.yaml" <<Y
monitor:
  toy:
    archive: {source: toy-$1.tar.gz, strip: 1}
    version: "$1"
    user: toy
    command: [bin/toy, $2, "9300"]
    config:
      /etc/toy/toy.conf: {content: "$3\n"}
    memory: 32M
    health: {http: "http://127.0.0.1:9300/", expect: node_exporter, within: 5s, hold: ${hold:-7s}}
    ${4:-}
Y
}
agent 1 good one
expect "an archive" "$(apply)" 0
expect "the package is gone" "$(inside dpkg-query -W -f '${db:Status-Status}' $unit 2> /dev/null || true)" "config-files"
expect "toy answers" "$(get 9300 | grep -c node_exporter)" 1
expect "toy's user" "$(inside stat -c %U "/proc/$(shows toy MainPID)")" toy
expect "toy's limits" "$(shows toy MemoryMax) $(shows toy NoNewPrivileges) $(shows toy ProtectSystem)" "$((32 << 20)) yes strict"
# A version that is no program cannot even start.
mkdir -p "$work/toy-3/bin"
echo "no program" > "$work/toy-3/bin/toy"
chmod 755 "$work/toy-3/bin/toy"
echo 3 > "$work/toy-3/VERSION"
tar -C "$work" -czf "$site/files/toy-3.tar.gz" toy-3
began=$(shows toy ExecMainStartTimestampMonotonic) first=$(readlink "$root/opt/toy/current")
agent 1 good one "note: another note"
expect "a note" "$(apply)" 0
expect "is no restart" "$(shows toy ExecMainStartTimestampMonotonic)" "$began"
for mode in $toyModes; do
  case $mode in *-3) agent 3 "${mode%-3}" two ;; *) agent 2 "$mode" two ;; esac
  expect "toy $mode fails" "$(apply)" 4
  expect "toy $mode: the link" "$(readlink "$root/opt/toy/current")" "$first"
  expect "toy $mode: the version" "$(inside cat /opt/toy/current/VERSION)" 1
  expect "toy $mode: the configuration" "$(inside cat /etc/toy/toy.conf)" one
  expect "toy $mode: the unit" "$(inside systemctl show -p ExecStart toy | grep -c "toy good")" 1
  expect "toy $mode: answers" "$(for _ in $(seq 25); do get 9300 | grep -q node_exporter && echo yes && break; sleep 0.2; done)" yes
  expect "toy $mode: nothing of the other one is left" "$(ls "$root/opt/toy" | wc -l)" 2
  began=$(shows toy ExecMainStartTimestampMonotonic)
  expect "toy $mode stays back" "$(apply)" 4
  expect "toy $mode is left alone" "$(shows toy ExecMainStartTimestampMonotonic)" "$began"
done

# Killed in the trial: the next run finishes it, or brings back what was there before the first one.
hold=20s agent 2 wrong two
kill_in_trial() {
  inside lodestar apply /site > "$work/out" 2>&1 &
  local job=$!
  for _ in $(seq 100); do [ "$(inside cat /opt/toy/current/VERSION 2> /dev/null)" = 2 ] && [ "$(inside systemctl show -p ExecStart toy | grep -c "toy $1 ")" = 1 ] && break; sleep 0.1; done
  sleep 1
  kill -9 $(pgrep --ns "$leader" --nslist pid -f "lodestar apply /site")
  wait $job 2> /dev/null || true
}
kill_in_trial wrong
expect "after the kill the new one is there" "$(readlink "$root/opt/toy/current" | cut -c1-2)" 2-
expect "the next run" "$(apply)" 4
expect "brings back the link" "$(readlink "$root/opt/toy/current")" "$first"
expect "and the configuration" "$(inside cat /etc/toy/toy.conf)" one
expect "and stays" "$(apply)" 4
# Killed at any moment, in what brings it back too: the next run ends with what was there before.
for moment in $([ "$form" = long ] && echo 0.3 1 5.5 5.8 6 6.2 6.4 6.6); do
  hold=1s agent 2 refused "$moment"
  inside lodestar apply /site > "$work/out" 2>&1 &
  job=$!
  sleep "$moment"
  kill -9 $(pgrep --ns "$leader" --nslist pid -f "lodestar apply /site") 2> /dev/null || true
  wait $job 2> /dev/null || true
  expect "killed after $moment" "$(apply)" 4
  expect "killed after $moment: it stays" "$(apply)" 4
  expect "killed after $moment: what is there" "$(readlink "$root/opt/toy/current") $(cat "$root/etc/toy/toy.conf") $(shows toy ActiveState) $(ls "$root/opt/toy" | wc -l)" "$first one active 2"
done
hold=3s agent 2 good two
kill_in_trial good
expect "the next run proves what is good" "$(apply)" 0
expect "toy 2" "$(inside cat /opt/toy/current/VERSION)" 2
expect "the one before is gone" "$(ls "$root/opt/toy" | wc -l)" 2
expect "toy 2: in place" "$(inside lodestar plan /site --detailed-exit-code > "$work/out"; echo $?)" 0

# A first version that does not work leaves nothing; a monitor that is no longer declared goes whole.
sed -e 's/  toy:/  other:/; s/9300/9400/g; s/user: toy/user: other/; s/toy, good/toy, wrong/; s,/etc/toy/toy.conf,/etc/other/x,' "$site/manifests/agent.yaml" > "$site/manifests/other.yaml"
expect "other fails" "$(apply)" 4
expect "other leaves nothing" "$(ls -d "$root/opt/other" "$root/etc/other" "$root/etc/systemd/system/other.service" 2> /dev/null | wc -l)" 0
expect "other does not run" "$(inside systemctl is-active other || true)" inactive
rm "$site/manifests/other.yaml" "$site/manifests/agent.yaml"
printf 'file: {/etc/marker: {content: x}}\n' > "$site/manifests/marker.yaml"
expect "no longer declared" "$(apply)" 0
expect "toy is gone" "$(ls -d "$root/opt/toy" "$root/etc/toy" "$root/etc/systemd/system/toy.service" 2> /dev/null | wc -l)" 0
expect "and does not run" "$(inside systemctl is-active toy || true)" inactive
echo "monitors: ok"
