#!/usr/bin/env python3
"""What Package.swift says of the targets, for the checks of `make check`.

usage: package.py arrows              one line a target: its name, its folder, what it may import
       package.py drawing [--check]   writes the drawing of Docs/architecture.md, or says whether it is fresh
"""
import json
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(TOP, "Docs/architecture.md")


def targets():
    """The targets of the product in the order of the description: name -> (folder, names it depends on)."""
    # A folder of its own: a build that runs holds the lock of .build.
    with tempfile.TemporaryDirectory() as scratch:
        words = ["swift", "package", "--package-path", TOP, "--scratch-path", scratch, "dump-package"]
        package = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
    found = {}
    for target in package["targets"]:
        folder = target.get("path") or "Sources/" + target["name"]
        if target["type"] == "test" or folder.startswith("Tests/"):
            continue
        found[target["name"]] = (folder, [next(iter(d.values()))[0] for d in target["dependencies"]])
    return found


def drawing(arrows):
    """The arrows between the targets in Mermaid; one that a longer way implies is left out."""
    def reached(name):
        return {other for next_one in arrows.get(name, []) for other in {next_one} | reached(next_one)}

    lines = ["```mermaid", "flowchart LR"]
    for name, others in arrows.items():
        direct = [o for o in others if not any(o in reached(p) for p in others)]
        if direct:
            lines.append(f"  {name} --> {' & '.join(sorted(direct))}")
    return "\n".join(lines + ["```"])


def main():
    found = targets()
    if sys.argv[1:2] == ["arrows"]:
        for name, (folder, others) in found.items():
            print(name, folder, *others)
        return 0
    own = {name: [o for o in others if o in found] for name, (_, others) in found.items()}
    old = open(PAGE).read()
    new = re.sub(r"```mermaid\n.*?```", lambda _: drawing(own), old, count=1, flags=re.DOTALL)
    rows = [re.sub(r"\]\([^)]*\)|\[", "", line).split("|")[1] for line in new.split("\n") if line.startswith("| ")]
    missing = sorted(own.keys() - {name.strip() for row in rows for name in row.split(",")})
    for name in missing:
        print(f"Docs/architecture.md: error: expected a row of the table for {name}, found none")
    if sys.argv[2:] != ["--check"]:
        open(PAGE, "w").write(new)
    elif old != new:
        print("Docs/architecture.md: error: the drawing is not that of Package.swift: make docs")
        return 1
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
