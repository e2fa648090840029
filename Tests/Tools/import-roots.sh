#!/usr/bin/env bash
# Imports fresh roots of other releases, with the packages of an ordinary server, and plans what came out: nothing differs.
# What was left out is shown. Roots are made once, in /var/tmp/lodestar-import-roots (0.5 GB and a minute each).
#   import-roots.sh LODESTAR [SUITE...]
set -euo pipefail
lodestar=$(realpath -e "$1")
shift
[ $# -gt 0 ] || set -- bullseye bookworm trixie jammy noble
roots=/var/tmp/lodestar-import-roots
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$roots"

make_root() {
    local suite=$1
    [ -e "$roots/$suite.complete" ] && return
    rm -rf --one-file-system "${roots:?}/$suite"
    case $suite in
        jammy | noble) set -- "deb [trusted=yes] http://archive.ubuntu.com/ubuntu $suite main universe" ;;
        *) set -- "deb http://deb.debian.org/debian $suite main" ;;
    esac
    mmdebstrap --quiet --variant=important --include=openssh-server,sudo,cron,rsyslog,logrotate,nginx-light,postfix,locales \
        "$suite" "$roots/$suite" "$1"
    touch "$roots/$suite.complete"
}

for suite in "$@"; do
    make_root "$suite"
    "$lodestar" import all --root "$roots/$suite" --out "$work/$suite" > "$work/out" 2>&1 || { cat "$work/out"; exit 1; }
    if ! "$lodestar" plan "$work/$suite" --root "$roots/$suite" --detailed-exit-code > "$work/plan" 2>&1; then
        echo "import-roots.sh: $suite: the plan is not empty"
        cat "$work/plan"
        exit 1
    fi
    echo "$suite: $(cat "$work/$suite"/manifests/*.yaml | wc -l) lines, $(tail -1 "$work/plan")"
    cat "$work/$suite"/manifests/*.yaml
    tail -n +3 "$work/$suite/LEFT-OUT.md"
done
