#!/usr/bin/env python3
"""Injects errors at system calls of an apply with strace, one point after the other: exit 0 only with the right result, the next run converges.
  inject.py LODESTAR [SECONDS [SEED [CALL,CALL...]]]"""
from common import *
inside()
tool = os.path.realpath(sys.argv[1]); limit = float((sys.argv[2:] or ["600"])[0]); seed = int((sys.argv[3:] or ["1"])[0])
only = sys.argv[4].split(",") if sys.argv[4:] else None
random.seed(seed)
w = work("inject")
assert sh(f"mount -t tmpfs -o size=2g tmpfs {w}").returncode == 0
CALLS = ["openat", "openat2", "read", "write", "pread64", "pwrite64", "fsync", "fdatasync", "renameat2", "rename", "fchmod", "chmod", "fchown", "fchownat", "close",
         "unlinkat", "unlink", "mkdirat", "linkat", "symlinkat", "newfstatat", "statx", "getdents64", "ftruncate", "flock", "fcntl", "flistxattr", "fgetxattr",
         "fsetxattr", "readlinkat", "readlink", "mount", "pidfd_open", "clone3", "mmap", "getrandom", "pipe2", "memfd_create", "access", "setfsuid"]
ERRORS = {"write": ["ENOSPC", "EIO", "EINTR"], "pwrite64": ["ENOSPC", "EIO"], "openat": ["EIO", "EMFILE", "ENOMEM"], "openat2": ["EIO", "EMFILE"], "read": ["EIO", "EINTR"],
          "renameat2": ["EIO", "ENOSPC"], "mkdirat": ["EIO", "ENOSPC"], "linkat": ["EIO", "ENOSPC"], "symlinkat": ["EIO", "ENOSPC"], "fsetxattr": ["ENOSPC", "EIO"],
          "fsync": ["EIO", "ENOSPC", "EINTR"], "flock": ["EINTR", "EIO", "ENOLCK"], "mount": ["EPERM"], "pidfd_open": ["EMFILE", "ENOSYS"], "clone3": ["EAGAIN"], "mmap": ["ENOMEM"],
          "getrandom": ["EINTR"], "pipe2": ["EMFILE"], "fcntl": ["EINTR", "EMFILE", "EIO"], "close": ["EIO", "EINTR"], "fdatasync": ["EIO"], "getdents64": ["EIO"]}
EXTRA = """directory:
  /srv/swept: {purge: enforce, ignore: ["*.bak"]}
  /srv/tree: {recurse: www}
file:
  /srv/kept: {content: "%s\\n"}
"""
def make(version, folder):
    more = mixed(version)
    site(folder, {"all": more + command_part(version), "more": EXTRA % version, "zz": f'file:\n  /etc/zz: {{content: "{version}\\n"}}\n'},
         extra={"files/www/a/index": version + "\n", "files/www/b": version + "\n", "files/www/c/d/e": version + "\n"})
    os.makedirs(f"{folder}/manifests/deep/er", exist_ok=True)
    open(f"{folder}/manifests/deep/er/deep.yaml", "w").write('file:\n  /etc/deep1: {content: "%s\\n"}\n  /etc/deep2: {content: "%s\\n"}\n' % (version, version))
make("old", f"{w}/old"); make("new", f"{w}/new")
os.makedirs(f"{w}/base"); bare(f"{w}/base")
r = run(tool, "apply", f"{w}/old", "--root", f"{w}/base")
if r.returncode: print(r.stdout, r.stderr); sys.exit(1)
MARKED = ["etc/hosts", "etc/managed-1", "etc/passwd", "etc/shadow", "var/spool/cron/crontabs/root"]
for f in MARKED: os.setxattr(f"{w}/base/{f}", "user.kept", b"mark")
for f in ["x", "y.bak", "z/w"]:
    os.makedirs(os.path.dirname(f"{w}/base/srv/swept/{f}"), exist_ok=True); open(f"{w}/base/srv/swept/{f}", "w").write("foreign")
os.makedirs(f"{w}/base/srv/foreign"); open(f"{w}/base/srv/foreign/f", "w").write("foreign")
root = f"{w}/root"
def count(call):
    fresh(f"{w}/base", root)
    sh(f"strace -f --seccomp-bpf -qq -e trace={call} -o {w}/trace {tool} apply {w}/new --root {root}")
    return sum(1 for l in open(f"{w}/trace", errors="replace") if re.search(rf"\b{call}\(", l))
