#!/usr/bin/env bash
# Kills an apply at system calls (one after the other, then at random moments) and checks what is left each time:
# every managed file old or new, the accounts consistent, the next run converges and owes nothing, no refresh is lost.
#   torture.sh LODESTAR [POINTS [RANDOM-KILLS]]
set -uo pipefail
lodestar=$(realpath "${1:?usage: torture.sh LODESTAR [POINTS [RANDOM-KILLS]]}")
points=${2:-400} kills=${3:-1000}
cd "$(dirname "$0")/../.."
work=$(mktemp -d /var/tmp/lodestar-torture.XXXX)
trap 'rm -rf --one-file-system "$work"' EXIT
export SWIFT_BACKTRACE=enable=no
Examples/bare-root.sh "$work/base"
chmod 640 "$work/base/etc/shadow"
mkdir -p "$work/base/bin"
cp "$(command -v busybox)" "$work/base/bin/sh"  # busybox-static, for the refresh

site() { # site DIR VERSION: two states of one site
  mkdir -p "$1/manifests"
  echo "site: torture" > "$1/site.yaml"
  { echo "file:"
    for i in 1 2 3 4 5 6 7 8; do echo "  /etc/managed-$i: {content: \"$2 $i $(printf 'x%.0s' {1..500})\\n\", mode: \"0644\"}"; done
    printf 'group:\n  ops: {gid: 35%s}\n' "00"
    echo "user:"
    for i in 1 2 3; do echo "  user$2$i: {uid: $3$i, group: ops, manage_home: false}"; done
    printf 'line:\n  host: {path: /etc/hosts, text: "192.0.2.1 %s", match: "^192"}\n' "$2"
    echo 'command: {reload: {run: "read line < /etc/managed-1; echo $line >> /refreshed", refresh_only: true, subscribe: ["file:/etc/managed-1"]}}'
    printf 'crontab_entry:\n  job: {user: root, minute: 5, command: "/bin/%s"}\n' "$2"
  } > "$1/manifests/all.yaml"
}
site "$work/old" old 310
site "$work/new" new 320
"$lodestar" apply "$work/old" --root "$work/base" > "$work/out" || { cat "$work/out"; exit 1; }

failures=0
judge() { # judge WHAT: the root after a kill
  local root=$work/root what=$1 file
  for i in 1 2 3 4 5 6 7 8; do
    file=$root/etc/managed-$i
    grep -qE "^(old|new) $i x{500}\$" "$file" || { echo "MIXED $what: $file"; failures=$((failures + 1)); }
  done
  for file in passwd group shadow; do
    [ -s "$root/etc/$file" ] || { echo "EMPTY $what: $file"; failures=$((failures + 1)); }
  done
  cut -d: -f1 "$root/etc/passwd" | sort > "$work/a"; cut -d: -f1 "$root/etc/shadow" | sort > "$work/b"
  [ -z "$(comm -23 "$work/a" "$work/b")" ] || { echo "INCONSISTENT $what: an account without shadow"; failures=$((failures + 1)); }
  "$lodestar" apply "$work/new" --root "$root" > "$work/out" 2>&1 || { echo "NOT CONVERGED $what"; cat "$work/out"; failures=$((failures + 1)); }
  "$lodestar" plan "$work/new" --root "$root" --verify --detailed-exit-code > "$work/out" 2>&1 || { echo "NOT EMPTY $what"; cat "$work/out"; failures=$((failures + 1)); }
  tail -n1 "$root/refreshed" 2> /dev/null | grep -q '^new 1 ' || { echo "LOST $what: the refresh"; failures=$((failures + 1)); }
  ls -A "$root/etc" | grep -q '^\.lodestar-' && { echo "LEFTOVER $what: a temporary"; failures=$((failures + 1)); }
}
fresh() { rm -rf "$work/root"; cp -a "$work/base" "$work/root"; }

total=0
for call in openat openat2 write fsync renameat2 rename unlink unlinkat fchmod fchown fchownat pwrite64 fcntl flock; do
  fresh
  count=$(strace -f -e trace="$call" -o /dev/stdout "$lodestar" apply "$work/new" --root "$work/root" 2>/dev/null | grep -c "$call(")
  step=$(( count / (points / 14 + 1) + 1 ))
  for ((n = 1; n <= count; n += step)); do
    fresh
    strace -f -qq -o /dev/null -e trace="$call" -e inject="$call:signal=KILL:when=$n" "$lodestar" apply "$work/new" --root "$work/root" > /dev/null 2>&1
    judge "$call $n"
    total=$((total + 1))
  done
done
echo "killed at $total system calls: $failures failures"
for ((n = 1; n <= kills; n++)); do
  fresh
  "$lodestar" apply "$work/new" --root "$work/root" > /dev/null 2>&1 &
  process=$!
  sleep "0.0$((RANDOM % 70 + 10))"
  kill -9 $process 2>/dev/null
  wait $process 2>/dev/null
  judge "random $n"
done
echo "killed at $kills random moments: $failures failures in all"
[ "$failures" = 0 ]
