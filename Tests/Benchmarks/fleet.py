#!/usr/bin/env python3
"""Measures `lodestar check` and `lodestar fleet diff` of fleets that are made of Examples/fleet, and prints how their time grows
with the hosts.
  fleet.py LODESTAR [HOSTS...]        (20, 500, 2,020, 10,000 and 100,000 hosts by default)"""
import hashlib, json, os, re, shutil, subprocess, sys, tempfile, time
import yaml

EXAMPLE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../Examples/fleet")


def make_fleet(folder, count):
    """A site with `count` hosts: those of the example, again and again under other names, identifiers and addresses. From
    5,000 hosts on, the facts and the inventory are files of lines."""
    shutil.copytree(EXAMPLE, folder, symlinks=True)
    head, rest = open(f"{EXAMPLE}/inventory/hosts.yaml").read().split("hosts:\n", 1)
    hosts, lines = [line for line in rest.splitlines() if line.strip().startswith('"')], []
    known = {}
    for line in hosts:
        old = re.search(r'"([0-9a-f]{32})"', line).group(1)
        known[old] = json.load(open(f"{EXAMPLE}/facts/{old}.json"))
    is_large, facts_lines = count >= 5000, []
    if count > 20000:
        # A file that names all hosts of such a fleet is more than an expression may walk.
        path = f"{folder}/manifests/00-base.yaml"
        text = re.sub(r"  /etc/ssh/ssh_known_hosts:.*?\n    content:.*?\n", "", open(path).read(), flags=re.S)
        open(path, "w").write(text)
    for number in range(count):
        line, copy = hosts[number % len(hosts)], number // len(hosts)
        old = re.search(r'"([0-9a-f]{32})"', line).group(1)
        new = old if copy == 0 else hashlib.md5(f"{old}{copy}".encode()).hexdigest()
        facts = dict(known[old])
        if copy:
            facts["hostname"] += f"-{copy}"
            facts["fqdn"] = f"{facts['hostname']}.example.org"
            facts["ip"] = f"10.{copy >> 8 & 255}.{copy & 255}.{number % 20 + 1}"
            line = line.replace(old, new).replace("name: ", f"name: n{copy}-")
        if is_large:
            # Facts of 2 KB, as hosts report them.
            facts = {"id": new, **facts, "modules": [f"module_{n}" for n in range(115)]}
            facts_lines.append(json.dumps(facts))
            if copy == 0: os.remove(f"{folder}/facts/{old}.json")
            labels = yaml.safe_load(line.strip().split(":", 1)[1])
            lines.append(json.dumps({"id": new, **labels}))
        else:
            if copy: json.dump(facts, open(f"{folder}/facts/{new}.json", "w"), indent=1)
            lines.append(line)
    if is_large:
        open(f"{folder}/inventory/hosts.yaml", "w").write(head)
        open(f"{folder}/inventory/hosts.jsonl", "w").write("\n".join(lines) + "\n")
        open(f"{folder}/facts/all.jsonl", "w").write("\n".join(facts_lines) + "\n")
    else:
        open(f"{folder}/inventory/hosts.yaml", "w").write(head + "hosts:\n" + "\n".join(lines) + "\n")


def measure(words, expected):
    """Seconds, processor seconds and peak MB of a command; the best of three, or of one that takes long."""
    best, peak = None, 0
    for _ in range(3):
        start = time.monotonic()
        child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        if status != 0 or expected not in output: sys.exit(f"fleet.py: {output.decode()[-500:]}")
        found = (time.monotonic() - start, usage.ru_utime + usage.ru_stime)
        best = min(best or found, found)
        peak = max(peak, usage.ru_maxrss / 1024)
        if found[0] > 10: break
    return *best, peak


def main():
    tool, counts = os.path.realpath(sys.argv[1]), [int(word) for word in sys.argv[2:]] or [20, 500, 2020, 10000, 100000]
    print("          check                                      fleet diff of one line")
    print("  hosts   seconds  processor  us a host  peak MB      seconds  processor  us a host  peak MB")
    with tempfile.TemporaryDirectory() as work:
        for count in counts:
            old, new = f"{work}/{count}", f"{work}/{count}-new"
            make_fleet(old, count)
            subprocess.run(["cp", "-al", old, new], check=True)
            path = f"{new}/manifests/00-base.yaml"
            text = open(path).read()
            os.remove(path)
            open(path, "w").write(text.replace("/srv/spool: {}", '/srv/spool: {mode: "0751"}'))
            check = measure([tool, "check", new], b" hosts")
            diff = measure([tool, "fleet", "diff", f"{old}..{new}"], f"{count} changed in 1 group".encode())
            print(f"{count:7}  " + "     ".join("{:8.2f}   {:8.2f} {:10.0f} {:8.0f}".format(wall, own, own / count * 1e6, peak)
                                           for wall, own, peak in (check, diff)), flush=True)
            shutil.rmtree(old)
            shutil.rmtree(new)


main()
