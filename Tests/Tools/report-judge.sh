#!/usr/bin/env bash
# Judges reports: an agent sends each converge to Examples/receiver as it is written, and to one that is down, slow, full or mad; the documents
# are as `lodestar schema report` says.
#   report-judge.sh LODESTAR ROOT
tools=$(dirname "$(realpath "$0")")
. "$tools/judge-root.sh"
# Keepers outlive their agents, and end with the namespace.
unshare -p -f --mount-proc --kill-child python3 "$tools/report-judge.py" "$lodestar" "$root" "$work" "$tools/../../Examples/receiver/receiver.py"
