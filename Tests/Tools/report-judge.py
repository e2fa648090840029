"""Called by report-judge.sh: LODESTAR ROOT WORK RECEIVER."""
import atexit
import json
import os
import signal
import subprocess
import sys
import time

import jsonschema
from web_servers import Listener, answer, authority, certificate, head, raw

lodestar, root, work, receiver = sys.argv[1:]
ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
keys, state, config = f"{work}/keys", f"{work}/state", f"{work}/agent.yaml"


def fail(*words):
    print("FAILED", *words)
    sys.exit(1)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def read(path):
    with open(path) as file:
        return file.read()


def run(*words):
    done = subprocess.run([lodestar, *words], capture_output=True, env=ENV)
    return done.returncode, (done.stdout + done.stderr).decode()


def wait(what, seconds=20):
    end = time.monotonic() + seconds
    while not (found := what()):
        if time.monotonic() > end:
            return None
        time.sleep(0.05)
    return found


def lines():
    try:
        return [json.loads(line) for line in read(f"{state}/reports.jsonl").splitlines()]
    except FileNotFoundError:
        return []


def spooled():
    try:
        return sorted(name for name in os.listdir(f"{state}/spool") if name.endswith(".json"))
    except FileNotFoundError:
        return []


authority(keys, "ca")
certificate(keys, "good", "ca", "DNS:localhost,IP:127.0.0.1")
write(f"{work}/token", "secret-of-the-host\n")
write(f"{work}/tokens", "# who may speak\nsecret-of-the-host *\n")
write(f"{work}/site/manifests/a.yaml", "file: {/etc/reported: {content: one}}\n")
started = subprocess.Popen(
    [receiver, "--folder", f"{work}/fleet", "--tokens", f"{work}/tokens", "--cert", f"{keys}/good.pem", "--key", f"{keys}/good.key", "--address", "127.0.0.1:0"],
    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENV)
atexit.register(started.kill)
port = int(started.stdout.readline().decode().rpartition(":")[2])


def settings(port, more=""):
    write(config, f"""source: {work}/site
state: {state}
runtime: {work}/runtime
schedules: {work}/schedules
report: {{url: "https://localhost:{port}/report", token_file: {work}/token, ca: {keys}/ca.pem, facts: [os, hostname]{more}}}
converge: {{root: {root}, mode: apply, on_change: false}}
""")


def begin():
    before = len(lines())
    with open(f"{work}/log", "a") as log:
        agent = subprocess.Popen([lodestar, "agent", "--config", config], env=ENV, stdout=log, stderr=log)
    atexit.register(lambda: agent.poll() is None and agent.kill())
    if not wait(lambda: len(lines()) > before):
        fail("no first converge", read(f"{work}/log"))
    return agent


def converge(agent, count):
    before = len(lines())
    for number in range(count):
        agent.send_signal(signal.SIGHUP)
        if not wait(lambda: len(lines()) > before + number):
            fail("no converge", read(f"{work}/log"))


# As written: facts and the last report of the host, and the report is what its schema says.
settings(port)
agent = begin()
report = wait(lambda: lines() and lines()[0])
if not report or report["exit_code"] != 2 or report["code"] is not None:
    fail("the converge", report, read(f"{work}/log"))
host = report["host"]["id"]
if not wait(lambda: os.path.exists(f"{work}/fleet/reports/{host}.json") and not spooled()):
    fail("nothing came", read(f"{work}/log"), spooled())
if json.loads(read(f"{work}/fleet/reports/{host}.json")) != report or set(json.loads(read(f"{work}/fleet/facts/{host}.json"))) != {"os", "hostname"}:
    fail("something else came")
schema = json.loads(run("schema", "report")[1])
jsonschema.Draft202012Validator.check_schema(schema)
if "secret-of-the-host" in read(f"{work}/log") + json.dumps(report):
    fail("the token is told")

