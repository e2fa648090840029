#!/usr/bin/env python3
"""Hostile outputs of one check of each format: whatever it says, the file of metrics is bounded, parsed by Prometheus' client, about nothing
but the check, and taken by node_exporter's collector.
   check-hostile.py LODESTAR METRICS PORT CASES [SEED]     (called by check-judge.sh, which makes the checks hostile-exit, -value, -own)"""
import os, random, subprocess, sys, urllib.error, urllib.request
from prometheus_client.parser import text_string_to_metric_families

lodestar, metrics, port, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
seed = int(sys.argv[5]) if len(sys.argv) > 5 else 1
dice = random.Random(seed)
source = metrics + "/../hostile"
P = "hostile_own"

FIXED = [
    b"", b"\n", b"\0", b"\xff\xfe", b"a" * 10_000_000, b"hostile_own_a 1\n" * 700_000, b"\n" * 10_000_000,
    f"{P}_a 1\n{P}_a{{b=\"\"}} 2\n".encode(), f"{P}_a{{b=\"\",c=\"1\"}} 1\n{P}_a{{c=\"1\"}} 2\n".encode(),
    f"{P}_a{{a=\"1\",b=\"2\"}} 1\n{P}_a{{b=\"2\",a=\"1\"}} 1\n".encode(),
    f"# TYPE {P}_a histogram\n{P}_a_bucket{{le=\"1\"}} 1\n{P}_a_bucket{{le=\"1.0\"}} 2\n{P}_a_bucket{{le=\"+Inf\"}} 2\n{P}_a_sum 1\n{P}_a_count 2\n".encode(),
    f"# TYPE {P}_a histogram\n{P}_a_bucket{{le=\"1\"}} 1\n".encode(),
    f"# TYPE {P}_a histogram\n{P}_a_sum 1\n{P}_a_sum 2\n".encode(),
    f"# TYPE {P}_a histogram\n{P}_a_count -1\n{P}_a_bucket{{le=\"NaN\"}} 1\n".encode(),
    f"# TYPE {P}_a histogram\n{P}_a_count NaN\n".encode(), f"# TYPE {P}_a histogram\n{P}_a_count 1.5\n".encode(),
    f"# TYPE {P}_a summary\n{P}_a{{quantile=\"0.5\"}} 1\n{P}_a{{quantile=\"0.50\"}} 2\n".encode(),
    f"# TYPE {P}_a summary\n{P}_a{{quantile=\"NaN\"}} 1\n{P}_a_count -3\n".encode(),
    f"# TYPE {P}_a summary\n{P}_a_sum 1\n# TYPE {P}_a_sum gauge\n".encode(),
    f"# TYPE {P}_a gauge\n{P}_a 1\n# TYPE {P}_a_count counter\n{P}_a_count 2\n# TYPE {P}_b summary\n{P}_b_count 2\n".encode(),
    f"{P}_a_count 2\n# TYPE {P}_a summary\n{P}_a_count 3\n".encode(),
    f"# TYPE {P}_a summary\n{P}_a_count 3\n# TYPE {P}_a_count gauge\n{P}_a_count 4\n".encode(),
    f"# HELP {P}_a x\n# HELP {P}_a y\n{P}_a 1\n".encode(), f"# TYPE {P}_a counter\n# TYPE {P}_a counter\n{P}_a 1\n".encode(),
    f"# TYPE {P}_a info\n{P}_a 1\n".encode(), f"# UNIT {P}_a s\n{P}_a 1\n# EOF\n".encode(), f"{P}_a 1\n# EOF\n{P}_b 1\n".encode(),
    f"{P}_a 1 1700000000000\n".encode(), f"{P}_a 1 # {{trace=\"x\"}} 1\n".encode(), f"{P}_a_total 1 # {{}} 1 1\n".encode(),
    f"{P}_a NaN\n{P}_b +Inf\n{P}_c -Inf\n{P}_d nan\n".encode(), f"{P}_a 0x1p4\n".encode(), f"{P}_a 1_000\n".encode(), f"{P}_a 1e999\n".encode(),
    f"{P}_a 1\r\n{P}_b 2\r\n".encode(), f"{P}_a\t1\n".encode(), f" {P}_a  1 \n".encode(), f"{{\"{P}.a\"}} 1\n".encode(), f"{P}_a{{}} 1\n".encode(),
    f"{P}_a{{,}} 1\n".encode(), f"{P}_a{{a=\"1\",}} 1\n".encode(), f"{P}_a{{a=\"1\"\n}} 1\n".encode(), f"{P}_a{{a=\"\\x\"}} 1\n".encode(),
    f"{P}_a{{check=\"other\"}} 1\n".encode(), f"{P}_a{{__name__=\"node_load1\"}} 1\n".encode(), f"{P}_a{{le=\"1\"}} 1\n".encode(), f"{P}_a{{quantile=\"1\"}} 1\n".encode(),
    f"{P}_a{{a=\"\xe9\U0001f600\u2028\"}} 1\n".encode(), f"{P}_a{{\xe9=\"1\"}} 1\n".encode(), f"{P}_\xe9 1\n".encode(), f"{P}_a{{a=\"{'x' * 2000}\"}} 1\n".encode(),
    b"lodestar_check_status{check=\"other\"} 0\n", b"node_load1 1\n", b"hostile_ownx 1\nhostile_own 1\nhostile_own:x 1\n",
    b"OK | 'a\nlodestar_check_status{check=\"x\"} 0'=1\n", b"OK | a=1;;;; b=2\nlodestar_check_status{check=\"x\"} 0\n", b"OK | " + b"a=1 " * 100_000,
    b"OK | '" + b"''" * 1000 + b"'=1", b"1e308 | a=1e400", b"1" * 400, b"-0", b"+Inf", b"1\n\n", b"\t1\t", b"1\xc2\xa0", "١".encode(),
]
WORDS = [f"{P}_a", f"{P}_b", P, "node_load1", "# TYPE ", "# HELP ", "counter", "gauge", "histogram", "summary", "untyped", " ", "\n", "\t", "{", "}", ",", "=",
         "\"", "\\", "\\n", "a", "b", "le", "quantile", "check", "\"1\"", "\"\"", "1", "2.5", "-1", "NaN", "+Inf", "1e5", "_bucket", "_sum", "_count", "_total", "\r",
         "|", "'", ";", "%", "ms", "é", "\0", "#", "# EOF", "lodestar_check_status", "1700000000000"]


