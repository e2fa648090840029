#!/usr/bin/env bash
# Judges `check` by node_exporter's textfile collector and by the parser of Prometheus' Python client, on the running host in a mount
# namespace of its own. Both are fetched once: the package of Debian and the client of PyPI.
#   check-judge.sh LODESTAR
set -euo pipefail
lodestar=$(realpath -e "$1") here=$(realpath "$(dirname "$0")")
tools=/var/tmp/lodestar-prometheus
if [ "${2:-}" != inside ]; then
  if [ ! -e "$tools/.complete" ]; then
    fresh=$(mktemp -d /var/tmp/lodestar-prometheus-XXXXXX)
    trap 'rm -rf "$fresh"' EXIT
    (cd "$fresh" && apt-get -qq -o APT::Sandbox::User=root download prometheus-node-exporter && dpkg-deb -x ./*.deb . && rm ./*.deb)
    python3 -m pip --version > /dev/null 2>&1 || { apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qq install -y python3-pip > /dev/null; }
    python3 -m pip install -q --disable-pip-version-check --root-user-action ignore --target "$fresh/python" prometheus_client==0.21.1
    touch "$fresh/.complete"
    chmod 0755 "$fresh"
    mv -T "$fresh" "$tools" 2> /dev/null || true
    trap - EXIT
  fi
  exec unshare -m "$here/check-judge.sh" "$lodestar" inside
fi
work=$(mktemp -d)
mount -t tmpfs -o mode=0755 none "$work"
exporter=
finish() { [ -z "$exporter" ] || kill "$exporter" 2> /dev/null || true; umount -lR "$work"; rmdir "$work"; }
trap finish EXIT
fail() { echo "$*"; exit 1; }
mkdir -p "$work"/etc/{upper,work} "$work"/site/{manifests,files} /var/lib/lodestar "$work/local"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$work/etc/upper,workdir=$work/etc/work" /etc
mount -t tmpfs -o mode=0700 none /var/lib/lodestar
mount -t tmpfs -o mode=0755 none /usr/local
mkdir /usr/local/bin
# The directories as Debian's package makes them: the outer one is the exporter's own user's.
metrics=$work/prometheus/node-exporter
mkdir -p "$metrics"
chown nobody "$work/prometheus"
echo 'site: judge' > "$work/site/site.yaml"
cd "$work/site"
file() { echo "$metrics/lodestar-check-$1.prom"; }
check_run() { set +e; timeout 60 "$lodestar" check-run "$1" > "$work/out" 2> "$work/err"; status=$?; set -e; }

python3 - "$metrics" > manifests/a.yaml <<'PYTHON'
import json, sys
evil = '"} 0\\nlodestar_check_status{check="other"} 0\\n# TYPE x\\r\\0'
checks = {
    "ok": {"run": "echo 'OK - fine | load=0.5;1;2 /=2643MB'"}, "warn": {"run": "echo W; exit 1"}, "critical": {"run": "exit 2"},
    "unknown": {"run": "exit 3"}, "other-status": {"run": "exit 200"}, "no-program": {"argv": ["/no/such/program"]},
    "no-user": {"run": "true", "user": "no-such-user"}, "as-nobody": {"run": "test $(id -un) = nobody"},
    "as-root": {"run": "test $(id -un) = root", "user": "root"}, "killed": {"run": "kill -9 $$"},
    "slow": {"run": "sleep 20", "timeout": "1s"}, "deaf": {"run": "trap '' TERM; for i in 1 2 3 4 5 6 7 8 9; do sleep 1; done", "timeout": "1s"},
    "daemon": {"run": "sleep 20 & echo OK"}, "much": {"run": "head -c 10000000 /dev/zero | tr '\\0' a"},
    "binary": {"run": "printf 'OK | a=1 \\377\\n'"}, "evil": {"run": "printf '%b' 'OK | " + evil.replace('"', '\\"') + "=1'"},
    "value": {"run": "echo ' 42.5'", "format": "value"}, "no-value": {"run": "echo nan", "format": "value"},
    "cr-value": {"run": "printf '7\\r\\n'", "format": "value"}, "nul-value": {"run": "printf '7\\0'", "format": "value"},
    "no-newline": {"run": "printf 7", "format": "value"}, "much-value": {"run": "head -c 10000000 /dev/zero | tr '\\0' 1", "format": "value"},
    "own": {"run": "printf '# HELP own_x Its own.\\n# TYPE own_x gauge\\nown_x{a=\"q\\\\\\\\\\\\\"x\"} 1'", "format": "prometheus"},
    "stolen": {"run": "echo 'node_load1 0'", "format": "prometheus"}, "statuses": {"run": "echo 'lodestar_check_status{check=\"ok\"} 0'", "format": "prometheus"},
    "twice": {"run": "printf 'twice_a 1\\ntwice_a 1\\n'", "format": "prometheus"}, "clash": {"run": "echo 'clash_a 1'", "format": "prometheus"},
    "much-own": {"run": "yes much_own_a 1 | head -c 10000000", "format": "prometheus"}, "raw": {"run": "printf 'raw_a 1\\377\\n'", "format": "prometheus"},
    "tool": {"script": "tool", "user": "root"}, "secretive": {"script": "locked"},
}
for check in checks.values(): check["directory"] = sys.argv[1]
scripts = {"tool": {"content": "#!/bin/sh\necho \"TOOL OK | n=1\"\n"}, "locked": {"content": "#!/bin/sh\n", "mode": "0700"}}
print(json.dumps({"check": checks, "script": scripts}))
PYTHON
said=$("$lodestar" apply . 2>&1) || fail "apply: $said"
said=$("$lodestar" plan . 2>&1); [[ $said == *"nothing to do"* ]] || fail "second plan: $said"
names=$(python3 -c 'import json; print(*json.load(open("manifests/a.yaml"))["check"])')

# 1. Before the first run all of them are unknown. Then each tells what it is.
parsed() { # what the client's parser makes of all files: {name: {check: value}}, and what else there is
  PYTHONPATH=$tools/python python3 - "$metrics" <<'PYTHON'
import glob, json, sys
from prometheus_client.parser import text_string_to_metric_families
found = {}
for path in sorted(glob.glob(sys.argv[1] + "/lodestar-check-*.prom")):
    text = open(path, encoding="utf-8").read()
    assert text.endswith("\n"), path
    for family in text_string_to_metric_families(text):
        assert family.documentation and family.type in ("gauge", "unknown", "untyped"), (path, family)
        for sample in family.samples:
            check = path.rsplit("/lodestar-check-", 1)[1][: -len(".prom")]
            assert sample.labels.pop("check") == check, (path, sample)
            key = (sample.name, *sorted(sample.labels.items()))
            assert key not in found.get(check, {}), (path, sample)
            found.setdefault(check, {})[key] = sample.value
json.dump({check: [[list(map(str, key)), value] for key, value in values.items()] for check, values in found.items()}, sys.stdout)
PYTHON
}
parsed > "$work/before.json"
for name in $names; do
  check_run "$name"
  [[ $status == 0 ]] || fail "$name: check-run ended with $status: $(cat "$work/err")"
  cmp -s "$work/out" "$(file "$name")" || fail "$name: printed something else than it wrote"
  [[ $(stat -c '%U %a' "$(file "$name")") == "root 644" ]] || fail "$name: $(stat -c '%U %a' "$(file "$name")")"
  [[ $(stat -c %s "$(file "$name")") -lt 5000 ]] || fail "$name wrote $(stat -c %s "$(file "$name")") bytes"
done
said=$("$lodestar" plan . 2>&1); [[ $said == *"nothing to do"* ]] || fail "plan after the runs: $said"
parsed > "$work/after.json"
python3 - "$work" "$names" <<'PYTHON' || fail "states"
import json, sys, time
before, after = (json.load(open(f"{sys.argv[1]}/{name}.json")) for name in ("before", "after"))
assert set(before) == set(after) == set(sys.argv[2].split())
get = lambda found, check, name: [value for key, value in found[check] if key[0] == name]
for check in before:
    assert get(before, check, "lodestar_check_status") == [3] and get(before, check, "lodestar_check_last_run_timestamp_seconds") == [0], before[check]
wanted = {"ok": 0, "warn": 1, "critical": 2, "as-nobody": 0, "as-root": 0, "daemon": 0, "much": 0, "binary": 0, "evil": 0, "value": 0, "cr-value": 0,
          "no-newline": 0, "own": 0, "clash": 0, "tool": 0}
for check in after:
    status, = get(after, check, "lodestar_check_status")
    assert status == wanted.get(check, 3), (check, status)
    duration, = get(after, check, "lodestar_check_duration_seconds")
    assert 0 <= duration < 15, (check, duration)
    assert abs(get(after, check, "lodestar_check_last_run_timestamp_seconds")[0] - time.time()) < 600
values = {check: sorted((key[1:], value) for key, value in after[check] if key[0] == "lodestar_check_value") for check in after}
assert [value for _, value in values["ok"]] == [0.5, 2643] or [value for _, value in values["ok"]] == [2643, 0.5], values["ok"]
assert values["value"] == [([], 42.5)] and values["cr-value"] == [([], 7)] and values["no-newline"] == [([], 7)], values
assert [value for _, value in values["tool"]] == [1]
for check in ("much", "binary", "no-value", "nul-value", "much-value", "slow", "stolen"): assert not values[check], check
own = [(key, value) for key, value in after["own"] if key[0] == "own_x"]
assert len(own) == 1 and own[0][1] == 1 and 'q\\\\"x' in own[0][0][1], own
extra = {key[0] for check in after for key, _ in after[check] if not key[0].startswith("lodestar_check_")}
assert extra == {"own_x", "clash_a"}, extra
PYTHON

# 2. The collector takes all files at once, and nothing in them spoils it.
python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' > "$work/port"
port=$(cat "$work/port")
"$tools/usr/bin/prometheus-node-exporter" --web.listen-address="127.0.0.1:$port" --collector.disable-defaults --collector.textfile \
  --collector.textfile.directory="$metrics" 2> "$work/exporter.log" & exporter=$!
scrape() {
  python3 - "$port" <<'PYTHON'
import sys, time, urllib.request
for _ in range(100):
    try: break_ = urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/metrics"); print(break_.read().decode()); break
    except urllib.error.HTTPError as error: print(error.code, error.read().decode()); break
    except OSError: time.sleep(0.1)
PYTHON
}
scrape > "$work/scrape"
grep -q '^node_textfile_scrape_error 0' "$work/scrape" || fail "the collector: $(grep error "$work/scrape" "$work/exporter.log" | head -5)"
[[ $(grep -c '^lodestar_check_status{' "$work/scrape") == $(wc -w <<< "$names") ]] || fail "states: $(grep -c '^lodestar_check_status{' "$work/scrape")"
grep -q '^lodestar_check_status{check="slow"} 3$' "$work/scrape" && grep -q '^own_x{a="q\\\\\\"x",check="own"} 1$' "$work/scrape" || fail "scrape: $(grep -e slow -e own_x "$work/scrape")"
# Another file has the name of a metric: the check is unknown, and the collector still answers.
printf '# HELP clash_a Other.\n# TYPE clash_a counter\nclash_a 5\n' > "$metrics/other.prom"
check_run clash
[[ $status == 0 ]] && grep -q '^lodestar_check_status{check="clash"} 3$' "$(file clash)" || fail "clash: $(cat "$(file clash)")"
scrape > "$work/scrape"; grep -q '^node_textfile_scrape_error 0' "$work/scrape" || fail "the collector beside another file"
rm "$metrics/other.prom"

# Whatever a check says, its file is about itself and spoils nothing.
printf 'check:\n' > manifests/hostile.yaml
for form in exit value own; do
  printf '  hostile-%s: {run: "cat %s/../hostile", user: root, format: %s, directory: %s}\n' $form "$metrics" "${form/own/prometheus}" "$metrics" >> manifests/hostile.yaml
done
said=$("$lodestar" apply . 2>&1) || fail "hostile: $said"
PYTHONPATH=$tools/python "$here/check-hostile.py" "$lodestar" "$metrics" "$port" "${HOSTILE:-150}" "${SEED:-1}" || fail "hostile outputs"
rm manifests/hostile.yaml
"$lodestar" apply . > /dev/null 2>&1 || fail "without the hostile ones"

# 3. What is at the place of the metrics: root follows no link, waits for no FIFO, and replaces only files.
echo precious > "$work/precious"
for kind in link fifo directory; do
  rm -rf "$(file ok)"
  case $kind in link) ln -s "$work/precious" "$(file ok)";; fifo) mkfifo "$(file ok)";; directory) mkdir "$(file ok)";; esac
  check_run ok
  [[ $status == 1 && $(cat "$work/precious") == precious ]] || fail "$kind: $status $(cat "$work/err")"
done
rm -rf "$(file ok)"
mkfifo "$metrics/waiting.prom"; check_run own; [[ $status == 0 ]] || fail "a FIFO beside it: $(cat "$work/err")"; rm "$metrics/waiting.prom"
mv "$metrics" "$work/moved"; ln -s /etc "$metrics"
check_run ok; [[ $status == 1 && ! -e /etc/lodestar-check-ok.prom ]] || fail "a link for the directory: $status"
rm "$metrics"; mv "$work/moved" "$metrics"
check_run ok; [[ $status == 0 ]] || fail "afterwards: $(cat "$work/err")"
echo 'echo OK' >> /usr/local/bin/tool
check_run tool; grep -q '^lodestar_check_status{check="tool"} 3$' "$(file tool)" || fail "other bytes of a script: $(cat "$work/err")"
for name in nothing ../ok 'ok"' ''; do check_run "$name"; [[ $status == 66 || $status == 64 ]] || fail "name $name: $status"; done
# Interrupted, it is unknown; killed, the file is the old or a new one.
"$lodestar" check-run deaf > /dev/null 2>&1 & runner=$!; sleep 0.5; kill -TERM "$runner"; wait "$runner" || fail "interrupted: $?"
grep -q '^lodestar_check_status{check="deaf"} 3$' "$(file deaf)" || fail "interrupted"
for delay in 0.01 0.03 0.05 0.1; do "$lodestar" check-run ok > /dev/null 2>&1 & runner=$!; sleep "$delay"; kill -9 "$runner" 2> /dev/null || true; wait "$runner" 2> /dev/null || true; parsed > /dev/null || fail "killed after $delay"; done
check_run ok; [[ -z $(find "$metrics" -name '.*' -type f) || $status == 0 ]] || fail "left: $(ls -A "$metrics")"

# 4. The agent runs it by its schedule.
cp "$lodestar" /usr/local/bin/lodestar
echo "check: {tick: {run: echo OK, every: 1s, directory: $metrics}}" > manifests/a.yaml
said=$("$lodestar" apply . 2>&1 --allow-removals) || fail "tick: $said"
grep -q '^lodestar_check_status{check="tick"} 3$' "$(file tick)" || fail "before the first run: $(cat "$(file tick)")"
echo "runtime: $work/run" > "$work/agent.yaml"
unshare -m -p -f --mount-proc --kill-child bash -euc 'lodestar agent --config "$0" 2> "$1/agent.log" &
  for _ in $(seq 300); do ! grep -q "^lodestar_check_status{check=\"tick\"} 0$" "$2" || exit 0; sleep 0.1; done
  cat "$1/agent.log"; lodestar schedule history check-tick --output --config "$0"; exit 1' "$work/agent.yaml" "$work" "$(file tick)" ||
  fail "the agent ran no check"

# 5. Without the declaration nothing of it is left.
echo 'file: {/etc/marker: {content: x}}' > manifests/a.yaml
said=$("$lodestar" apply . 2>&1 --allow-removals) || fail "un-declare: $said"
[[ -z $(find "$metrics" /etc/lodestar/schedules.d -name '*check-*') ]] || fail "left: $(find "$metrics" /etc/lodestar -name '*check-*')"
check_run ok; [[ $status == 66 ]] || fail "it still runs"
echo "$(wc -w <<< "$names") checks: ours, the collector and Prometheus' client agree"