# What failed has a code, the receiver may look for it.
os.makedirs(f"{root}/srv/there/inside")
write(f"{work}/site/manifests/b.yaml", "file: {/srv/there: {content: x}, /etc/after: {content: y, require: [\"file:/srv/there\"]}}\n")
converge(agent, 1)
failures = lines()[-1]["failures"]
if lines()[-1]["code"] != 66003 or not failures or any(not run("explain", str(failure["code"]))[1].startswith(f"{failure['code']}: ") for failure in failures):
    fail("expected failures with codes", lines()[-1])
write(f"{work}/site/manifests/b.yaml", "fil: {}\n")
converge(agent, 1)
if lines()[-1]["code"] != 50001 or lines()[-1]["attribution"] != "user":
    fail("expected a site that is refused", lines()[-1])
os.remove(f"{work}/site/manifests/b.yaml")
if not wait(lambda: not spooled()):
    fail("some wait", spooled(), read(f"{work}/log"))
for line in lines():
    jsonschema.validate(line, schema)

# Receivers that take none, or not this one: nothing is lost, and no converge waits.
mode = {"serve": None}
seen = []


def bad(connection):
    line, fields, body = head(connection)
    seen.append((fields, body))
    mode["serve"](None, connection, None, None)


other = Listener(bad, f"{keys}/good").port
settings(other)
for name, serve in [("500", raw(answer(500, {}))), ("413", raw(answer(413, {}))), ("garbage", raw(b"\0garbage\r\n\r\n")), ("redirect", raw(answer(307, {"Location": "https://localhost/"}))), ("slow", raw(b"", every=8))]:
    mode["serve"] = serve
    agent.send_signal(signal.SIGTERM)
    agent.wait(20)
    seen.clear()
    before, told = len(spooled()), read(f"{work}/log").count("reports wait:")
    agent = begin()
    start = time.monotonic()
    converge(agent, 2)
    if len(spooled()) != before + 3 or time.monotonic() - start > 10:
        fail(name, "lost, or waited for", before, spooled(), time.monotonic() - start)
    if not wait(lambda: seen):
        fail(name, "was not asked", read(f"{work}/log"))
    # The next agent would hear of it otherwise, and leave the receiver alone for a minute.
    if not wait(lambda: read(f"{work}/log").count("reports wait:") > told):
        fail(name, "the agent has not heard of it", read(f"{work}/log"))
    if seen[0][0].get("authorization") != "Bearer secret-of-the-host":
        fail(name, "without the token", seen[0])
waiting = len(spooled())
code, text = run("status", "--config", config)
if f"reports: {waiting} waiting, 0 dropped" not in text:
    fail("the status", text)

# Never more than the bound, the oldest first.
agent.send_signal(signal.SIGTERM)
agent.wait(20)
mode["serve"] = raw(answer(503, {}))
size = os.path.getsize(f"{state}/spool/{spooled()[-1]}")
settings(other, f", spool: {5 * size}")
first = spooled()[0]
agent = begin()
converge(agent, 2)
if not 2 <= len(spooled()) <= 6 or first in spooled() or sum(os.path.getsize(f"{state}/spool/{name}") for name in spooled()) > 5 * size:
    fail("more than the bound", spooled())
# Once it takes them again, all that waited comes, in order.
agent.send_signal(signal.SIGTERM)
agent.wait(20)
seen.clear()
mode["serve"] = raw(answer(200, {}))
names = spooled()
wanted = [read(f"{state}/spool/{name}") for name in names]
# Who sends now has them locked.
code, text = wait(lambda: (done := run("report", "send", "--config", config))[0] != 75 and done) or (75, "")
if code != 0 or spooled() or [body.decode() for _, body in seen] != wanted:
    fail("expected all in order", code, text, len(seen), names)
code, text = run("report", "send", "--config", config)
if (code, text) != (0, ""):
    fail("expected nothing to send", code, text)
print(f"report-judge: {len(lines())} reports")
