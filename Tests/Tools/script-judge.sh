#!/usr/bin/env bash
# Judges `script` by the interpreters themselves and by the bytes on the disk, on the running host in a mount namespace of its own.
#   script-judge.sh LODESTAR
set -euo pipefail
lodestar=$(realpath -e "$1")
if [ "${2:-}" != inside ]; then exec unshare -m "$0" "$lodestar" inside; fi
work=$(mktemp -d)
mount -t tmpfs none "$work"
trap 'umount -lR "$work"; rmdir "$work"' EXIT
fail() { echo "$*"; exit 1; }
mkdir -p "$work"/{etc,local}/{upper,work} "$work"/site/{manifests,files} /var/lib/lodestar
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$work/etc/upper,workdir=$work/etc/work" /etc
mount -t overlay overlay -o "lowerdir=/usr/local,upperdir=$work/local/upper,workdir=$work/local/work" /usr/local
mount -t tmpfs -o mode=0700 none /var/lib/lodestar
echo 'site: judge' > "$work/site/site.yaml"
cd "$work/site"

# 1. Good and bad scripts of each language: what the interpreter takes becomes active, what it refuses does not.
declare -A head=([sh]=/bin/sh [bash]=/bin/bash [perl]=/usr/bin/perl [python]="/usr/bin/env python3" [taint]="/usr/bin/perl -T")
declare -A good=([sh]='if true; then echo "$1"; fi' [bash]='a=(x "$1"); echo "${a[1]}"' [perl]='print "$ARGV[0]\n";' [taint]='print "$ARGV[0]\n";'
  [python]=$'# -*- coding: latin-1 -*-\nimport sys\nprint(sys.argv[1])')
declare -A bad=([sh]='if true; then echo' [bash]='a=(x' [perl]='print "a' [taint]='sub {' [python]='def f(:')
declare_scripts() { # ARRAY VERSION
  local -n body=$1
  echo 'script:' > manifests/a.yaml
  for name in sh bash perl taint python; do
    printf '#!%s\n%s\n' "${head[$name]}" "${body[$name]}" > "files/$name"
    echo "  j-$name: {source: $name, version: \"$2\", doc: The $name one.}" >> manifests/a.yaml
  done
}
declare_scripts good 1
said=$("$lodestar" apply . 2>&1) || fail "apply: $said"
said=$("$lodestar" plan . 2>&1); [[ $said == *"nothing to do"* ]] || fail "second plan: $said"
for name in sh bash perl taint python; do
  cmp "files/$name" "/usr/local/bin/j-$name" || fail "$name has other bytes"
  [[ $(stat -c '%U %G %a' "/usr/local/bin/j-$name") == "root root 755" ]] || fail "$name: $(stat -c '%U %G %a' "/usr/local/bin/j-$name")"
  [[ $("/usr/local/bin/j-$name" 'two words') == "two words" ]] || fail "$name does not run"
  [[ $("$lodestar" script run "j-$name" 'two words') == "two words" ]] || fail "script run $name says something else"
done
declare_scripts bad 2
said=$("$lodestar" apply . 2>&1) && fail "taken: $said"
for name in sh bash perl taint python; do
  grep -q "file:/usr/local/bin/j-$name  failed: cannot validate" <<< "$said" || fail "$name is no failure: $said"
  [[ $("/usr/local/bin/j-$name" x) == x ]] || fail "a bad $name is active"
  [[ $("$lodestar" script run "j-$name" x) == x ]] || fail "the $name before is no longer known"
done
[[ -z $(find /usr/local -name '*.pyc' -o -name __pycache__ -o -name '.lodestar*') ]] || fail "left: $(find /usr/local -name '*.pyc')"
declare_scripts good 3
said=$("$lodestar" apply . 2>&1) || fail "apply: $said"
python3 - <<PYTHON || fail "list"
import json, subprocess
rows = {row["name"]: row for row in json.loads(subprocess.check_output(["$lodestar", "script", "list", "--format", "json"]))}
assert len(rows) == 5, rows
assert rows["j-sh"] == {"name": "j-sh", "version": "3", "state": "in_place", "path": "/usr/local/bin/j-sh", "doc": "The sh one.",
                        "timeout": "5m", "run_as": "root"}, rows["j-sh"]
PYTHON

# 2. Other bytes are not run, whoever wrote them; nor are links, FIFOs and what somebody else may write.
echo 'touch /usr/local/ran' >> /usr/local/bin/j-sh
refused() { set +e; said=$(timeout 20 "$lodestar" script run j-sh x 2>&1); status=$?; set -e; [[ $status == 78 ]] || fail "$1: $status $said"; [[ ! -e /usr/local/ran ]] || fail "$1: it ran"; }
refused "other bytes"
grep -q '^j-sh .* differs ' <<< "$("$lodestar" script list)" || fail "list: $("$lodestar" script list)"
said=$("$lodestar" script run --force j-sh x 2>&1) || fail "force: $said"
[[ -e /usr/local/ran ]] || fail "force did not run it"; rm /usr/local/ran
grep -q forced <<< "$("$lodestar" script history j-sh --limit 1)" || fail "history hides the force"
rm /usr/local/bin/j-sh; refused "missing"
ln -s /usr/local/bin/j-bash /usr/local/bin/j-sh; refused "a link"
rm /usr/local/bin/j-sh; mkfifo /usr/local/bin/j-sh; refused "a FIFO"; rm /usr/local/bin/j-sh
cp files/sh /usr/local/bin/j-sh; chmod 0777 /usr/local/bin/j-sh; refused "open to all"
chmod 0755 /usr/local/bin/j-sh; chown nobody /usr/local/bin/j-sh; refused "nobody's"
"$lodestar" apply . > /dev/null; "$lodestar" script run j-sh x > /dev/null || fail "it does not run again"

