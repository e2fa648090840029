"""Called by source-stages-judge.sh: LODESTAR ROOT WORK."""
import json

from source_bench import *

SOAK = 6


def site(stages=f"[{{hosts: labels.canary == true, soak: {SOAK}s}}, {{share: 100%}}]", labels=""):
    with open(f"{clone}/prod/site.yaml", "w") as file:
        file.write("site: followed\n" + (f"stages: {stages}\n" if stages else ""))
    os.makedirs(f"{clone}/prod/inventory", exist_ok=True)
    with open(f"{clone}/prod/inventory/hosts.yaml", "w") as file:
        file.write(labels or "groups: {}\n")


def told(config=None):
    words = ["--config", config] if config else source("#main")[:3]
    found, text = run("source", "status", "--format", "json", *words)
    if found != 0:
        fail("status", found, text)
    return json.loads(text)


def takes(word):
    expect(0, "", "apply", *source("#main"))
    applied(word)


server = serve()
site()
one = commit("one", "-S")
# A host that has nothing takes what there is.
takes("one")
two = commit("two", "-S")
start = time.time()
expect(0, f"note: {two[:12]} waits for its stage until", "plan", *source("#main"))
takes("one")
found = told()
if (found["state"], found["commit"], found["candidate"], found["begun"]) != ("pending", one, two, one) or not found["pending_until"]:
    fail(found)
expect(0, "waits for its stage", "source", "update", *source("#main"))
# Whoever names the commit means it now.
expect(0, "1 to change", "plan", *source(f"#{two}"))
while time.time() < start + SOAK + 1:
    time.sleep(0.2)
takes("two")
if told()["state"] != "current":
    fail(told())

# Later commits starve nobody: the older one is taken when its time has come.
three = commit("three", "-S")
takes("two")
time.sleep(SOAK - 1)
four = commit("four", "-S")
expect(0, "waits for its stage", "plan", *source("#main"))
time.sleep(2)
takes("three")
time.sleep(SOAK)
takes("four")

# No stages any more: the old ones govern until that is applied itself. A date of long ago is no way around it.
site(stages="")
ENV["GIT_COMMITTER_DATE"] = f"{int(time.time()) - 86400} +0000"
commit("five", "-S")
del ENV["GIT_COMMITTER_DATE"]
takes("four")
time.sleep(SOAK + 1)
takes("five")
site()
takes(commit("six", "-S") and "six")

# A repair is for all at once; in the subject it is only a subject.
commit("seven", "-S", "-m", "Lodestar-Stage: all, as a paragraph that is not one line alone")
takes("six")
git("commit", "--amend", "-q", "-S", "-m", "Lodestar-Stage: all")
git("push", "-q", "--force", remote, "HEAD:main")
takes("six")
git("commit", "--amend", "-q", "-S", "-m", "seven\n\nSome words.\n\nLodestar-Stage: all\n\nThe last paragraph.")
git("push", "-q", "--force", remote, "HEAD:main")
takes("six")
git("commit", "--amend", "-q", "-S", "-m", "seven\n\nSome words.\n\nLodestar-Stage: all")
git("push", "-q", "--force", remote, "HEAD:main")
takes("seven")

# One that was taken back is not taken when its time comes; nobody takes it back who does not count.
bad = commit("bad", "-S")
takes("seven")
git("commit", "--allow-empty", "-q", "-m", f"x\n\nLodestar-Void: {bad}")
git("push", "-q", remote, "HEAD:main")
expect(79, "bears no signature", "apply", *source("#main"))
commit("worse", "-S")
expect(0, "waits for its stage", "plan", *source("#main"))
commit("back", "-S", "-m", f"Lodestar-Void: {bad}")
expect(0, "waits for its stage", "plan", *source("#main"))
time.sleep(SOAK - 2)
takes("seven")
time.sleep(4)
takes("back")

# The canary takes all at once; a link in the way of a staged commit is told.
site(labels=f"groups: {{all: {{hosts: 'true', labels: {{canary: true}}}}}}\n")
commit("canaries", "-S")
expect(0, "waits for its stage", "plan", *source("#main"))
time.sleep(SOAK + 1)
takes("canaries")
takes(commit("at once", "-S") and "at once")
site(stages="")
takes(commit("none", "-S") and "none")

# An agent whose commit fails tries twice, then reports; another commit and `source retry` end that.
config = f"{work}/agent.yaml"
with open(config, "w") as file:
    file.write(
        f"state: {work}/agent\nruntime: {work}/run\nschedules: {work}/schedules\nconverge: {{mode: apply, root: {root}, interval: 10s}}\n"
        f"source:\n  url: {url}\n  ref: main\n  folder: prod\n  ca: {work}/tls.pem\n  breaker: 2\n  trust: {{signers: {signers}}}\n")
os.makedirs(f"{work}/schedules")


def fails(word):
    with open(f"{clone}/prod/manifests/b.yaml", "w") as file:
        file.write("file: {/etc/passwd/x: {content: never}}\n" if word else "")
    return commit(word or "works", "-S")


failing = fails("fails")
agent = subprocess.Popen([lodestar, "agent", "--config", config], stdout=subprocess.DEVNULL, stderr=open(f"{work}/agent.log", "w"))
atexit.register(agent.kill)


def reports():
    try:
        with open(f"{work}/agent/reports.jsonl") as file:
            return [json.loads(line) for line in file]
    except FileNotFoundError:
        return []


def until(count):
    for _ in range(600):
        if len(reports()) >= count:
            return [one["mode"] for one in reports()]
        time.sleep(0.1)
    fail("reports", count, reports(), open(f"{work}/agent.log").read())


modes = until(4)
if modes[:4] != ["apply", "apply", "report", "report"]:
    fail("modes", modes)
found = told(config)["breaker"]
if found != {"commit": failing, "failures": 2, "open": True}:
    fail(found)
if "only reported until another commit comes" not in run("status", "--config", config)[1]:
    fail(run("status", "--config", config))
expect(0, "it is tried again", "source", "retry", "--config", config)
count = len(reports())
until(count + 3)
if [one["mode"] for one in reports()[count:count + 3]] != ["apply", "apply", "report"]:
    fail("retry", [one["mode"] for one in reports()])
fails("")
count = len(reports())
until(count + 2)
for _ in range(300):
    if open(f"{root}/etc/followed").read() == "works":
        break
    time.sleep(0.1)
applied("works")
if told(config)["breaker"] is not None:
    fail(told(config))
agent.terminate()
agent.wait()

print("stages: waited, skipped, taken back; the breaker opened and closed")
