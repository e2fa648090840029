#!/usr/bin/env bash
# Judges sites from a repository over https in a disposable root: first clone, update, unsigned, force push, rollback, accept, server gone,
# damaged mirrors. Whatever happens, what is applied is what git itself says of a commit that was signed.
#   source-judge.sh LODESTAR ROOT
tools=$(dirname "$(realpath "$0")")
. "$tools/judge-root.sh"
python3 "$tools/source-judge.py" "$lodestar" "$root" "$work"
