#!/usr/bin/env bash
# Judges `lodestar source status|update` in a disposable root: what is told of a source that is current, refused, gone, old or slow; two
# that ask at once; a full disk; kills at random moments; a clock in 1970; branches that are pushed over eighty times.
#   source-status-judge.sh LODESTAR ROOT
tools=$(dirname "$(realpath "$0")")
. "$tools/judge-root.sh"
python3 "$tools/source-status-judge.py" "$lodestar" "$root" "$work"
