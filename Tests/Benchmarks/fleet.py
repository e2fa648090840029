#!/usr/bin/env python3
"""Measures `lodestar check` of fleets that are made of Examples/fleet, and prints how its time grows with the hosts.
  fleet.py LODESTAR [HOSTS...]        (20, 500 and 2,020 hosts by default)"""
import glob, hashlib, json, os, re, resource, shutil, subprocess, sys, tempfile, time

EXAMPLE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../Examples/fleet")


def make_fleet(folder, count):
    """A site with `count` hosts: those of the example, again and again under other names, identifiers and addresses."""
    shutil.copytree(EXAMPLE, folder, symlinks=True)
    head, rest = open(f"{EXAMPLE}/inventory/hosts.yaml").read().split("hosts:\n", 1)
    hosts, lines = [line for line in rest.splitlines() if line.strip().startswith('"')], []
    for number in range(count):
        line, copy = hosts[number % len(hosts)], number // len(hosts)
        old = re.search(r'"([0-9a-f]{32})"', line).group(1)
        if copy == 0:
            lines.append(line)
            continue
        new = hashlib.md5(f"{old}{copy}".encode()).hexdigest()
        facts = json.load(open(f"{EXAMPLE}/facts/{old}.json"))
        facts["hostname"] += f"-{copy}"
        facts["fqdn"] = f"{facts['hostname']}.example.org"
        facts["ip"] = f"10.{copy >> 8 & 255}.{copy & 255}.{number % 20 + 1}"
        json.dump(facts, open(f"{folder}/facts/{new}.json", "w"), indent=1)
        lines.append(line.replace(old, new).replace("name: ", f"name: n{copy}-"))
    open(f"{folder}/inventory/hosts.yaml", "w").write(head + "hosts:\n" + "\n".join(lines) + "\n")


def measure(tool, folder):
    """Seconds and peak MB of a check; the best of three."""
    best, peak = None, 0
    for _ in range(3):
        start = time.monotonic()
        child = subprocess.Popen([tool, "check", folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        if status != 0 or b" hosts" not in output: sys.exit(f"fleet.py: {output.decode()[-500:]}")
        best = min(best or 1e9, time.monotonic() - start)
        peak = max(peak, usage.ru_maxrss / 1024)
    return best, peak


def main():
    tool, counts = os.path.realpath(sys.argv[1]), [int(word) for word in sys.argv[2:]] or [20, 500, 2020]
    print("hosts   check   ms a host   peak MB")
    with tempfile.TemporaryDirectory() as work:
        for count in counts:
            make_fleet(f"{work}/{count}", count)
            seconds, peak = measure(tool, f"{work}/{count}")
            print(f"{count:5}  {seconds:5.2f} s  {seconds / count * 1000:9.2f}  {peak:8.0f}")


main()
