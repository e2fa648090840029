#!/usr/bin/env bash
# Judges bundles beside tar(1), sha256sum(1) and ssh-keygen(1): the same bytes from another clone, place and zone, those that GNU tar writes;
# each type of key; CASES (60) changed or cut ones are taken by nobody and leave nothing behind; an agent follows; memory.
#   bundle-judge.sh LODESTAR ROOT
tools=$(dirname "$(realpath "$0")")
. "$tools/judge-root.sh"
python3 "$tools/bundle-judge.py" "$lodestar" "$root" "$work" "${CASES:-60}"
