#!/usr/bin/env python3
"""Runs a real agent in a private namespace and checks what it does: jobs each second, adoption after SIGTERM and SIGKILL,
a keeper that dies, timeouts, reload, status, pause, the converge loop, sd_notify.
  agent.py LODESTAR
"""
import json, os, shutil, signal, socket, subprocess, sys, tempfile, time

import harness
from harness import expect, failures, write

harness.enter()
TOOL = sys.argv[1]
WORK = tempfile.mkdtemp(prefix="lodestar-agent.", dir="/var/tmp")
CONFIG = f"{WORK}/agent.yaml"


def wait_for(claim, condition, seconds=8.0):
    return harness.wait_for(claim, condition, seconds)


def define(name, **properties):
    write(f"{WORK}/schedules/{name}.json", json.dumps({"format": 1, "name": name, **properties}))


def lodestar(*arguments):
    done = subprocess.run([TOOL, *arguments], capture_output=True, text=True, timeout=30)
    return done.returncode, done.stdout, done.stderr


def status():
    code, out, _ = lodestar("status", "--config", CONFIG, "--format", "json")
    return json.loads(out) if code == 0 else None


def history(job, *more):
    code, out, _ = lodestar("schedule", "history", job, "--config", CONFIG, "--format", "json", *more)
    return json.loads(out) if code == 0 else []


def ended(job):
    return [run for run in history(job, "--output") if run["phase"] == "ended"]


def lines(path):
    try:
        with open(path) as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


class Agent:
    def __init__(self):
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(f"{WORK}/notify")
        self.notify.settimeout(10)

    def start(self):
        environment = {**os.environ, "NOTIFY_SOCKET": f"{WORK}/notify", "WATCHDOG_USEC": "4000000"}
        self.notify.setblocking(False)
        try:
            while self.notify.recv(4096):
                pass
        except BlockingIOError:
            self.notify.settimeout(10)
        self.log = open(f"{WORK}/log", "a")
        self.process = subprocess.Popen([TOOL, "agent", "--config", CONFIG], stderr=self.log, env=environment)
        while b"READY=1" not in self.notify.recv(4096):
            pass

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(10)


def keeper():
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/comm") as file:
                if file.read().strip() == "lodestar-keeper" and os.readlink(f"/proc/{number}/exe"):
                    return int(number)
        except OSError:
            pass
    return None


def settings(source=None, **converge):
    write(CONFIG, json.dumps({
        **({"source": source} if source else {}),
        "state": f"{WORK}/state", "runtime": f"{WORK}/run", "schedules": f"{WORK}/schedules",
        "metrics": f"{WORK}/lodestar.prom", "converge": converge}))


def test_settings():
    write(CONFIG, "schedules: /x\nconverge:\n  mode: reprot\n  interval: 1s\nsheduler: {}\n")
    code, _, error = lodestar("agent", "--config", CONFIG, "--check-config")
    expect("wrong settings are refused", code == 65, code)
    for part in ["agent.yaml:3:9: error: `mode`", "agent.yaml:4:13: error: `interval`", "did you mean `scheduler`?"]:
        expect(f"the message says {part}", part in error, error)
    expect("settings that are not there", lodestar("agent", "--config", "/none", "--check-config")[0] == 66)
    settings()
    expect("good settings", lodestar("agent", "--config", CONFIG, "--check-config")[0] == 0)
    example = os.path.join(os.path.dirname(__file__), "../../Examples/agent/agent.yaml")
    code, _, error = lodestar("agent", "--config", example, "--check-config")
    expect("the example is good", code == 0 and not error, error)
    expect("no agent to ask", lodestar("status", "--config", CONFIG)[0] == 69)


