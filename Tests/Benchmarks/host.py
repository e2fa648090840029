#!/usr/bin/env python3
"""Measures one host on W(n) of the peers' benchmark, in processor time, beside the C floor of the same run. Several binaries
take turns, so that a noisy machine is as noisy for each. Run as root.
  host.py ROOT LODESTAR[,LODESTAR...] [SIZES] [--runs 15] [--phases noop,verify,...]"""
import argparse, os, resource, shutil, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE + "/peers")
import generate, run as peers                               # noqa: E402

SITE = "/bench/lodestar"
SECRETS = 10
# What a phase runs, and what it is measured against: the C floor's look, its first write, or another phase.
PHASES = {
    "noop": (["apply", SITE], "floor", 1.1),
    "verify": (["apply", "--verify", SITE], "floor", 1.8),
    "plan": (["plan", SITE], "floor", None),
    "bare": (["plan", SITE], "floor", 3),
    "first": (["apply", SITE], "floor first", None),
    "secrets": (["apply", SITE + "-secrets"], "noop", 2),
}


def overlay(lower, path):
    """A disposable root over another one."""
    for name in ("upper", "work", "root"): os.makedirs(f"{path}/{name}")
    options = f"lowerdir={lower},upperdir={path}/upper,workdir={path}/work"
    root = f"{path}/root"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, root], check=True)
    subprocess.run(["mount", "-t", "proc", "proc", root + "/proc"], check=True)
    subprocess.run(["mount", "--rbind", "/dev", root + "/dev"], check=True)
    subprocess.run(["mount", "-t", "sysfs", "-o", "ro", "sysfs", root + "/sys"], check=True)
    return root


def drop(path):
    subprocess.run(["umount", "-R", "-l", f"{path}/root"], check=True)
    shutil.rmtree(path)


def start(root, words, output=subprocess.PIPE):
    """Runs words in a root as the peers' benchmark does, through a shell."""
    def enter():
        os.chroot(root)
        os.chdir("/")
    return subprocess.Popen(["/bin/sh", "-c", 'exec "$@"', "_", *words], preexec_fn=enter, stdout=output,
                            stderr=subprocess.STDOUT, env={"PATH": peers.PATH, "HOME": "/root", "LC_ALL": "C.UTF-8"})


