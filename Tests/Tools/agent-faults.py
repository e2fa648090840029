#!/usr/bin/env python3
"""What nature and enemies do to an agent, on a real one in a private namespace: another time zone, a disk that does not
read, a damaged database, somebody else's files, fifos, a stopped agent, process 1, a kernel without pidfd_open(2).
  agent-faults.py LODESTAR
"""
import json, os, shutil, signal, sqlite3, subprocess, sys, tempfile, time

import harness
from harness import expect, failures, write

harness.enter()
TOOL = sys.argv[1]
WORK = tempfile.mkdtemp(prefix="lodestar-faults.", dir="/var/tmp")
CONFIG = f"{WORK}/agent.yaml"
# /etc is a copy in this namespace.
shutil.copytree("/etc", f"{WORK}/etc", symlinks=True)
subprocess.run(["mount", "--bind", f"{WORK}/etc", "/etc"], check=True)


def wait_for(claim, condition, seconds=10.0):
    return harness.wait_for(claim, condition, seconds, lambda: f"; log: {log()[-3:]}")


def define(name, **properties):
    write(f"{WORK}/schedules/{name}.json", json.dumps({"format": 1, "name": name, **properties}))


def lodestar(*arguments, timeout=30):
    done = subprocess.run([TOOL, *arguments, "--config", CONFIG], capture_output=True, text=True, timeout=timeout)
    return done.returncode, done.stdout, done.stderr


def status():
    code, out, _ = lodestar("status", "--format", "json")
    return json.loads(out) if code == 0 else None


def ended(job):
    code, out, _ = lodestar("schedule", "history", job, "--format", "json", "--output")
    return [run for run in json.loads(out) if run["phase"] == "ended"] if code == 0 else []


def lines(path):
    try:
        with open(path, errors="replace") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def log():
    return lines(f"{WORK}/log")


def settings(**more):
    write(CONFIG, json.dumps({"state": f"{WORK}/state", "runtime": f"{WORK}/run", "schedules": f"{WORK}/schedules", **more}))


def children(number):
    try:
        return [int(word) for word in open(f"/proc/{number}/task/{number}/children").read().split()]
    except OSError:
        return []


