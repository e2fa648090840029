#!/usr/bin/env bash
# Judges `git_checkout` by git itself in a disposable root: what was written is what `git ls-tree` and `git hash-object` say, and of
# hostile repositories nothing is written and nothing is run; over https and ssh too.
#   git-judge.sh LODESTAR ROOT
tools=$(dirname "$(realpath "$0")")
. "$tools/judge-root.sh"
SSHD=$("$tools/loopback-sshd.sh")
export SSHD
python3 "$tools/git-judge.py" "$lodestar" "$root" "$work" ${PARTS:-}