def measure(root, words):
    """Processor seconds of a command, those of them that it spent itself, and its peak in KB."""
    child = start(root, words)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if status != 0: sys.exit(f"host.py: {' '.join(words)}: {output.decode()[-800:]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_utime, usage.ru_maxrss


def anonymous(root, words):
    """The peak of a command's own memory in KB, looked at again and again: what is mapped of its file is left out."""
    child, peak = start(root, words, subprocess.DEVNULL), 0
    while child.poll() is None:
        try:
            for line in open(f"/proc/{child.pid}/status"):
                if line.startswith("RssAnon"): peak = max(peak, int(line.split()[1]))
        except OSError: pass
    return peak


class Host:
    """The roots of one binary: a bare one and one that is converged."""
    def __init__(self, tool, lower, work, count):
        self.work, self.data, self.sequence = work, generate.spec(count), 0
        os.makedirs(work)
        base = overlay(lower, f"{work}/base")
        generate.bare(base, self.data)
        generate.lodestar(base, self.data)
        shutil.copy(tool, base + "/usr/bin/lodestar")
        self.add_secrets(base)
        subprocess.run(["umount", "-R", "-l", base], check=True)
        self.bare = f"{work}/base/upper:{lower}"
        self.roots = {name: overlay(self.bare, f"{work}/{name}") for name in ("noop", "secrets", "bare")}

    def add_secrets(self, base):
        """The same site with files that hold a secret each."""
        site = base + SITE
        shutil.copytree(site, site + "-secrets")
        tool = [base + "/usr/bin/lodestar", "secret"]
        key = subprocess.run(["age-keygen"], check=True, capture_output=True, text=True).stdout
        generate._write(base + "/etc/lodestar/identity", key)
        os.chmod(base + "/etc/lodestar/identity", 0o600)
        recipient = [line for line in key.splitlines() if "public key" in line][0].split()[-1]
        for number in range(SECRETS):
            path = f"{site}-secrets/secrets/s{number}.age"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            subprocess.run(["age", "-r", recipient, "-o", path], input=f"secret number {number}\n", text=True, check=True)
        generate._write(f"{site}-secrets/manifests/secret.yaml", "file:\n" + "".join(
            f'  /srv/secret{n}: {{content: "${{{{ secret(\'s{n}\') }}}}", mode: "0600"}}\n' for n in range(SECRETS)))

    def settle(self):
        """Converges, and lets what was changed be old enough to be remembered."""
        for name, site in (("noop", SITE), ("secrets", SITE + "-secrets")):
            measure(self.roots[name], ["lodestar", "apply", site])
            bad = peers.verify(self.roots[name], self.data)
            if bad: sys.exit(f"host.py: not converged: {bad[:3]}")
        time.sleep(0.2)
        for name, site in (("noop", SITE), ("secrets", SITE + "-secrets")):
            measure(self.roots[name], ["lodestar", "apply", site])

    def root(self, phase):
        if phase == "first":
            self.sequence += 1
            return overlay(self.bare, f"{self.work}/first{self.sequence}")
        return self.roots.get(phase, self.roots["noop"])

    def run(self, phase, how=measure):
        root = self.root(phase)
        result = how(root, ["lodestar", *PHASES[phase][0]])
        if phase == "first": drop(os.path.dirname(root))
        return result


class Floor:
    """The least that has to be done, in C."""
    def __init__(self, lower, work, count):
        self.work, self.lower, self.data, self.sequence = work, lower, generate.spec(count), 0
        os.makedirs(work)
        self.tool = f"{work}/floor"
        subprocess.run(["cc", "-O2", "-o", self.tool, HERE + "/peers/floor.c"], check=True)
        self.full = overlay(lower, f"{work}/full")
        generate.bare(self.full, self.data)
        peers.converge(self.full, self.data)
        peers.manifest(self.full, self.data)
        shutil.copy(self.tool, self.full + "/bench/floor")

    def run(self, phase):
        if phase == "floor":
            return measure(self.full, ["/bench/floor", "check", "cmp", "/bench/manifest", "/bench/blob"])
        self.sequence += 1
        path = f"{self.work}/{self.sequence}"
        root = overlay(self.lower, path)
        generate.bare(root, self.data)
        os.makedirs(root + "/bench")
        for name in ("manifest", "blob", "floor"): shutil.copy(f"{self.full}/bench/{name}", root + "/bench/" + name)
        result = measure(root, ["/bench/floor", "write", "all", "fsync", "/bench/manifest", "/bench/blob"])
        drop(path)
        return result


def compare(tools, lower, work, count, phases, runs):
    floor = Floor(lower, f"{work}/floor", count)
    hosts = [Host(tool, lower, f"{work}/{index}", count) for index, tool in enumerate(tools)]
    for host in hosts: host.settle()
    wanted = dict.fromkeys(base for phase in phases for base in [PHASES[phase][1]] if base.startswith("floor"))
    least, users, peak = {}, {}, {}
    for turn in range(runs):
        for name, one in [(phase, index) for phase in phases for index in range(len(hosts))] + [(f, None) for f in wanted]:
            if turn >= 3 and "first" in name and count > 1000: continue
            seconds, user, memory = (floor if one is None else hosts[one]).run(name)
            least[name, one] = min(seconds, least.get((name, one), seconds))
            users[name, one] = min(user, users.get((name, one), user))
            peak[name, one] = max(memory, peak.get((name, one), 0))
    for phase in phases:
        for index, host in enumerate(hosts):
            own = max(host.run(phase, anonymous) for _ in range(3))
            seconds, base, limit = least[phase, index], *PHASES[phase][1:]
            against = least.get((base, None)) or least.get((base, index)) or seconds
            user, first = users[phase, index], users[phase, 0]
            print(f"{count:6} {phase:8} {os.path.basename(tools[index]):14} {seconds * 1000:8.1f} ms {against * 1000:8.1f} ms {base:11}"
                  f" {seconds / against:6.2f} {limit or '':>5} {seconds / least[phase, 0]:6.3f} {user * 1000:7.1f} {user / max(first, 1e-6):6.3f}"
                  f" {peak[phase, index] / 1024:7.1f} {own / 1024:6.1f}", flush=True)
    return least


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("lower")
    options.add_argument("tools")
    options.add_argument("sizes", nargs="?", default="1000")
    options.add_argument("--runs", type=int, default=15)
    options.add_argument("--phases", default=",".join(PHASES))
    given = options.parse_args()
    if "LODESTAR_BENCH" not in os.environ:
        os.environ["LODESTAR_BENCH"] = "1"
        os.execvp("unshare", ["unshare", "-m", "--propagation", "private", sys.executable, *sys.argv])
    tools = [os.path.realpath(tool) for tool in given.tools.split(",")]
    # The last but two columns: the command's own time, without the kernel's, which fsync(2) makes another one each time.
    print("     n phase    binary          processor        of            ratio wanted  /first user ms /first peak MB   anon")
    figures = {}
    for count in map(int, given.sizes.split(",")):
        with tempfile.TemporaryDirectory(dir="/var/tmp") as work:
            try:
                figures[count] = compare(tools, os.path.realpath(given.lower), work, count, given.phases.split(","), given.runs)
            finally:
                # What is mounted below goes with its namespace, and must not be removed through.
                for line in reversed(open("/proc/mounts").read().splitlines()):
                    if line.split()[1].startswith(work): subprocess.run(["umount", "-l", line.split()[1]], check=True)
    counts = sorted(figures)
    for small, large in zip(counts, counts[1:]):
        for (phase, index), seconds in figures[large].items():
            if index is not None:
                print(f"{large} against {small}: {phase} {seconds / figures[small][phase, index]:.1f} x")


main()