def line():
    name = f"{P}_{dice.choice('ab')}{dice.choice(['', '', '_bucket', '_sum', '_count'])}"
    labels = ",".join(f"{dice.choice(['a', 'b', 'le', 'quantile'])}=\"{dice.choice(['', '1', '1.0', 'x', '+Inf', '0.5'])}\"" for _ in range(dice.randrange(3)))
    return f"{name}{{{labels}}} {dice.choice(['1', '2', '-1', 'NaN', '+Inf', '0.5'])}"


def case():
    kind = dice.randrange(3)
    if kind == 0:
        return "".join(dice.choice(WORDS) for _ in range(dice.randrange(1, 40))).encode()
    lines = [line() for _ in range(dice.randrange(1, 6))]
    for name in "ab":
        if dice.random() < 0.6:
            lines.insert(0, f"# TYPE {P}_{name} {dice.choice(['counter', 'gauge', 'histogram', 'summary', 'untyped'])}")
    text = bytearray(("\n".join(lines) + "\n").encode())
    if kind == 2:
        for _ in range(dice.randrange(1, 3)): text[dice.randrange(len(text))] = dice.randrange(256)
    return bytes(text)


def fail(text, data):
    sys.exit(f"seed {seed}: {text}\n{data[:2000]!r}\n{open(path, 'rb').read()[:2000]!r}")


taken, plain = 0, {}
cases = FIXED + [case() for _ in range(count)]
for number, data in enumerate(cases):
    with open(source, "wb") as file: file.write(data)
    for form in ("exit", "value", "own"):
        if form != "own" and number >= len(FIXED) + count // 4: continue
        name = f"hostile-{form}"
        path = f"{metrics}/lodestar-check-{name}.prom"
        run = subprocess.run([lodestar, "check-run", name], capture_output=True, timeout=60)
        if run.returncode != 0: fail(f"{name} ended with {run.returncode}: {run.stderr}", data)
        text = open(path, "rb").read()
        if len(text) > 700_000: fail(f"{name} wrote {len(text)} bytes", data)
        try: families = list(text_string_to_metric_families(text.decode()))
        except Exception as error: fail(f"{name}: the client: {error}", data)
        plain[form] = [family for family in families if family.type in ("gauge", "unknown", "untyped")]
        for family in families:
            for sample in family.samples:
                if sample.labels.get("check") != name: fail(f"{name}: {sample}", data)
                if sample.timestamp is not None or sample.exemplar is not None: fail(f"{name}: {sample}", data)
                if not sample.name.startswith("lodestar_check_") and not (form == "own" and sample.name.startswith(P)): fail(f"{name}: {sample}", data)
                if form == "own" and sample.name.startswith(P): taken += 1
    try: scrape = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    except urllib.error.HTTPError as error: fail(f"the collector: {error.code} {error.read().decode()}", data)
    if "\nnode_textfile_scrape_error 0\n" not in scrape: fail("the collector: it cannot read it", data)
    told = {}
    for word in scrape.split("\n"):
        if f'check="{name}"' in word: told[word.split("{")[0]] = told.get(word.split("{")[0], 0) + 1
    for family in plain["own"]:
        for sample in family.samples:
            wanted = sum(1 for other in family.samples if other.name == sample.name)
            if told.get(sample.name, 0) != wanted: fail(f"the collector tells {told.get(sample.name, 0)} of {wanted} {sample.name}", data)
os.unlink(source)
if taken < count // 10: sys.exit(f"only {taken} samples were taken: the cases test nothing")
print(f"{len(cases)} outputs: {taken} samples were taken, none of them of another")