class Agent:
    """A running agent; `under` is a command in front of it."""

    def __init__(self, *under, is_ready=True):
        self.log = open(f"{WORK}/log", "w")
        self.process = subprocess.Popen([*under, TOOL, "agent", "--config", CONFIG], stderr=self.log)
        if is_ready:
            wait_for("the agent answers", status)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            # What stands in front of it goes with it.
            number = self.process.pid
            while (inner := children(number)) and open(f"/proc/{number}/comm").read().strip() != "lodestar":
                number = inner[0]
            os.kill(number, signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                expect("the agent ends when it is asked", False)
                self.process.wait()


def fresh():
    subprocess.run(["pkill", "-P", "1", "-x", "lodestar-keeper"])
    for name in ["state", "run", "schedules", "site", "root"]:
        shutil.rmtree(f"{WORK}/{name}", ignore_errors=True)
    os.makedirs(f"{WORK}/schedules")
    settings()


def refused():
    """What an agent says that does not start."""
    done = subprocess.run([TOOL, "agent", "--config", CONFIG], capture_output=True, text=True, timeout=20)
    return done.returncode, done.stderr


def set_zone(name):
    os.symlink(f"/usr/share/zoneinfo/{name}", "/etc/localtime.new")
    os.rename("/etc/localtime.new", "/etc/localtime")


def next_hour():
    found = status()
    return found and found["schedules"]["next"] and found["schedules"]["next"][11:16]


def test_zones():
    fresh()
    set_zone("Asia/Tokyo")
    define("daily", cron="0 12 * * *", timezone="local", spread="off", run="true")
    always = [{"cron": "0 %d * * *" % hour, "timezone": "local", "length": "1m"} for hour in range(24)]
    settings(source=f"{WORK}/site", converge={"on_start": False, "windows": always})
    with Agent() as agent:
        expect("noon in Tokyo", next_hour() == "03:00", status()["schedules"])
        set_zone("Asia/Kolkata")
        wait_for("a link that is made anew is followed", lambda: next_hour() == "06:30")
        wait_for("and told", lambda: any("time zone local" in line for line in log()))
        # The same name, another file: tzdata has been upgraded.
        shutil.copy("/usr/share/zoneinfo/America/New_York", f"{WORK}/zone")
        os.utime(f"{WORK}/zone", (0, 0))
        os.unlink("/etc/localtime")
        os.symlink(f"{WORK}/zone", "/etc/localtime")
        wait_for("New York", lambda: next_hour() in ["16:00", "17:00"])
        data = open("/usr/share/zoneinfo/Asia/Tokyo", "rb").read()
        with open(f"{WORK}/zone2", "wb") as file:
            file.write(data)
        os.utime(f"{WORK}/zone2", (0, 0))
        os.rename(f"{WORK}/zone2", f"{WORK}/zone")
        agent.process.send_signal(signal.SIGHUP)
        wait_for("another file under the same link is taken on SIGHUP", lambda: next_hour() == "03:00")
        shutil.copy("/usr/share/zoneinfo/UTC", "/etc/localtime.plain")
        os.rename("/etc/localtime.plain", "/etc/localtime")
        wait_for("a copy in place of the link is followed", lambda: next_hour() == "12:00")
        # A zone by its name, whose file is replaced as dpkg does it.
        os.makedirs(f"{WORK}/zones/Test")
        shutil.copy("/usr/share/zoneinfo/Asia/Tokyo", f"{WORK}/zones/Test/Zone")
        shutil.copy("/usr/share/zoneinfo/Asia/Kolkata", f"{WORK}/zones/Test/Zone.dpkg-new")
        subprocess.run(["mount", "--bind", f"{WORK}/zones", "/usr/share/zoneinfo"], check=True)
        define("daily", cron="0 12 * * *", timezone="Test/Zone", spread="off", run="true")
        wait_for("a zone by its name", lambda: next_hour() == "03:00")
        os.rename(f"{WORK}/zones/Test/Zone.dpkg-new", f"{WORK}/zones/Test/Zone")
        agent.process.send_signal(signal.SIGHUP)
        wait_for("an upgrade of tzdata is followed on SIGHUP", lambda: next_hour() == "06:30")
        subprocess.run(["umount", "/usr/share/zoneinfo"])
        define("daily", cron="0 12 * * *", timezone="local", spread="off", run="true")
        os.unlink("/etc/localtime")
        agent.process.send_signal(signal.SIGHUP)
        wait_for("local again", lambda: next_hour() == "12:00")
        time.sleep(0.5)
        expect("without the file it is UTC", next_hour() == "12:00")
    os.path.lexists("/etc/localtime") or set_zone("UTC")


def test_disk():
    fresh()
    define("tick", every="1s", run="echo . >> %s/ticks" % WORK)
    # Each kind of failure at the first read of the file.
    for call, error in [("read", "EIO"), ("openat", "EIO"), ("openat", "EMFILE"), ("newfstatat", "EIO")]:
        with Agent("strace", "-f", "-qq", "-o", "/dev/null", "-P", f"{WORK}/schedules/tick.json", "-e", f"inject={call}:error={error}:when=1"):
            wait_for(f"{error} at {call} loses no schedule", lambda: (status() or {"schedules": {"jobs": 0}})["schedules"]["jobs"] == 1)
    # The first listing takes two calls.
    with Agent("strace", "-f", "-qq", "-o", "/dev/null", "-P", f"{WORK}/schedules", "-e", "inject=getdents64:error=EIO:when=3"):
        wait_for("it is taken", lambda: status()["schedules"]["jobs"] == 1)
        define("other", every="1s", run="true")
        os.rename(f"{WORK}/schedules", f"{WORK}/schedules.moved")
        os.rename(f"{WORK}/schedules.moved", f"{WORK}/schedules")
        wait_for("a listing that fails removes nothing", lambda: status()["schedules"]["jobs"] == 2)
        expect("and is told", any("cannot read all of it: EIO" in line for line in log()), log())


def damage(kind):
    path = f"{WORK}/state/agent.db"
    for suffix in ["-wal", "-shm", "-journal"]:
        if os.path.exists(path + suffix):
            os.unlink(path + suffix)
    if kind == "a schema of -1":
        base = sqlite3.connect(path)
        base.execute("PRAGMA user_version = -1")
        base.close()
    elif kind == "no database":
        open(path, "w").write("this is not a database\n" * 100)
    elif kind == "cut short":
        os.truncate(path, 4096 + 100)
    elif kind == "zeros":
        with open(path, "r+b") as file:
            file.seek(0)
            file.write(bytes(100))
    elif kind == "a broken page":
        size = os.path.getsize(path)
        with open(path, "r+b") as file:
            for page in range(4096, size, 4096):
                file.seek(page)
                file.write(b"\xff" * 64)
    else:
        os.unlink(path)
        os.mkfifo(path) if kind == "a fifo" else os.mkdir(path)


def test_damage():
    kinds = ["a schema of -1", "no database", "a broken page", "a fifo"]
    if os.environ.get("ALL"):
        kinds += ["cut short", "zeros", "a directory"]
    for kind in kinds:
        fresh()
        define("once", cron='@reboot', run="echo . >> %s/reboots" % WORK)
        define("tick", every="1s", run="true")
        with Agent():
            wait_for("jobs run", lambda: ended("once") and ended("tick"))
        before = len(lines(f"{WORK}/reboots"))
        damage(kind)
        with Agent():
            wait_for(f"{kind}: jobs go on", lambda: ended("tick"))
            aside = [name for name in os.listdir(f"{WORK}/state") if name.startswith("agent.db.damaged-20")]
            expect(f"{kind}: the old file is put aside under a dated name", len(aside) == 1, os.listdir(f"{WORK}/state"))
            expect(f"{kind}: that is said", any("put aside" in line and aside and aside[0] in line for line in log()), log())
            expect(f"{kind}: what it had claimed is ambiguous", [run["result"] for run in ended("once")] == ["ambiguous"], ended("once"))
            expect(f"{kind}: and does not run again", len(lines(f"{WORK}/reboots")) == before)
            expect(f"{kind}: no raw values in the log", not any("StateFault" in line or "SELECT" in line for line in log()), log())
    # A page that is first read when something has ended.
    fresh()
    define("long", after="1h", run="echo began; sleep 2; echo ended; exit 9")
    with Agent() as agent:
        wait_for("it is there", lambda: status()["schedules"]["jobs"] == 1)
    path = f"{WORK}/state/agent.db"
    page = sqlite3.connect(path).execute("SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_outputs_1'").fetchone()[0]
    with open(path, "r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    with Agent() as agent:
        lodestar("schedule", "run", "long")
        time.sleep(0.5)
        define("quick", every="1s", run="true")
        runs = wait_for("a database that breaks under the agent is replaced, and what runs is adopted", lambda: ended("long"), 20)
        expect("with its output and status", runs and (runs[0]["exit_code"], runs[0]["output"]) == (9, "began\nended\n"), runs)
        expect("by the same process", agent.process.poll() is None)
        expect("that is said", any("begins anew" in line for line in log()), log())


def test_numbers():
    """Numbers that no clock has shown, and texts in their places, end no agent."""
    for value in [2 ** 63 - 1] + ([-2 ** 63, -1, 0, "x", None, 2 ** 53] if os.environ.get("ALL") else []):
        fresh()
        define("tick", every="1s", run="true", catch_up={"all": 3})
        define("after", after="1s", run="true")
        define("once", cron="@reboot", run="true")
        with Agent():
            wait_for("jobs run", lambda: ended("once") and ended("tick") and ended("after"))
        base = sqlite3.connect(f"{WORK}/state/agent.db")
        for table in ["jobs", "runs"]:
            for column, kind in [(row[1], row[2]) for row in base.execute(f"PRAGMA table_info({table})")]:
                if kind == "INTEGER":
                    try:
                        base.execute(f"UPDATE OR IGNORE {table} SET {column} = ?", [value])
                    except sqlite3.IntegrityError:
                        pass
        base.execute("UPDATE OR IGNORE runs SET phase = 'claimed', attempt = ?", [value])
        base.commit()
        base.close()
        with Agent() as agent:
            time.sleep(1.5)
            expect(f"{value} in every number of the database ends no agent", agent.process.poll() is None and status(), log())
            lodestar("schedule", "history", "tick")
            code, out, error = lodestar("schedule", "list")
            expect("nor a list of it", code == 0, error)


def test_trust():
    fresh()
    for claim, change, undo in [
            ("settings of a user", lambda: os.chown(CONFIG, 1000, 1000), lambda: os.chown(CONFIG, 0, 0)),
            ("settings that all may write", lambda: os.chmod(CONFIG, 0o666), lambda: os.chmod(CONFIG, 0o644)),
            ("a state folder of a user", lambda: os.chown(f"{WORK}/state", 1000, 0), lambda: os.chown(f"{WORK}/state", 0, 0)),
            ("a state folder that all may write", lambda: os.chmod(f"{WORK}/state", 0o777), lambda: os.chmod(f"{WORK}/state", 0o700)),
            ("a runtime folder of a user", lambda: os.chown(f"{WORK}/run", 1000, 0), lambda: os.chown(f"{WORK}/run", 0, 0))]:
        for name in ["state", "run"]:
            os.makedirs(f"{WORK}/{name}", mode=0o700, exist_ok=True)
        change()
        code, error = refused()
        expect(f"{claim} are refused", code in (1, 65) and "expected /" in error and ("owner 1000" in error or "the mode 0" in error), (code, error))
        undo()
    os.rename(f"{WORK}/state", f"{WORK}/elsewhere")
    os.symlink(f"{WORK}/elsewhere", f"{WORK}/state")
    code, error = refused()
    expect("a state folder that is a link is refused", code == 1 and "expected no link" in error, (code, error))
    os.unlink(f"{WORK}/state")
    os.rename(CONFIG, f"{WORK}/real.yaml")
    os.symlink("real.yaml", CONFIG)
    code, error = refused()
    expect("settings that are a link are refused", code == 65 and "expected no link" in error, (code, error))
    os.unlink(CONFIG)
    root, site = f"{WORK}/root", f"{WORK}/site"
    for path in ["etc", "var/lib"]:
        os.makedirs(f"{root}/{path}", exist_ok=True)
    write(f"{root}/etc/hostname", "agent-test\n")
    write(f"{site}/site.yaml", "site: agent\n")
    write(f"{site}/manifests/all.yaml", "file:\n  /etc/motd: {content: \"one\\n\"}\n")
    for claim, path in [("the directory", site), ("a manifest", f"{site}/manifests/all.yaml")]:
        fresh_site = lambda: [json.loads(line) for line in lines(f"{WORK}/state/reports.jsonl")]
        count = len(fresh_site())
        os.chown(path, 1000, 1000)
        settings(source=site, converge={"root": root, "mode": "apply"})
        with Agent():
            reports = wait_for("a report is written", lambda: fresh_site()[count:])
            expect(f"{claim} of a user is not applied", reports and reports[0]["exit_code"] == 65
                   and f"expected {path} to be root's, found the owner 1000" in reports[0]["said"], reports)
            expect("nothing is changed", not os.path.exists(f"{root}/etc/motd"))
        os.chown(path, 0, 0)


def test_fifos():
    fresh()
    os.makedirs(f"{WORK}/state", mode=0o700)
    for name in ["reports.jsonl", "converge.out"]:
        os.mkfifo(f"{WORK}/state/{name}")
    write(f"{WORK}/site/site.yaml", "site: agent\n")
    os.makedirs(f"{WORK}/root/var/lib", exist_ok=True)
    define("tick", every="1s", run="true")
    settings(source=f"{WORK}/site", converge={"root": f"{WORK}/root"})
    with Agent():
        wait_for("a fifo in the state folder holds up nothing", lambda: len(ended("tick")) >= 2)
        wait_for("the converge ends", lambda: status()["converge"]["last"])
    os.makedirs(f"{WORK}/root/var/lib/lodestar", mode=0o700, exist_ok=True)
    for command in ["plan", "apply", "history", "ledger"]:
        for name in ["state.db", "state.db-journal", "catalog.cache", "settled.cache", "host-id", "identity.json"]:
            path = f"{WORK}/root/var/lib/lodestar/{name}"
            os.path.lexists(path) and os.unlink(path)
            os.mkfifo(path)
            site = [f"{WORK}/site"] if command in ("plan", "apply") else []
            try:
                done = subprocess.run([TOOL, command, *site, "--root", f"{WORK}/root"], capture_output=True, text=True, timeout=10)
                if name == "state.db":
                    expect(f"{command} names the fifo", done.returncode == 1 and "found a fifo" in done.stderr, done)
            except subprocess.TimeoutExpired:
                expect(f"{command} does not wait for a fifo as {name}", False)
            os.path.lexists(path) and os.unlink(path)


def test_stopped():
    fresh()
    define("tick", every="1s", run="true")
    with Agent() as agent:
        agent.process.send_signal(signal.SIGSTOP)
        for words in [["status"]] + ([["schedule", "run", "tick"]] if os.environ.get("ALL") else []):
            try:
                code, _, error = lodestar(*words, timeout=20)
                expect(f"{words[0]} of a stopped agent is exit 69", code == 69 and "does not answer" in error, (code, error))
            except subprocess.TimeoutExpired:
                expect(f"{words[0]} of a stopped agent ends", False)
        agent.process.send_signal(signal.SIGCONT)


def test_output():
    fresh()
    settings(outputs={"size": "100K"})
    define("loud", every="1s", run="head -c 30000 /dev/zero | tr '\\0' x")
    define("secret", every="1s", run="echo $TOKEN", env={"TOKEN": "CANARY"}, secrets=["TOKEN"])
    define("open", every="1s", run="echo $TOKEN", env={"TOKEN": "CANARY"}, secrets=["TOKEN"], keep_output=True)
    with Agent():
        wait_for("runs end", lambda: len(ended("loud")) >= 6 and ended("secret") and ended("open"))
        kept = [len(run["output"]) for run in ended("loud")]
        expect("the oldest outputs are gone", sum(kept) <= 100 << 10 and kept[0] == 30000 and kept[-1] < 100, kept)
        run = ended("secret")[0]
        expect("a job with a secret keeps no output", "CANARY" not in run["output"] and run["output_bytes"] == 7, run)
        expect("unless it says so", ended("open")[0]["output"] == "CANARY\n")
    os.unlink(f"{WORK}/schedules/open.json")
    code, out, error = lodestar("agent", "--check-config")
    expect("the settings are good", code == 0, error)


def test_scripts():
    fresh()
    for name, text in [("carriage", "#!/bin/sh\r\necho x\r\n"), ("missing", "#!/usr/bin/none\n")]:
        write(f"{WORK}/scripts/{name}", text, 0o755)
        define(name, every="1s", argv=[f"{WORK}/scripts/{name}"])
    with Agent():
        run = wait_for("a script with carriage returns", lambda: ended("carriage"))
        expect("says what is wrong with it", run and "carriage return" in run[0]["reason"], run)
        run = wait_for("a script without its interpreter", lambda: ended("missing"))
        expect("names the interpreter", run and "its interpreter `/usr/bin/none`" in run[0]["reason"], run)


def test_process_1():
    fresh()
    define("orphans", every="1s", run="(sleep 0.2 &) ; (sh -c 'sleep 0.3 & ' &) ; exit 0")
    define("tick", every="1s", run="true")
    with Agent("unshare", "-p", "-f", "--mount-proc", "--kill-child") as agent:
        time.sleep(4)
        first = int(open(f"/proc/{agent.process.pid}/task/{agent.process.pid}/children").read().split()[0])
        def zombies():
            found = []
            for number in open(f"/proc/{first}/task/{first}/children").read().split():
                try:
                    state = open(f"/proc/{number}/stat").read().rsplit(")", 1)[1].split()[0]
                    found += [number] if state == "Z" else []
                except OSError:
                    pass
            return found
        time.sleep(0.5)
        expect("process 1 reaps orphans", len(zombies()) <= 1, zombies())
        expect("jobs run under process 1", len(ended("tick")) >= 2)
        os.kill(first, signal.SIGTERM)
        expect("process 1 ends when it is asked", agent.process.wait(15) is not None)


def test_without_pidfd():
    fresh()
    define("quick", every="1s", run="echo out; exit 3")
    define("slow", every="1s", timeout="1s", run="sleep 60")
    define("loud", every="1s", run="head -c 300000 /dev/zero | tr '\\0' x")
    with Agent("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=pidfd_open", "-e", "inject=pidfd_open:error=ENOSYS"):
        run = wait_for("without pidfd_open a run ends", lambda: ended("quick"))
        expect("with its status and output", run and (run[0]["exit_code"], run[0]["output"]) == (3, "out\n"), run)
        run = wait_for("has its time limit", lambda: [r for r in ended("slow") if r["result"] == "timed_out"])
        run = wait_for("and its whole output", lambda: ended("loud"))
        expect("is counted", run and run[0]["output_bytes"] == 300000, run)
        shutil.rmtree(f"{WORK}/schedules")
        wait_for("all runs end", lambda: status()["schedules"]["running"] == 0)
    os.makedirs(f"{WORK}/root/var/lib", exist_ok=True)
    write(f"{WORK}/site/site.yaml", "site: agent\n")
    trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=pidfd_open", "-e", "inject=pidfd_open:error=ENOSYS"]
    for claim, command, code, word in [
            ("is not waited for for ever", "{argv: [/bin/sleep, '60'], timeout: 1s}", 4, "1.0 s"),
            ("may print more than a pipe holds", "{run: \"head -c 300000 /dev/zero | tr '\\\\0' x\"}", 0, ""),
            ("that fails is seen", "{run: 'exit 7'}", 4, "7")]:
        write(f"{WORK}/site/manifests/all.yaml", "command:\n  x: %s\n" % command)
        done = subprocess.run([*trace, TOOL, "apply", f"{WORK}/site", "--root", "/"], capture_output=True, text=True, timeout=30)
        expect(f"without pidfd_open a command {claim}", done.returncode == code and word in done.stdout + done.stderr, done)


tests = [value for name, value in list(globals().items()) if name.startswith("test_")]
wanted = sys.argv[2:]
try:
    for test in tests:
        if wanted and test.__name__ not in wanted:
            continue
        began = time.time()
        test()
        if os.environ.get("VERBOSE"):
            print(f"{test.__name__}: {time.time() - began:.1f} s")
finally:
    subprocess.run(["umount", "/etc"])
    if failures:
        print("\n".join(log()[-40:]))
    shutil.rmtree(WORK, ignore_errors=True)
print("the agent withstands nature and enemies" if not failures else f"{len(failures)} failures")
sys.exit(1 if failures else 0)
