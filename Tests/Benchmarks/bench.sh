#!/usr/bin/env bash
# Measures W(n) of the peers' benchmark in one run: the C floor beside dist/lodestar, or other engines too.
#   bench.sh ENGINES SIZES
set -euo pipefail
engines=${1:-floor,lodestar} sizes=${2:-1000}
here=$(cd "$(dirname "$0")" && pwd)
export BENCH_ROOT=${BENCH_ROOT:-/var/tmp/peerbench}
[ -e "$BENCH_ROOT/.base" ] || "$here/peers/setup.sh"
install -m 755 "$here/../../dist/lodestar" "$BENCH_ROOT/rootfs/usr/local/bin/"
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
python3 "$here/peers/run.py" --engines "$engines" --sizes "$sizes" --reps "${REPS:-5}" --out "$rows"
python3 "$here/ratios.py" "$rows"