def test_runs(agent):
    define("tick", every="1s", argv=["/bin/sh", "-c", 'echo "$SCHEDULED_FOR" >> %s/ticks' % WORK])
    define("who", every="1s", user="nobody", cwd="/tmp", umask="0027", nice=5, io_class="idle", env={"A": "b c"},
           limits={"nofile": 77},
           run='id -un; pwd; umask; nice; ulimit -n; echo "$A"; cat; echo "$RUN_ID"; ps -o pgid=,sid=,pid= -p $$')
    define("fails", every="1s", run="echo oops >&2; exit 3")
    define("absent", every="1s", argv=["/none/such"])
    define("slow", every="1s", timeout="1s", kill_after="500ms", overlap="skip",
           run="trap '' TERM; sleep 100 & echo $! >> %s/grandchild; wait; sleep 100" % WORK)
    define("loud", every="1s", run="head -c 100000 /dev/zero | tr '\\0' x; echo end")
    define("off", every="1s", run="touch %s/off" % WORK, enabled=False)
    agent.start()
    wait_for("ticks are run", lambda: len(lines(f"{WORK}/ticks")) >= 4)
    ticks = lines(f"{WORK}/ticks")
    expect("each second's tick runs once", len(set(ticks)) == len(ticks), ticks)
    run = wait_for("a run as another user ends", lambda: ended("who"))[0]
    output = run["output"].splitlines()
    expect("the run has its identity, directory, mask, limits and environment",
           output[:6] == ["nobody", "/tmp", "0027", "5", "77", "b c"], output)
    expect("RUN_ID names the run", len(output) > 6 and output[6] == run["run"], output)
    expect("its own session and process group", len(set(output[-1].split())) == 1, output[-1])
    run = wait_for("a failing run ends", lambda: ended("fails"))[0]
    expect("its exit code and output are kept", (run["result"], run["exit_code"], run["output"]) == ("failed", 3, "oops\n"), run)
    run = wait_for("a program that is absent", lambda: ended("absent"))[0]
    expect("is not started", run["result"] == "not_started" and "ENOENT" in run["reason"], run)
    run = wait_for("a run that takes too long ends", lambda: [r for r in ended("slow") if r["result"] == "timed_out"])[0]
    grandchild = lines(f"{WORK}/grandchild")
    expect("its grandchildren are killed", not any(os.path.exists(f"/proc/{pid}") and b"sleep" in open(f"/proc/{pid}/cmdline", "rb").read()
                                                 for pid in grandchild[:1] if run), grandchild)
    expect("the tick during it is skipped and recorded", any(r["result"] == "skipped" for r in history("slow")))
    run = wait_for("a loud run ends", lambda: ended("loud"))[0]
    expect("head and tail are kept", run["output_bytes"] == 100004 and run["output"].endswith("xend\n")
           and "... 34468 bytes left out ..." in run["output"], run["output"][-40:])
    expect("what is switched off does not run", not os.path.exists(f"{WORK}/off"))
    second = subprocess.run([TOOL, "agent", "--config", CONFIG], capture_output=True, timeout=20)
    expect("there is one agent", second.returncode == 75, second.stderr)
    code, out, error = lodestar("schedule", "run", "fails", "--wait", "--config", CONFIG)
    expect("a run on demand fails as it does", code == 1 and "oops" in out + error and "manual" in error, (code, out, error))
    code, out, error = lodestar("schedule", "run", "none", "--config", CONFIG)
    expect("an unknown schedule", code == 1 and "expected the name of a schedule" in error, error)
    code, out, _ = lodestar("schedule", "list", "--config", CONFIG, "--format", "json")
    names = [row["name"] for row in json.loads(out)]
    expect("all schedules are listed", names == ["absent", "fails", "loud", "off", "slow", "tick", "who"], names)
    expect("sockets are root's alone", oct(os.stat(f"{WORK}/run/agent.sock").st_mode & 0o777) == "0o600")
    expect("the database is root's alone", oct(os.stat(f"{WORK}/state/agent.db").st_mode & 0o777) == "0o600")
    for name in ["who", "fails", "absent", "slow", "loud", "off"]:
        os.unlink(f"{WORK}/schedules/{name}.json")
    wait_for("removed files are jobs no more", lambda: status()["schedules"]["jobs"] == 1)