# 3. Rights, limits and what is remembered.
cat > manifests/a.yaml <<'YAML'
script:
  who: {content: "#!/bin/sh\nid -un; id -Gn; echo $HOME; umask; pwd; env | sort | cut -d= -f1 | tr '\\n' ' '\n", run_as: nobody}
  slow: {content: "#!/bin/sh\ntrap '' TERM\necho begun\nfor i in 1 2 3 4 5 6 7 8; do sleep 1; done\n", timeout: 1s}
  status: {content: "#!/bin/sh\necho out; echo err >&2; exit ${1:-7}\n"}
  much: {content: "#!/bin/sh\nhead -c 10000000 /dev/zero | tr '\\0' a\n"}
  daemon: {content: "#!/bin/sh\nsleep 30 &\necho done\n"}
  killed: {content: "#!/bin/sh\nkill -9 $$\n"}
  nouser: {content: "#!/bin/sh\ntouch /usr/local/ran\n", run_as: no-such-user}
YAML
said=$("$lodestar" apply . 2>&1 --allow-removals) || fail "apply: $said"
[[ $("$lodestar" script run who) == $'nobody\nnogroup\n/nonexistent\n0022\n/\nHOME LC_ALL LOGNAME PATH PWD USER ' ]] || fail "who: $("$lodestar" script run who)"
status() { set +e; "$@" > "$work/out" 2> "$work/err"; echo $?; set -e; }
[[ $(status "$lodestar" script run slow) == 124 && $(cat "$work/out") == begun ]] || fail "slow: $(cat "$work/out" "$work/err")"
[[ $(status "$lodestar" script run status) == 7 && $(cat "$work/out") == out && $(cat "$work/err") == err ]] || fail "status: $(cat "$work/err")"
[[ $(status "$lodestar" script run status 0) == 0 ]] || fail "argument"
[[ $(status "$lodestar" script run status -- --help) == 2 ]] || fail "options of the script: $(cat "$work/err")"
[[ $(status "$lodestar" script run much) == 0 && $(stat -c %s "$work/out") -lt 3000000 ]] || fail "much: $(stat -c %s "$work/out")"
[[ $(status timeout 10 "$lodestar" script run daemon) == 0 && $(cat "$work/out") == done ]] || fail "daemon"
[[ $(status "$lodestar" script run killed) == 137 ]] || fail "killed"
[[ $(status "$lodestar" script run nouser) == 1 && ! -e /usr/local/ran ]] || fail "nouser: $(cat "$work/err")"
[[ $(status "$lodestar" script run nothing) == 66 ]] || fail "nothing"
[[ $(status env SUDO_USER=ana "$lodestar" script run status 3) == 3 ]] || fail "sudo"
[[ $(status env SUDO_USER=$'x\e[2J' "$lodestar" script run status 4) == 4 ]] || fail "a caller that steers terminals"
python3 - <<PYTHON || fail "history"
import json, subprocess
runs = json.loads(subprocess.check_output(["$lodestar", "script", "history", "--format", "json", "--limit", "100"]))
ends = [(run["script"], run["ending"], run["exit_code"]) for run in runs]
assert ends[0] == ("status", "ended", 4) and "\x1b" not in runs[0]["caller"], runs[0]
assert ends[1] == ("status", "ended", 3) and runs[1]["caller"] == "ana", runs[1]
assert ("slow", "timed_out", 124) in ends and ("killed", "killed", 137) in ends and ("nouser", "not_started", None) in ends, ends
assert all(run["milliseconds"] is not None for run in runs)
PYTHON
# A run whose caller dies is remembered all the same.
"$lodestar" script run slow > /dev/null 2>&1 & runner=$!
for _ in $(seq 50); do [[ $("$lodestar" script history slow --limit 1) == *"cut short"* ]] && break; sleep 0.1; done
kill -9 "$runner"; wait "$runner" 2> /dev/null || true
[[ $("$lodestar" script history slow --limit 1) == *"cut short"* ]] || fail "a killed run: $("$lodestar" script history slow --limit 1)"

# 4. Undo and un-declaring take the script, and what the command knows of it.
run=$("$lodestar" history --limit 1 | sed -n 's/^run \([0-9]*\) .*/\1/p')
said=$("$lodestar" undo "$run" --only script:who --plan) || fail "undo: $said"
[[ $said == *"script:who"* && $said != *"script:slow"* ]] || fail "undo: $said"
echo 'file: {/usr/local/marker: {content: x}}' > manifests/a.yaml
said=$("$lodestar" apply . 2>&1 --allow-removals) || fail "un-declare: $said"
[[ -z $("$lodestar" script list --format json | tr -d '[]\n ') ]] || fail "listed: $("$lodestar" script list)"
[[ ! -e /usr/local/bin/who ]] || fail "it is still there"
[[ $("$lodestar" show "$(("$run" + 1))") == *"script:who"* ]] || fail "show: $("$lodestar" show "$(("$run" + 1))")"
echo "scripts: ours, the interpreters and the disk agree"
