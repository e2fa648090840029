#!/usr/bin/env bash
# Judges images beside tar(1), sha256sum(1) and ssh-keygen(1): what is unpacked is what GNU tar unpacks, with each attribute; the same bytes
# twice; damaged, foreign and hostile ones are taken by nobody; killed CASES (6) times it goes on; as fast as half of tar at least.
#   pack-judge.sh LODESTAR ROOT
set -euo pipefail
lodestar=$(realpath -e "$1") root=$(realpath -e "$2") tools=$(dirname "$(realpath "$0")")
if [ "${3:-}" != inside ]; then exec unshare -m "$0" "$lodestar" "$root" inside; fi
# On a disk: a file system in memory does not keep all attributes, and is no place to measure.
work=$(mktemp -d /var/tmp/lodestar-pack.XXXXXX)
trap 'umount -lR "$work"/* 2> /dev/null || true; rm -rf "$work"' EXIT
python3 "$tools/pack-judge.py" "$lodestar" "$root" "$work" "${CASES:-6}"
