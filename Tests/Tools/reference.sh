#!/usr/bin/env bash
# Writes the reference pages from the types' tables and the roles' parameters; with --check only says whether they are fresh.
set -euo pipefail
cd "$(dirname "$0")/../.."
lodestar=${LODESTAR:-.build/debug/lodestar}
target=Docs/reference
[ "${1:-}" = --check ] && { target=$(mktemp -d); trap 'rm -rf "$target"' EXIT; }
mkdir -p "$target"
for type in $("$lodestar" schema | python3 -c 'import json,sys; print(*[k for k in json.load(sys.stdin)["properties"] if k not in ("hosts","vars","role","extend")])'); do
  "$lodestar" explain "$type" --markdown > "$target/$type.md"
done
mkdir -p "$target/std"
for role in Manifests/*.yaml; do
  name=std/$(basename "$role" .yaml)
  "$lodestar" explain "$name" --markdown > "$target/$name.md"
done
"$lodestar" explain codes > "$target/failure-codes.md"
for schema in hostinfo facts report; do "$lodestar" schema "$schema" > "$target/$schema.schema.json"; done
if [ "${1:-}" = --check ]; then
  diff -ru Docs/reference "$target" || { echo "error: Docs/reference is not fresh: make docs"; exit 1; }
fi
