#!/usr/bin/env python3
"""Measures the agent beside Debian's cron, in a private namespace: the figures of Docs/agent.md.
  agent.py LODESTAR TEST-ROOT [quick]
"""
import json, os, shutil, signal, socket, subprocess, sys, tempfile, time

if os.environ.get("LODESTAR_AGENT_TEST") != "inside":
    os.environ["LODESTAR_AGENT_TEST"] = "inside"
    os.execvp("unshare", ["unshare", "-m", "-p", "-f", "--mount-proc", "--propagation", "private", "--kill-child",
                          sys.executable, os.path.realpath(__file__), os.path.realpath(sys.argv[1]), *sys.argv[2:]])

TOOL, ROOT = sys.argv[1], sys.argv[2]
QUICK = "quick" in sys.argv
WORK = tempfile.mkdtemp(prefix="lodestar-bench.", dir="/var/tmp")
os.environ["SWIFT_BACKTRACE"] = "enable=no"

# The floor: a timer and a spawn, nothing else.
FLOOR = r"""
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
int main(int count, char **words) {
    int timer = timerfd_create(CLOCK_REALTIME, 0);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    for (int number = 1; number <= atoi(words[3]); number++) {
        struct itimerspec next = {.it_value = {.tv_sec = now.tv_sec + number}};
        timerfd_settime(timer, TFD_TIMER_ABSTIME, &next, NULL);
        uint64_t fired;
        if (read(timer, &fired, sizeof fired) < 0) return 1;
        char name[64];
        snprintf(name, sizeof name, "floor.%lld000.1", (long long)next.it_value.tv_sec);
        char *arguments[] = {words[1], words[2], name, NULL};
        pid_t process;
        posix_spawn(&process, words[1], NULL, NULL, arguments, NULL);
        waitpid(process, NULL, 0);
    }
}
"""
STAMP = r"""
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
int main(int count, char **words) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    char line[256];
    int length = snprintf(line, sizeof line, "%lld.%09ld %s\n", (long long)now.tv_sec, now.tv_nsec, count > 2 ? words[2] : getenv("RUN_ID"));
    int file = open(words[1], O_WRONLY | O_CREAT | O_APPEND, 0666);
    return write(file, line, length) != length;
}
"""
with open(f"{WORK}/stamp.c", "w") as file:
    file.write(STAMP)
with open(f"{WORK}/floor.c", "w") as file:
    file.write(FLOOR)
for name in ["stamp", "floor"]:
    subprocess.run(["cc", "-O2", "-static", "-o", f"{WORK}/{name}", f"{WORK}/{name}.c"], check=True)


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


def usage(pid):
    """Seconds on a processor, wake-ups, resident bytes."""
    with open(f"/proc/{pid}/schedstat") as file:
        seconds = int(file.read().split()[0]) / 1e9
    with open(f"/proc/{pid}/status") as file:
        fields = dict(line.split(":", 1) for line in file)
    return seconds, int(fields["voluntary_ctxt_switches"]), int(fields["VmRSS"].split()[0]) * 1024, int(fields["RssAnon"].split()[0]) * 1024


def minute(pid):
    """What a minute costs, and how often the process was woken in it: the returns of its ppoll(2)."""
    path = f"{WORK}/polls"
    trace = subprocess.Popen(["strace", "-qq", "-o", path, "-e", "trace=ppoll", "-p", str(pid)], stderr=subprocess.DEVNULL)
    time.sleep(1)
    before = usage(pid)
    time.sleep(60)
    after = usage(pid)
    trace.send_signal(signal.SIGINT)
    trace.wait()
    with open(path) as file:
        return before, after, sum(" = 1 " in line for line in file)


def stamps(path):
    try:
        with open(path) as file:
            return [(float(line.split()[0]), line.split()[1]) for line in file]
    except FileNotFoundError:
        return []


