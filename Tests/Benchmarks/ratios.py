#!/usr/bin/env python3
"""Prints the medians of a run and their ratio to the C floor of the same run."""
import collections, json, statistics, sys

rows = collections.defaultdict(list)
memory = collections.defaultdict(int)
for line in open(sys.argv[1]):
    row = json.loads(line)
    key = (row["engine"], row["n"], row["phase"])
    rows[key].append(row.get("wall_s") or row.get("wall"))
    memory[key] = max(memory[key], row.get("rss_peak_kb") or row.get("rss") or 0)
floors = {"noop": "noop-cmp", "dryrun": "noop-cmp", "dryrun-bare": "noop-cmp", "first": "first-all-fsync", "drift": "noop-cmp"}
print(f"{'engine':12} {'n':>6} {'phase':20} {'median s':>9} {'floor s':>9} {'ratio':>7}")
for (engine, n, phase), walls in rows.items():
    median = statistics.median(walls)
    floor = rows.get(("floor", n, floors.get(phase, "")))
    ratio = f"{median / statistics.median(floor):7.1f}" if floor and engine != "floor" else ""
    shown = f"{statistics.median(floor):9.4f}" if floor and engine != "floor" else ""
    print(f"{engine:12} {n:6} {phase:20} {median:9.4f} {shown:>9} {ratio}")
