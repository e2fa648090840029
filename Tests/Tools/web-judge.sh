#!/usr/bin/env bash
# Judges bundles on the web beside servers of its own on loopback, with an authority of its own: who is not believed, what is not taken,
# what is brought once, the rest after a cut, through a proxy, and what goes on when nobody answers.
#   web-judge.sh LODESTAR ROOT
tools=$(dirname "$(realpath "$0")")
. "$tools/judge-root.sh"
python3 "$tools/web-judge.py" "$lodestar" "$root" "$work"
