#!/usr/bin/env bash
# Faults of nature: generated pairs of manifests, full disks, injected errors, power cuts; two at a time, since a core waits
# while the other works. Prints each driver's line of figures. With `controls`, each driver gets a lodestar that does what it
# must not, and has to find it.
#   faults.sh LODESTAR short|long|controls
set -uo pipefail
tool=$(realpath -e "$1") length=${2:-short}
[ -x "$tool" ] || exit 64
cd "$(dirname "$0")"
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
status=0

# Runs a driver; its last lines are its figures.
drive() {
  local name=$1
  shift
  if "./$name.py" "$@" > "$logs/$name" 2>&1; then echo "$name: $(tail -1 "$logs/$name")"
  else
    echo "$name FAILED:"
    grep -A6 FAULT "$logs/$name" | head -40
    tail -3 "$logs/$name"
    return 1
  fi
}

pair() {
  local first second
  drive $1 & first=$!
  drive $2 & second=$!
  wait $first || status=1
  wait $second || status=1
}

# A lodestar that breaks a promise: the driver must say so.
control() {
  local name=$1 body=$2
  shift 2
  printf '#!/bin/bash\n%s\n' "$body" > "$logs/broken"
  chmod +x "$logs/broken"
  if "./$name.py" "$logs/broken" "$@" > "$logs/$name" 2>&1; then
    echo "$name finds nothing wrong with: $body"
    status=1
  else echo "$name: control: $(grep -cE 'FAULT|fault|wrong' "$logs/$name") lines of faults"
  fi
}

case $length in
  short)
    pair "generate $tool 40 $RANDOM" "disk_full $tool 4 60 12"
    pair "inject $tool 45 $RANDOM" "power_loss $tool 12 25 $RANDOM"
    ;;
  long)
    pair "generate $tool ${PAIRS:-10000} ${SEED:-1}" "disk_full $tool 1 90 60"
    pair "inject $tool ${INJECT_SECONDS:-3600} ${SEED:-1}" "power_loss $tool ${CUTS:-150} ${CALL_CUTS:-300} ${SEED:-1}"
    ;;
  controls)
    # Touches what is somebody else's.
    control generate "for a; do [ \"\$p\" = --root ] && root=\$a; p=\$a; done; $tool \"\$@\"; e=\$?; case \$1 in apply) echo x >> \$root/etc/f/foreign ;; esac; exit \$e" 3 1
    # Says that it did what it did not.
    control disk_full "case \$1 in apply) $tool \"\$@\"; exit 0 ;; *) exec $tool \"\$@\" ;; esac" 4 60 0
    control inject "case \$1 in apply) $tool \"\$@\"; exit 0 ;; *) exec $tool \"\$@\" ;; esac" 20 1 fsync,renameat2
    # Makes its state durable and nothing else.
    control power_loss "exec strace -f -qq -o /dev/null -e trace=fsync,syncfs -e inject=fsync,syncfs:retval=0 $tool \"\$@\"" 40 0 1
    ;;
  *) echo "usage: faults.sh LODESTAR short|long|controls" >&2; exit 64 ;;
esac
exit $status
