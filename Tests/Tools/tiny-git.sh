#!/usr/bin/env bash
# Makes a repository of git with one commit, 77a818b040b50f16f4462f30c1f77da90a775bc0, on the branch main.
#   tiny-git.sh PLACE
set -euo pipefail
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
mkdir -p "$(dirname "$1")"
git init -q --bare -b main --template= "$1"
git -C "$1" fast-import --quiet << 'END'
commit refs/heads/main
committer law <law@example.org> 1700000000 +0000
data 2
x
M 100644 inline README
data 6
hello

M 100755 inline bin/run
data 10
#!/bin/sh

M 120000 inline latest
data 7
bin/run
END
[ "$(git -C "$1" rev-parse main)" == 77a818b040b50f16f4462f30c1f77da90a775bc0 ]