class Agent:
    def __init__(self, name, **limits):
        self.work = f"{WORK}/{name}"
        os.makedirs(f"{self.work}/schedules")
        with open(f"{self.work}/agent.yaml", "w") as file:
            json.dump({"state": f"{self.work}/state", "runtime": f"{self.work}/run", "schedules": f"{self.work}/schedules",
                       "scheduler": limits}, file)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(f"{self.work}/notify")

    def define(self, name, **properties):
        path = f"{self.work}/schedules/{name}.json"
        with open(f"{path}.new", "w") as file:
            json.dump({"format": 1, "name": name, **properties}, file)
        os.rename(f"{path}.new", path)

    def start(self):
        began = time.time()
        self.process = subprocess.Popen([TOOL, "agent", "--config", f"{self.work}/agent.yaml"], stderr=subprocess.DEVNULL,
                                        env={**os.environ, "NOTIFY_SOCKET": f"{self.work}/notify"})
        self.wait_ready()
        return time.time() - began

    def wait_ready(self):
        while b"READY=1" not in self.notify.recv(4096):
            pass

    def keeper(self):
        for number in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{number}/stat") as file:
                    text = file.read()
                if "(lodestar-keeper)" in text and ") Z" not in text:
                    return int(number)
            except OSError:
                pass

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.notify.close()
        keeper = self.keeper()
        if keeper:
            os.kill(keeper, signal.SIGKILL)


def say(what, agent, cron, aim):
    print(f"| {what} | {cron} | {agent} | {aim} |", flush=True)


def lateness(values):
    late = sorted(1000 * value for value in values)
    return f"p50 {percentile(late, .5):.1f} ms, p99 {percentile(late, .99):.1f} ms, n {len(late)}"


class Cron:
    """Debian's cron in an overlay of the disposable root."""

    def __init__(self, lines):
        self.root = tempfile.mkdtemp(dir=WORK)
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", self.root], check=True)
        for name in ["upper", "work", "root"]:
            os.mkdir(f"{self.root}/{name}")
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o",
                        f"lowerdir={ROOT},upperdir={self.root}/upper,workdir={self.root}/work", f"{self.root}/root"], check=True)
        self.root += "/root"
        subprocess.run(["mount", "-t", "proc", "proc", f"{self.root}/proc"], check=True)
        subprocess.run(["mount", "--bind", "/dev", f"{self.root}/dev"], check=True)
        shutil.copy(f"{WORK}/stamp", f"{self.root}/bin/stamp")
        for folder in ["cron.d", "cron.hourly", "cron.daily"]:
            for name in os.listdir(f"{self.root}/etc/{folder}"):
                os.unlink(f"{self.root}/etc/{folder}/{name}")
        with open(f"{self.root}/etc/crontab", "w") as file:
            file.write("MAILTO=\"\"\n" + "".join(lines))
        os.chmod(f"{self.root}/etc/crontab", 0o644)
        self.process = subprocess.Popen(["chroot", self.root, "/usr/sbin/cron", "-f"], stderr=subprocess.DEVNULL)

    def stop(self):
        self.process.kill()
        self.process.wait()


def cron_figures():
    figures = {}
    cron = Cron(["* * * * * root /bin/stamp /stamps x\n"])
    time.sleep(65 if QUICK else 185)
    found = stamps(f"{cron.root}/stamps")
    figures["late"] = lateness([at % 60 for at, _ in found]) if found else "-"
    cron.stop()
    cron = Cron([f"* * * * * root /bin/stamp /stamps {number}\n" for number in range(300)])
    while not stamps(f"{cron.root}/stamps"):
        time.sleep(1)
    time.sleep(15)
    first = stamps(f"{cron.root}/stamps")[:300]
    figures["300"] = f"last at +{max(at % 60 for at, _ in first):.2f} s, {len(first)} ran"
    cron.stop()
    cron = Cron([f"0 0 1 1 * root /bin/stamp /stamps {number}\n" for number in range(10000)])
    time.sleep(5)
    before = usage(cron.process.pid)
    time.sleep(61)
    after = usage(cron.process.pid)
    figures["idle"] = f"{1000 * (after[0] - before[0]):.1f} ms, {after[1] - before[1]} wake-ups, {after[2] / 2**20:.1f} MiB resident"
    cron.stop()
    return figures


