#!/usr/bin/env python3
"""Cuts the power of a loop-mounted ext4 (EXT4_IOC_SHUTDOWN, no log flush) during applies, remounts, and judges what is there:
first at random instants (POINTS), then right after system calls (CALL-POINTS: fsync, renameat2, linkat, ... one after the other).
  power_loss.py LODESTAR [POINTS [CALL-POINTS [SEED [MOUNT-OPTIONS]]]]"""
from common import *
import fcntl, struct, sqlite3
inside()
tool = os.path.realpath(sys.argv[1]); points = int((sys.argv[2:] or ["40"])[0]); call_points = int((sys.argv[3:] or ["80"])[0]); random.seed(int((sys.argv[4:] or ["1"])[0])); options = (sys.argv[5:] or ["commit=600"])[0]
w = work("power-loss")
site(f"{w}/old", mixed("old") + command_part("old")); site(f"{w}/new", mixed("new") + command_part("new"))
os.makedirs(f"{w}/mnt"); os.makedirs(f"{w}/base")
bare(f"{w}/base")
r = run(tool, "apply", f"{w}/old", "--root", f"{w}/base")
if r.returncode: print(r.stdout, r.stderr); sys.exit(1)
def mount():
    m = sh(f"mount -o loop,{options} {w}/disk {w}/mnt"); assert m.returncode == 0, m.stderr
sh(f"truncate -s 96M {w}/disk0 && mkfs.ext4 -q -F -O ^resize_inode {w}/disk0")
shutil.copy(f"{w}/disk0", f"{w}/disk"); mount(); sh(f"cp -a {w}/base {w}/mnt/root && sync -f {w}/mnt && umount {w}/mnt"); shutil.move(f"{w}/disk", f"{w}/disk0")
# How long an apply takes here, and which calls it makes.
CALLS = ["fsync", "fdatasync", "renameat2", "linkat", "unlinkat", "pwrite64", "mkdirat", "fchownat"]
def again(): sh(f"cp --sparse=always {w}/disk0 {w}/disk"); mount()
wholes, counts = [], {}
for k in range(3):
    again(); t = time.time(); run(tool, "apply", f"{w}/new", "--root", f"{w}/mnt/root"); wholes.append(time.time() - t); sh(f"umount {w}/mnt")
again(); sh(f"strace -f --seccomp-bpf -qq -o {w}/trace -e trace={','.join(CALLS)} {tool} apply {w}/new --root {w}/mnt/root"); sh(f"umount {w}/mnt")
for line in open(f"{w}/trace", errors="replace"):
    m = re.match(r"\d+ +(\w+)\(", line)
    if m: counts[m[1]] = counts.get(m[1], 0) + 1
whole = sorted(wholes)[1]
print(f"an apply takes {whole * 1000:.0f} ms here; calls {counts}", flush=True)
plan = [("after", whole * 1.1 * (n + random.random()) / points, None) for n in range(points)]
every = [(c, k) for c in CALLS for k in range(1, counts.get(c, 0) + 1)]
weights = {"pwrite64": 4}
pick = [e for e in every if e[1] % weights.get(e[0], 1) == 0]; random.shuffle(pick)
plan += [("call", *e) for e in pick[:call_points]]
lost_command = locks = journals = 0
faults, done_seen, phases = 0, 0, {}
for kind, x, k in plan:
    again()
    root = f"{w}/mnt/root"
    top = os.open(f"{w}/mnt", os.O_RDONLY)
    words = [tool, "apply", f"{w}/new", "--root", root, "--format", "json"]
    if kind == "call": words = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", f"{w}/trace", "-e", f"trace={x}", "-e", f"inject={x}:delay_exit=1500000:when={k}", *words]
    p = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if kind == "after": time.sleep(x)
    else:
        end = time.time() + 3
        while time.time() < end and p.poll() is None and not (os.path.exists(f"{w}/trace") and "DELAYED" in open(f"{w}/trace", errors="replace").read()):
            n_now = len(re.findall(rf"{x}\(", open(f"{w}/trace", errors="replace").read())) if os.path.exists(f"{w}/trace") else 0
            if n_now >= k: break
            time.sleep(0.01)
        time.sleep(0.25)
    fcntl.ioctl(top, 0x8004587d, struct.pack("I", 2))
    ended = p.poll() is not None
    out, err = p.communicate(timeout=60)
    if kind == "call": os.path.exists(f"{w}/trace") and os.unlink(f"{w}/trace")
    delay = f"{x * 1000:.0f} ms" if kind == "after" else f"{x} {k}"
    os.close(top)
    while sh(f"umount {w}/mnt").returncode: time.sleep(0.02)
    mount()
    wrong = judge(root)
    # `plan` must work, whatever was cut.
    q = run(tool, "plan", f"{w}/new", "--root", root)
    if q.returncode and "readonly database" in q.stderr: journals += 1
    elif q.returncode: wrong.append(f"plan: exit {q.returncode} {q.stderr.strip()[-200:]}")
    # A lock without a number in it is nobody's, and keeps everybody out; it is taken away here, so that the rest can be judged.
    empty = [f for f in os.listdir(f"{root}/etc") if f.endswith(".lock") and f != ".pwd.lock" and os.path.getsize(f"{root}/etc/{f}") == 0]
    for f in empty: os.unlink(f"{root}/etc/{f}")
    locks += bool(empty)
    # Done in the state implies durable on the disk.
    db = sqlite3.connect(f"{root}/var/lib/lodestar/state.db")
    last = db.execute("SELECT id, finished FROM runs ORDER BY id DESC LIMIT 1").fetchone(); finished = last[0] > 1 and last[1] is not None
    outcomes = db.execute("SELECT address, result FROM outcomes WHERE run = ?", (last[0],)).fetchall() if finished else []
    db.close()
    phases[("finished" if finished else "cut", p.returncode)] = phases.get(("finished" if finished else "cut", p.returncode), 0) + 1
    if finished:
        done_seen += 1
        c = run(tool, "plan", f"{w}/new", "--root", root, "--verify", "--detailed-exit-code")
        failed = [o for o in outcomes if o[1] == "failed"]
        if c.returncode and not failed: wrong.append(f"DONE is not durable: {c.stdout[-400:]}")
    if p.returncode == 0 and ended and not finished: wrong.append("apply said 0 before the cut, and the state does not know it")
    r2 = run(tool, "apply", f"{w}/new", "--root", root)
    if r2.returncode: wrong.append(f"not converged: {(r2.stdout + r2.stderr)[-300:]}")
    c = run(tool, "plan", f"{w}/new", "--root", root, "--verify", "--detailed-exit-code")
    if c.returncode: wrong.append(f"plan not empty: {c.stdout[-300:]}")
    wrong += judge(root) + checks(root) + integrity(root)
    if not (os.path.exists(f"{root}/srv/refreshed") and "new 1" in open(f"{root}/srv/refreshed").read()): lost_command += 1
    if leftovers(root): wrong.append(f"left: {leftovers(root)}")
    sh(f"umount {w}/mnt")
    f = sh(f"fsck.ext4 -fn {w}/disk")
    if wrong:
        faults += 1; print(f"FAULT cut after {delay} (exit {p.returncode}):", *wrong, sep="\n    ", flush=True)
print(f"{locks} times empty lock files of ours were left: no account can be changed until somebody removes them")
print(f"{journals} times plan said that it cannot read a state with a journal")
print(f"{lost_command} times what a refresh's command wrote is gone and the refresh is not owed any more")
print(f"{len(plan)} cuts, {done_seen} with the run finished in the state, {phases}, {faults} faults")
sys.exit(faults + locks + journals + lost_command > 0)