def test_adoption(agent):
    for name, number in [("terminated", signal.SIGTERM), ("killed", signal.SIGKILL)]:
        define(name, after="600s", run="echo began; sleep 2.5; echo ended; exit 9")
        wait_for(f"{name} is known", lambda: any(r["name"] == name for r in json.loads(
            lodestar("schedule", "list", "--config", CONFIG, "--format", "json")[1])) and status()["schedules"]["jobs"] == 2)
        lodestar("schedule", "run", name, "--config", CONFIG)
        wait_for("the long run starts", lambda: [r for r in history(name) if r["phase"] == "started"])
        agent.stop(number)
        time.sleep(0.3)
        agent.start()
        runs = wait_for("the long run ends", lambda: ended(name))
        expect(f"a run of an agent that was {name} is adopted with its output and status",
               runs and (runs[0]["result"], runs[0]["exit_code"], runs[0]["output"]) == ("failed", 9, "began\nended\n"), runs)
        os.unlink(f"{WORK}/schedules/{name}.json")
        wait_for("one job is left", lambda: status()["schedules"]["jobs"] == 1)
    ticks = lines(f"{WORK}/ticks")
    expect("no tick runs twice over restarts", len(set(ticks)) == len(ticks), [t for t in ticks if ticks.count(t) > 1])
    seconds = int(time.time()) - 2 - int(time.mktime(time.strptime(ticks[0], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone)
    missed = json.loads(lodestar("schedule", "list", "--config", CONFIG, "--format", "json")[1])[0]["missed"]
    expect("each tick ran or is counted as missed", len(ticks) + missed >= seconds, (len(ticks), missed, seconds))


def test_dead_keeper(agent):
    define("long", after="600s", run="sleep 2")
    wait_for("it is known", lambda: status()["schedules"]["jobs"] == 2)
    lodestar("schedule", "run", "long", "--config", CONFIG)
    wait_for("it starts", lambda: [r for r in history("long") if r["phase"] == "started"])
    time.sleep(0.4)
    os.kill(keeper(), signal.SIGKILL)
    before = len(lines(f"{WORK}/ticks"))
    wait_for("jobs go on with another keeper", lambda: len(lines(f"{WORK}/ticks")) >= before + 3)
    runs = wait_for("the orphan's end is seen", lambda: ended("long"))
    expect("its status is lost, and that is said", runs and runs[0]["result"] == "lost", runs)
    os.unlink(f"{WORK}/schedules/long.json")


def test_reload(agent):
    define("broken", every="0s", run="true")
    wait_for("a refused file is counted", lambda: status()["schedules"]["refused"] == 1)
    define("broken", every="2s", run="true")
    wait_for("a repaired one is taken", lambda: status()["schedules"]["refused"] == 0)
    os.chmod(f"{WORK}/schedules/broken.json", 0o666)
    agent.process.send_signal(signal.SIGHUP)
    write(f"{WORK}/schedules/broken.json", open(f"{WORK}/schedules/broken.json").read(), 0o666)
    wait_for("a file that others may write is refused", lambda: status()["schedules"]["refused"] == 1)
    os.unlink(f"{WORK}/schedules/broken.json")
    expect("the reason is in the log", any("only its owner root can write" in line for line in lines(f"{WORK}/log")))


def reports():
    return [json.loads(line) for line in lines(f"{WORK}/state/reports.jsonl")]


def test_converge(agent):
    agent.stop()
    root, site = f"{WORK}/root", f"{WORK}/site"
    for path in ["etc", "var/lib"]:
        os.makedirs(f"{root}/{path}", exist_ok=True)
    write(f"{root}/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    write(f"{root}/etc/group", "root:x:0:\n")
    write(f"{root}/etc/hostname", "agent-test\n")
    write(f"{site}/site.yaml", "site: agent\n")
    write(f"{site}/manifests/all.yaml", "file:\n  /etc/motd: {content: \"one\\n\"}\n")
    settings(source=site, root=root, interval="10m")
    agent.start()
    wait_for("a report is written at the start", lambda: len(reports()) == 1)
    report = reports()[0]
    expect("the first mode only reports", (report["mode"], report["trigger"], report["result"]) == ("report", "start", "differs"), report)
    expect("the plan is in the report", report["report"]["resources"][0]["address"] == "file:/etc/motd", report)
    expect("nothing is changed", not os.path.exists(f"{root}/etc/motd"))
    agent.stop()
    settings(source=site, root=root, interval="10m", mode="apply", on_start=False)
    agent.start()
    write(f"{site}/manifests/all.yaml", "file:\n  /etc/motd: {content: \"two\\n\"}\n")
    wait_for("a change of the site is applied", lambda: lines(f"{root}/etc/motd") == ["two"])
    wait_for("and reported", lambda: len(reports()) == 2)
    expect("with its trigger", (reports()[1]["trigger"], reports()[1]["result"]) == ("change", "changed"), reports()[1])
    code, out, _ = lodestar("pause", "--for", "1h", "--reason", "a test", "--config", CONFIG)
    expect("a pause is told", code == 0 and "a test" in out, out)
    agent.stop(signal.SIGKILL)
    agent.start()
    write(f"{root}/etc/motd", "drift\n")
    agent.process.send_signal(signal.SIGHUP)
    time.sleep(1)
    expect("a pause survives the agent", status()["paused"]["reason"] == "a test" and len(reports()) == 2, status())
    lodestar("pause", "--for", "1h", "--reason", "all of it", "--schedules", "--config", CONFIG)
    time.sleep(0.5)
    before = len(lines(f"{WORK}/ticks"))
    time.sleep(1.5)
    expect("schedules can be paused too", len(lines(f"{WORK}/ticks")) == before)
    lodestar("pause", "--resume", "--config", CONFIG)
    wait_for("drift is repaired after the pause", lambda: lines(f"{root}/etc/motd") == ["two"])
    wait_for("by the signal", lambda: len(reports()) == 3 and reports()[2]["trigger"] == "signal")
    write(f"{site}/manifests/all.yaml", "file: [\n")
    wait_for("a broken site is reported", lambda: len(reports()) == 4 and reports()[3]["exit_code"] == 65)
    expect("with what is wrong", "error" in reports()[3]["said"], reports()[3])
    metrics = wait_for("metrics are written", lambda: [line for line in lines(f"{WORK}/lodestar.prom") if "converge_exit_code{" in line and line.endswith(" 65")])
    expect("the loop's exit code is a metric", bool(metrics))
    agent.stop()
    settings(source=site, root=root, interval="10m", mode="apply", windows=[{"cron": "0 0 29 2 *", "length": "1s"}])
    write(f"{site}/manifests/all.yaml", "file:\n  /etc/motd: {content: \"three\\n\"}\n")
    agent.start()
    wait_for("outside the windows it reports", lambda: len(reports()) == 5 and reports()[4]["mode"] == "report")
    expect("and changes nothing", lines(f"{root}/etc/motd") == ["two"])


def test_watchdog(agent):
    agent.notify.settimeout(5)
    told = b""
    while b"WATCHDOG=1" not in told:
        told = agent.notify.recv(4096)
    expect("the watchdog hears", True)
    expect("an agent that is asked to stop ends with 0", agent.stop() == 0)
    while b"STOPPING=1" not in told:
        told = agent.notify.recv(4096)
    wait_for("no keeper stays without runs", lambda: keeper() is None)


try:
    test_settings()
    agent = Agent()
    test_runs(agent)
    test_adoption(agent)
    test_dead_keeper(agent)
    test_reload(agent)
    test_converge(agent)
    test_watchdog(agent)
finally:
    if failures:
        print("".join(open(f"{WORK}/log").readlines()[-40:]))
    shutil.rmtree(WORK, ignore_errors=True)
print("the agent runs, adopts, reloads, pauses and converges" if not failures else f"{len(failures)} failures")
sys.exit(1 if failures else 0)
