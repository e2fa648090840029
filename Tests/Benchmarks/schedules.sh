#!/usr/bin/env bash
# Measures next(), the counting of missed runs and the load of 10,000 definitions, in release form.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift build -c release --product schedule-bench > /dev/null
.build/release/schedule-bench bench