def agent_figures(cron):
    agent = Agent("late")
    agent.define("one", every="1s", spread="off", argv=[f"{WORK}/stamp", f"{agent.work}/stamps"])
    agent.start()
    seconds = 20 if QUICK else 120
    subprocess.run([f"{WORK}/floor", f"{WORK}/stamp", f"{WORK}/floor.stamps", str(seconds)], check=True)
    late, floor = [[at - int(name.split(".")[-2]) / 1000 for at, name in stamps(path)]
                   for path in [f"{agent.work}/stamps", f"{WORK}/floor.stamps"]]
    say("start after the nominal instant, idle", f"{lateness(late[1:])} (a timer and posix_spawn beside it: {lateness(floor)})",
        cron["late"], "p50 < 3 ms, p99 < 20 ms")
    agent.stop()

    agent = Agent("idle")
    base_start = agent.start()
    time.sleep(2)
    base = usage(agent.process.pid)
    keeper = usage(agent.keeper())
    _, after, wakes = minute(agent.process.pid)
    say("idle, no jobs: resident", f"{base[2] / 2**20:.1f} MiB ({base[3] / 2**20:.1f} its own), keeper {keeper[2] / 2**20:.1f} MiB ({keeper[3] / 2**20:.1f}); "
        f"{wakes} wake-ups a minute", "-", "<= 12 MiB, <= 1")
    agent.stop()

    agent = Agent("burst", concurrent=32)
    for number in range(300):
        agent.define(f"job-{number}", every="20s", spread="off", argv=[f"{WORK}/stamp", f"{agent.work}/stamps"])
    agent.start()
    while len(stamps(f"{agent.work}/stamps")) < 300:
        time.sleep(0.5)
    first = stamps(f"{agent.work}/stamps")[:300]
    say("300 jobs in one second", f"last at +{max(at - int(name.split('.')[-2]) / 1000 for at, name in first):.2f} s, {len({n for _, n in first})} ran",
        cron["300"], "last < 1 s, none lost")
    agent.stop()

    agent = Agent("many")
    for number in range(10000):
        agent.define(f"job-{number:05}", cron="0 0 1 1 *", argv=["/bin/true"], catch_up="skip")
    first_start = agent.start()
    agent.process.terminate()
    agent.process.wait()
    second_start = agent.start()
    time.sleep(3)
    before, after, wakes = minute(agent.process.pid)
    say("10,000 jobs, none due", f"{1000 * (after[0] - before[0]):.1f} ms, {wakes} wake-ups, {after[2] / 2**20:.1f} MiB resident, "
        f"{(after[3] - base[3]) / 10000:.0f} bytes a job", cron["idle"], "< 5 ms a minute, one wake-up; < 2 KiB a job")
    agent.define("job-00077", cron="1 0 1 1 *", argv=["/bin/true"])
    began = time.time()
    agent.process.send_signal(signal.SIGHUP)
    agent.wait_ready()
    reload = time.time() - began
    say("load 10,000 / reload with one change", f"{1000 * (first_start - base_start):.0f} ms first, {1000 * (second_start - base_start):.0f} ms again / {1000 * reload:.1f} ms",
        "-", "< 500 ms / < 20 ms")
    agent.stop()

    agent = Agent("spread")
    for number in range(10000):
        agent.define(f"job-{number:05}", every="60s", argv=["/bin/true"])
    agent.start()
    time.sleep(10)
    before, keeper_before = usage(agent.process.pid), usage(agent.keeper())
    time.sleep(20 if QUICK else 60)
    after, keeper_after = usage(agent.process.pid), usage(agent.keeper())
    span = 20 if QUICK else 60
    trace = subprocess.Popen(["strace", "-qq", "-c", "-o", f"{WORK}/syncs", "-e", "trace=fsync,fdatasync", "-p", str(agent.process.pid)])
    time.sleep(20)
    trace.send_signal(signal.SIGINT)
    trace.wait()
    with open(f"{WORK}/syncs") as file:
        syncs = sum(int(line.split()[3]) for line in file if line.split() and line.split()[-1] in ("fsync", "fdatasync"))
    say("10,000 jobs spread over a minute", f"agent {100 * (after[0] - before[0]) / span:.1f} % of a core, keeper {100 * (keeper_after[0] - keeper_before[0]) / span:.1f} %, "
        f"{syncs / 20:.1f} fsync/s, {after[2] / 2**20:.1f} MiB resident", "-", "agent < 5 %, <= 10 fsync/s")
    agent.stop()


try:
    print("| what | Debian's cron | agent | aim |\n|---|---|---|---|", flush=True)
    nothing = {"late": "-", "300": "-", "idle": "-"}
    agent_figures(cron_figures() if os.path.exists(f"{ROOT}/usr/sbin/cron") and "agent-only" not in sys.argv else nothing)
finally:
    subprocess.run(f"umount -R -l {WORK}/tmp*", shell=True, stderr=subprocess.DEVNULL)
    shutil.rmtree(WORK, ignore_errors=True)
