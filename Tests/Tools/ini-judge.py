#!/usr/bin/env python3
"""Judges `ini` by Python's configparser: on generated files in strange forms, one option of each is declared, applied, and
taken away again. configparser must then read the declared value and everything else as before, and no line that is not the
option's may be lost.
  ini-judge.py LODESTAR COUNT [SEED]"""
import configparser, io, json, pathlib, random, subprocess, sys, tempfile

lodestar, count = sys.argv[1], int(sys.argv[2])
seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
dice = random.Random(seed)
PREAMBLE = "\x01"
SECTIONS = ["a", "b", "a b", "A", " a", "a]b", "DEFAULT", "x:y=z"]
OPTIONS = ["k", "K", "key two", "k.x", "k[0]", "b-c", "-", '"q"', "k#1"]
VALUES = ["1", "", "one two", "a=b", "c:d", "'q'", "x # y", "x ; y", "%(k)s", "$x", "\\", "[a]", "\udce9\udcff", "ü", "0\x01"]


def read(content):
    text = content.decode("utf-8", "surrogateescape")
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, default_section="\x02")
    parser.optionxform = str
    parser.read_file(io.StringIO(f"[{PREAMBLE}]\n{text}", newline="\n"))
    return {section: dict(parser.items(section)) for section in parser.sections()}


def generated():
    lines = []
    for _ in range(dice.randint(0, 14)):
        indent = dice.choice(["", "", "", " ", "  ", "\t", "    "])
        kind = dice.randint(0, 9)
        if kind < 2:
            lines.append(f"{indent}[{dice.choice(SECTIONS)}]{dice.choice(['', '', ' # x', ' ', 'x'])}")
        elif kind < 6:
            separator = dice.choice(["=", " = ", ":", ": ", "\t=\t", " =", "= "])
            lines.append(f"{indent}{dice.choice(OPTIONS)}{separator}{dice.choice(VALUES)}{dice.choice(['', '', ' '])}")
        elif kind < 7:
            lines.append(f"{indent}{dice.choice(OPTIONS)}")
        elif kind < 8:
            lines.append(dice.choice(["", "", " ", "\t"]))
        else:
            lines.append(indent + dice.choice(["# k = 1", ";k=2", "#[a]", "# \udcff", "more", "  and more"]))
    end = dice.choice(["\n", "\n", "\n", "\r\n"])
    text = "".join(line + (end if dice.random() < 0.97 else "\n") for line in lines)
    if dice.random() < 0.2:
        text = text.rstrip("\r\n")
    return text.encode("utf-8", "surrogateescape")


def wanted(before):
    value = dice.choice([v for v in VALUES if "\udcff" not in v and "\x01" not in v])
    if dice.random() < 0.25:
        value += "".join("\n" * dice.choice([1, 1, 2]) + dice.choice(["2nd", "a = b", "[b]", "k"]) for _ in range(dice.randint(1, 3)))
    section = dice.choice([PREAMBLE] + SECTIONS + 6 * list(before))
    known = [option for option in before.get(section, {}) if option in OPTIONS]
    declared = {"option": dice.choice(OPTIONS + 12 * known), "value": value}
    if section != PREAMBLE:
        declared["section"] = section
    if dice.random() < 0.3:
        declared["separator"] = dice.choice(["=", ":", ": ", " : ", "=\t"])
    return declared


def run(manifest, expected):
    (site / "manifests" / "a.yaml").write_text(json.dumps(manifest, ensure_ascii=False))
    for words in (["apply", "--allow-removals"], ["plan"]):
        done = subprocess.run([lodestar, words[0], str(site), "--root", str(root), *words[1:]], capture_output=True, text=True, errors="replace")
        if done.returncode != 0 or (words[0] == "plan" and "nothing to do" not in done.stdout):
            sys.exit(f"{expected}: {words}: {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def lines_of(content):
    return [line.rstrip(b"\r") for line in content.split(b"\n")]


def is_kept(before, after, allowed):
    """Whether at most `allowed` lines of the one are not in the other, in their order."""
    common = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i, old in enumerate(before):
        for j, new in enumerate(after):
            common[i + 1][j + 1] = common[i][j] + 1 if old == new else max(common[i][j + 1], common[i + 1][j])
    return len(before) - common[-1][-1] <= allowed


with tempfile.TemporaryDirectory() as folder:
    root, site = pathlib.Path(folder) / "root", pathlib.Path(folder) / "site"
    (site / "manifests").mkdir(parents=True)
    (site / "site.yaml").write_text("site: judge\n")
    subprocess.run(["Examples/bare-root.sh", str(root)], check=True)
    (root / "srv").mkdir(exist_ok=True)
    files = []
    while len(files) < count:
        content = generated()
        try:
            before = read(content)
        except (configparser.Error, AttributeError):  # 3.11 fails so on a line that continues an option without a value
            continue
        if PREAMBLE in content.decode("utf-8", "surrogateescape").split("\n")[0]:
            continue
        path = root / "srv" / f"{len(files)}.ini"
        path.write_bytes(content)
        files.append((path, content, before, wanted(before)))
    declarations = {f"f{n}": {"path": f"/srv/{n}.ini", **f[3]} for n, f in enumerate(files)}
    run({"ini": declarations}, "present")
    kinds = {"replaced": 0, "new option": 0, "new section": 0, "several lines": 0}
    for path, content, before, declared in files:
        section, option = declared.get("section", PREAMBLE), declared["option"]
        old = before.get(section, {}).get(option)
        kinds["new section" if section not in before else "new option" if option not in before[section] else "replaced"] += 1
        kinds["several lines"] += "\n" in declared["value"] or "\n" in (old or "")
        expected = {name: dict(options) for name, options in before.items()}
        expected.setdefault(section, {})[option] = declared["value"]
        after = read(path.read_bytes())
        where = f"{path.name} (seed {seed})\n{content!r}\n{declared}\n{path.read_bytes()!r}\n"
        if after != expected:
            sys.exit(f"{where}configparser reads {after}\ninstead of {expected}")
        if not is_kept(lines_of(content), lines_of(path.read_bytes()), len((old or "").split("\n"))):
            sys.exit(f"{where}lines are lost")
    run({"ini": {name: {**d, "state": "absent"} for name, d in declarations.items()}}, "absent")
    for path, content, before, declared in files:
        section, option = declared.get("section", PREAMBLE), declared["option"]
        expected = {name: dict(options) for name, options in before.items()}
        expected.setdefault(section, {}).pop(option, None)
        after = read(path.read_bytes())
        if after != expected:
            sys.exit(f"{path.name} (seed {seed})\n{content!r}\n{declared}\n{path.read_bytes()!r}\nconfigparser reads {after}\ninstead of {expected}")
if min(kinds.values()) < count // 20:
    sys.exit(f"too few of a kind: {kinds}")
print(f"{count} files: {kinds}; configparser reads them as declared")
