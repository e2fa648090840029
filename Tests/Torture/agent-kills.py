#!/usr/bin/env python3
"""Kills the agent with jobs due, at random moments and at system calls, alone and together with its keeper, and checks that
no tick ran twice and none is lost but those recorded as ambiguous.
  agent-kills.py LODESTAR [KILLS [POINTS]]
A control without its database must lose ticks, or the check would see nothing.
"""
import json, os, random, shutil, signal, socket, sqlite3, subprocess, sys, tempfile, time

if os.environ.get("LODESTAR_AGENT_TEST") != "inside":
    os.environ["LODESTAR_AGENT_TEST"] = "inside"
    os.execvp("unshare", ["unshare", "-m", "-p", "-f", "--mount-proc", "--propagation", "private", "--kill-child",
                          sys.executable, os.path.realpath(__file__), os.path.realpath(sys.argv[1]), *sys.argv[2:]])

TOOL = sys.argv[1]
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
POINTS = int(sys.argv[3]) if len(sys.argv) > 3 else 60
JOBS = 25
os.environ["SWIFT_BACKTRACE"] = "enable=no"
# Orphans of dead keepers become ours; nobody else buries them.
signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def bury():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


class Torture:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.work = tempfile.mkdtemp(prefix="lodestar-kills.", dir="/var/tmp")
        os.makedirs(f"{self.work}/schedules")
        for number in range(JOBS):
            name = f"job-{number}"
            with open(f"{self.work}/schedules/{name}.json", "w") as file:
                json.dump({"format": 1, "name": name, "every": "1s", "catch_up": {"all": 100}, "overlap": {"allow": 100},
                           "run": f'echo "$RUN_ID" >> {self.work}/starts'}, file)
        with open(f"{self.work}/agent.yaml", "w") as file:
            json.dump({"state": f"{self.work}/state", "runtime": f"{self.work}/run", "schedules": f"{self.work}/schedules",
                       "scheduler": {"concurrent": 500, "starts_per_second": 1000, "burst": 1000}}, file)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(f"{self.work}/notify")
        self.recorded, self.kills, self.keeper_kills = {}, 0, 0

    def start(self, prefix=(), seconds=10):
        self.notify.setblocking(False)
        try:
            while self.notify.recv(4096):
                pass
        except BlockingIOError:
            pass
        self.notify.settimeout(seconds)
        environment = {**os.environ, "NOTIFY_SOCKET": f"{self.work}/notify"}
        log = open(f"{self.work}/log", "a")
        agent = subprocess.Popen([*prefix, TOOL, "agent", "--config", f"{self.work}/agent.yaml"], stderr=log, env=environment)
        log.close()
        return agent

    def is_ready(self):
        try:
            while b"READY=1" not in self.notify.recv(4096):
                pass
            return True
        except (TimeoutError, socket.timeout):
            return False

    def keepers(self):
        found = []
        for number in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{number}/stat") as file:
                    text = file.read()
                if "(lodestar-keeper)" in text and text.rsplit(")", 1)[1].split()[0] != "Z":
                    found.append(int(number))
            except OSError:
                pass
        return found

    def kill(self, agent, with_keeper):
        if with_keeper:
            self.keeper_kills += 1
            for number in self.keepers():
                os.kill(number, signal.SIGKILL)
        agent.kill()
        agent.wait()
        self.kills += 1
        if self.kills % 100 == 0:
            self.snapshot()
            bury()

    def snapshot(self):
        """What the agent has recorded as anything but success, before its history forgets it."""
        try:
            database = sqlite3.connect(f"file:{self.work}/state/agent.db?mode=ro", uri=True, timeout=10)
            rows = database.execute("SELECT job, tick, result FROM runs WHERE phase = 'ended' AND result <> 'succeeded'").fetchall()
            database.close()
        except sqlite3.OperationalError:
            return
        for job, tick, result in rows:
            self.recorded[(job, tick)] = result

    def random_kills(self, count, forget=False):
        for number in range(count):
            agent = self.start()
            if self.random.random() < 0.9:
                self.is_ready()
            time.sleep(self.random.uniform(0, 0.06))
            self.kill(agent, self.random.random() < 0.05)
            if forget:
                for name in ["agent.db", "agent.db-wal", "agent.db-shm"]:
                    if os.path.exists(f"{self.work}/state/{name}"):
                        os.unlink(f"{self.work}/state/{name}")

    def call_kills(self, count):
        """Kills at the n-th system call of a kind: the disk, the keeper, the clock, the sockets."""
        calls = ["fdatasync", "pwrite64", "sendto", "recvfrom", "timerfd_settime", "poll", "openat", "ftruncate"]
        for number in range(count):
            call, when = calls[number % len(calls)], 1 + self.random.randrange(1 + 4 * (number // len(calls)))
            agent = self.start(("strace", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={when}"))
            try:
                agent.wait(3)
                self.kills += 1
            except subprocess.TimeoutExpired:
                tool = subprocess.run(["pgrep", "-P", str(agent.pid)], capture_output=True, text=True).stdout.split()
                for child in tool:
                    os.kill(int(child), signal.SIGKILL)
                agent.wait()
                self.kills += 1
        self.snapshot()

    def judge(self):
        agent = self.start()
        self.is_ready()
        time.sleep(4)
        agent.terminate()
        agent.wait()
        for number in self.keepers():
            os.kill(number, signal.SIGKILL)
        self.snapshot()
        with open(f"{self.work}/starts") as file:
            starts = file.read().split()
        doubled = len(starts) - len(set(starts))
        ticks = {}
        for name in starts:
            job, tick, _ = name.rsplit(".", 2)
            ticks.setdefault(job, []).append(int(tick))
        doubled += sum(len(list_) - len(set(list_)) for list_ in ticks.values())
        results, lost = {}, []
        for job, ran in ticks.items():
            ran = set(ran)
            for tick in range(min(ran), max(ran) + 1, 1000):
                if tick in ran:
                    continue
                result = self.recorded.get((job, tick))
                results[result] = results.get(result, 0) + 1
                if result not in ("ambiguous", "lost"):
                    lost.append(f"{job}.{tick} ({result})")
        return len(starts), doubled, lost, results

    def end(self):
        self.notify.close()
        shutil.rmtree(self.work, ignore_errors=True)


control = Torture(1)
control.random_kills(40, forget=True)
_, _, lost, _ = control.judge()
control.end()
if not lost:
    print("the control without a database lost nothing: this test sees nothing")
    sys.exit(1)

torture = Torture(int(os.environ.get("SEED", "2026")))
began = time.time()
torture.call_kills(POINTS)
torture.random_kills(KILLS)
count, doubled, lost, results = torture.judge()
print(f"{torture.kills} kills ({torture.keeper_kills} with the keeper) in {time.time() - began:.0f} s, {count} starts: "
      f"{doubled} doubled, {len(lost)} lost, recorded instead: {results}")
for name in lost[:20]:
    print(f"LOST {name}")
if doubled or lost:
    print("".join(open(f"{torture.work}/log").readlines()[-30:]))
else:
    torture.end()
sys.exit(1 if doubled or lost else 0)
