#!/usr/bin/env bash
# Judges stages and the breaker in a disposable root: what waits, for how long, whose stages govern, what skips the wait, what is taken
# back; and an agent whose commit fails.
#   source-stages-judge.sh LODESTAR ROOT
tools=$(dirname "$(realpath "$0")")
. "$tools/judge-root.sh"
python3 "$tools/source-stages-judge.py" "$lodestar" "$root" "$work"
