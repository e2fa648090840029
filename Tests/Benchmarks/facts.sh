#!/usr/bin/env bash
# Measures hostinfo and all facts beside facter and ohai, in one run on this machine.
#   facts.sh HOSTINFO LODESTAR [RUNS]       (the static binaries; facter and ohai are Debian's packages)
# Targets: hostinfo at most 10 ms and 10 MB; all facts at most 50 ms; at least 20 times faster than facter.
set -euo pipefail
hostinfo=$(realpath "$1") lodestar=$(realpath "$2") runs=${3:-21}
missing=()
for p in facter ohai time; do dpkg -s "$p" > /dev/null 2>&1 || missing+=("$p"); done
[ ${#missing[@]} = 0 ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null 2>&1 ||
  echo "note: not installed: ${missing[*]}"
# What has just been linked lies in the page cache in large folios, of which the kernel maps more than is used: as after a
# start of the machine, it is read again.
for file in "$hostinfo" "$lodestar"; do sync "$file"; dd if="$file" iflag=nocache count=0 status=none; done
python3 - "$runs" "$hostinfo --format json" "$lodestar hostinfo --format json" "$lodestar facts --format json" \
  "facter --json" "ohai" <<'P'
import shutil, statistics, subprocess, sys, time
runs = int(sys.argv[1])
found = {}
print(f"{'':34}{'median ms':>10}{'least ms':>10}{'resident MB':>13}")
for line in sys.argv[2:]:
    words = line.split()
    if not shutil.which(words[0]):
        print(f"{line:34}{'not installed':>20}")
        continue
    slow = words[0] in ("facter", "ohai")
    times = []
    for _ in range(3 if slow else 2): subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(max(3, runs // 4) if slow else runs):
        start = time.perf_counter()
        subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append((time.perf_counter() - start) * 1000)
    said = subprocess.run(["/usr/bin/time", "-f", "%M", *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    resident = int(said.stderr.split()[-1]) / 1024
    name = " ".join([words[0].rsplit("/", 1)[-1], *words[1:]])
    found[name] = statistics.median(times)
    print(f"{name:34}{found[name]:10.1f}{min(times):10.1f}{resident:13.1f}")
facts = found.get("lodestar facts --format json")
for name in ("facter --json", "ohai"):
    if facts and name in found: print(f"all facts are {found[name] / facts:.0f} times faster than {name.split()[0]}")
P