def right(verify=True):
    wrong = judge(root)
    for f, want in [("etc/zz", "new\n"), ("etc/deep1", "new\n"), ("etc/deep2", "new\n"), ("srv/kept", "new\n"), ("srv/tree/a/index", "new\n"), ("srv/tree/b", "new\n"), ("srv/tree/c/d/e", "new\n"),
                    ("srv/foreign/f", "foreign"), ("srv/swept/y.bak", "foreign")]:
        try:
            have = open(f"{root}/{f}").read()
            if have not in ([want] if verify else [want, want.replace("new", "old")]): wrong.append(f"/{f}: {have!r}")
        except OSError as e: wrong.append(f"/{f}: {e}")
    if verify and (os.path.exists(f"{root}/srv/swept/x") or os.path.exists(f"{root}/srv/swept/z")): wrong.append("purge: a stranger stays")
    for f in MARKED:
        try:
            if os.getxattr(f"{root}/{f}", "user.kept") != b"mark": wrong.append(f"/{f}: another attribute")
        except OSError as e: wrong.append(f"/{f}: its extended attribute is lost")
    for f, m, g in [("etc/shadow", 0o640, 42), ("etc/gshadow", 0o640, 42), ("etc/passwd", 0o644, 0), ("var/spool/cron/crontabs/root", 0o600, None), ("etc/managed-1", 0o644, 0)]:
        try: s = os.stat(f"{root}/{f}")
        except OSError as e: wrong.append(f"/{f}: {e}"); continue
        if stat.S_IMODE(s.st_mode) != m or g is not None and s.st_gid != g: wrong.append(f"/{f}: mode {s.st_mode & 0o7777:o} group {s.st_gid}")
    if verify and not (os.path.exists(f"{root}/srv/refreshed") and open(f"{root}/srv/refreshed").read().splitlines()[-1].startswith("new 1")): wrong.append("the refresh is lost")
    return wrong
points, counts = [], {}
for call in only or CALLS:
    n = count(call); counts[call] = n
    for error in ERRORS.get(call, ["EIO"]):
        for k in range(1, n + 1): points.append((call, error, str(k)))
        # The language's own source of randomness asks again as long as it is interrupted, which no kernel does for ever.
        if n and error != "EINTR": points += [(call, error, "1+"), (call, error, f"{max(1, n // 2)}+")]
print("calls:", counts, "points:", len(points), flush=True)
rest = points[:]; random.shuffle(rest)
# Round robin over the kinds, so that each is sampled evenly.
groups = {}
for p in rest: groups.setdefault(p[:2], []).append(p)
order = []
while any(groups.values()):
    for g in groups.values():
        if g: order.append(g.pop())
start, done, faults, codes, kinds = time.time(), 0, {}, {}, {}
for call, error, when in order:
    if time.time() - start > limit: break
    fresh(f"{w}/base", root)
    r = run("strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}", tool, "apply", f"{w}/new", "--root", root, timeout=60)
    done += 1; codes[r.returncode] = codes.get(r.returncode, 0) + 1
    wrong = []
    if r.returncode == -999: wrong.append("hung for 60 s")
    elif r.returncode not in (0, 1, 4, 65, 66, 74, 75, 78, 127): wrong.append(f"exit {r.returncode} {r.stderr[-300:]}")
    if r.returncode == 0: wrong += ["EXIT 0: " + x for x in right()]
    else:
        wrong += [f"exit {r.returncode}: " + x for x in right(False)]
        if call != "write" and not (r.stderr.strip() or "failed" in r.stdout): wrong.append(f"exit {r.returncode} without a word")
    p = run(tool, "plan", f"{w}/new", "--root", root)
    if p.returncode: wrong.append(f"plan after it: exit {p.returncode}: {p.stderr[-300:]}")
    r2 = run(tool, "apply", f"{w}/new", "--root", root)
    if r2.returncode: wrong.append(f"NEXT: apply exit {r2.returncode} {(r2.stdout + r2.stderr)[-400:]}")
    c = run(tool, "plan", f"{w}/new", "--root", root, "--verify", "--detailed-exit-code")
    if c.returncode: wrong.append(f"NEXT: plan not empty {c.stdout[-400:]}{c.stderr[-200:]}")
    wrong += ["NEXT: " + x for x in right() + integrity(root)]
    if done % 5 == 0: wrong += checks(root)
    left = [] if call == "unlinkat" else leftovers(root)
    if left: wrong.append(f"left: {left}")
    if wrong:
        faults.setdefault((call, error), []).append(when)
        print(f"FAULT {call} {error} when={when} (exit {r.returncode}):", *wrong[:6], sep="\n    ", flush=True)
print(f"{done} of {len(points)} points in {time.time() - start:.0f} s, exit codes {codes}, faults at {sum(map(len, faults.values()))}")
for k, v in faults.items(): print("  ", k, v)
sys.exit(bool(faults))
