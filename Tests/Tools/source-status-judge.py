"""Called by source-status-judge.sh: LODESTAR ROOT WORK."""
import json
import random
import signal

from source_bench import *

random.seed(116)


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def settings(more=""):
    write(
        f"{work}/agent.yaml",
        f"state: {work}/agent\nruntime: {work}/run\nschedules: {work}/schedules\nmetrics: {work}/lodestar.prom\n"
        f"converge: {{mode: apply, root: {root}, interval: 30m}}\nsource:\n  url: {url}\n  ref: main\n  folder: prod\n  ca: {work}/tls.pem\n"
        f"  trust: {{signers: {signers}{more}}}\n")


def status():
    found, text = run("source", "status", "--format", "json", "--config", f"{work}/agent.yaml")
    if found != 0:
        fail("status", found, text)
    return json.loads(text)


def told(**wanted):
    found = status()
    for name, value in wanted.items():
        if found[name] != value:
            fail(name, "expected", value, "found", found)
    return found


def update(status, said=""):
    return expect(status, said, "source", "update", "--config", f"{work}/agent.yaml")


settings()
os.makedirs(f"{work}/schedules")
one = commit("one", "-S")
server = serve()
told(state="unknown", commit=None, last_attempt=None)
update(0, "current")
first = told(state="current", commit=one, signer="ana@example.org", candidate=None, reason=None, failures=0, begun=None)
if not first["key"].startswith("SHA256:") or not first["last_success"]:
    fail(first)
expect(0, "1 changed", "apply", *source("#main"))
told(begun=one)
expect(64, "nothing is brought here", "source", "update", "/srv/site#main")
expect(64, "never another one", "source", "update", *source(f"#{one}"))
expect(79, "expected --signers or --key", "source", "update", f"{url}#main", "--root", root)
write(f"{work}/none.yaml", "source: /srv/site\n")
expect(66, "expected `source` with a `url`", "source", "status", "--config", f"{work}/none.yaml")
expect(65, "expires_after", "agent", "--check-config", "--config", (settings(", expires_after: 5m"), f"{work}/agent.yaml")[1])
settings()
done = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", lodestar, "source", "status"], capture_output=True)
if done.returncode != 77:
    fail("without rights", done)

# What is refused is named with its key and why; what was taken stays.
unsigned = commit("unsigned")
update(79, "refused")
refused = told(state="refused", commit=one, candidate=unsigned, key=None, reason=f"expected a commit that is trusted, found {unsigned}: the commit bears no signature")
ENV["GIT_CONFIG_VALUE_1"] = f"{work}/other"
git("reset", "-q", "--hard", one)
other = commit("other", "-S")
ENV["GIT_CONFIG_VALUE_1"] = f"{work}/key"
update(79)
found = told(state="refused", commit=one, candidate=other, failures=2, since=refused["since"])
fingerprint = subprocess.run(["ssh-keygen", "-lf", f"{work}/other.pub"], capture_output=True).stdout.decode().split()[1]
if found["key"] != fingerprint:
    fail("key", found["key"], fingerprint)
# A branch that is gone, and a signed commit that is no site, keep the last one going too.
git("update-ref", "-d", "refs/heads/main", cwd=remote)
expect(79, f"going on with {one[:12]}", "apply", *source("#main"), "--last-trusted")
told(state="refused", candidate=None, commit=one)
expect(66, "no branch and no tag `main`", "plan", *source("#main"))
git("reset", "-q", "--hard", one)
os.symlink("/etc/shadow", f"{clone}/prod/manifests/link.yaml")
linked = commit("linked", "-S")
expect(79, f"going on with {one[:12]}", "apply", *source("#main"), "--last-trusted")
told(state="refused", candidate=linked, commit=one)
expect(65, "link", "apply", *source("#main"))
git("reset", "-q", "--hard", one)
two = commit("two", "-S")
update(0)
told(state="current", commit=two, begun=one, candidate=None, failures=0)

# Gone: each failure waits longer, a routine asks no more meanwhile, a person always.
server.kill()
server.wait()
waits = []
for number in range(1, 4):
    update(69, "unreachable since")
    found = told(state="unreachable", failures=number, commit=two, last_success=status()["last_success"])
    def seconds(text): return time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))
    waits.append(seconds(found["next_attempt"]) - seconds(found["last_attempt"]))
if waits != [60, 120, 240]:
    fail("waits", waits)
server = serve()
expect(0, "it is asked again at", "plan", *source("#main"), "--last-trusted", "--patient")
told(state="unreachable", failures=3)
update(0)
told(state="current", failures=0, next_attempt=None)

# Old: told, and 69 where somebody wants it fresh.
ENV["GIT_COMMITTER_DATE"] = f"{int(time.time()) - 30 * 86400} +0000"
old = commit("old", "-S")
del ENV["GIT_COMMITTER_DATE"]
settings(", expires_after: 14d")
update(69, "stale")
told(state="stale", commit=old)
expect(0, "newer ones may be kept from this host", "apply", *source("#main"), "--expires-after", "14d")
applied("old")
expect(69, "newer ones may be kept", "apply", *source("#main"), "--expires-after", "14d", "--require-fresh")
commit("young", "-S")
update(0, "current")
settings()

# Eight at once with a slow server: each waits for its turn.
write(f"{work}/slow", "0.3")
commit("eight", "-S")
shutil.rmtree(f"{state}/source")
runs = [subprocess.Popen([lodestar, "plan", *source("#main")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(8)]
for one_run in runs:
    text = one_run.communicate()[0].decode()
    if one_run.returncode != 0 or "eight" not in text:
        fail("at once", one_run.returncode, text)
os.remove(f"{work}/slow")

# Killed at random moments, the next one takes what is there.
for number in range(60):
    word = f"killed{number}"
    newest = commit(word, "-S")
    words = ["apply", *source("#main")] if number % 2 else ["source", "update", "--config", f"{work}/agent.yaml"]
    killed = subprocess.Popen([lodestar, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(random.random() * 0.35)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    update(0, "current")
    told(commit=newest)
expect(0, "changed", "apply", *source("#main"))
applied(word)
trusted = newest

# Pushed over eighty times by somebody whose key does not count: the mirror keeps what goes on.
ENV["GIT_CONFIG_VALUE_1"] = f"{work}/other"
for number in range(80):
    git("reset", "-q", "--hard", one)
    commit(f"over{number}", "-S")
    update(79)
ENV["GIT_CONFIG_VALUE_1"] = f"{work}/key"
write(f"{root}/etc/followed", "drift")
expect(79, f"going on with {trusted[:12]}", "apply", *source("#main"), "--last-trusted")
applied(word)
git("reset", "-q", "--hard", trusted)

# What is known is begun anew where it is damaged, and not believed where others can write it.
commit("after", "-S")
write(f"{state}/source/status.json", "{garbage")
update(0, "current")
os.chmod(f"{state}/source/status.json", 0o666)
expect(78, "not to be believed", "apply", *source("#main"))
os.chmod(f"{state}/source/status.json", 0o600)

# A full disk: told, nothing lost, and it goes on when there is room.
before = status()["commit"]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "none", f"{state}/source"], check=True)
with open(f"{clone}/prod/large", "wb") as file:
    file.write(os.urandom(4 << 20))
large = commit("large", "-S")
found, text = run("source", "update", *source("#main"))
if found not in (1, 69) or "pace" not in text:
    fail("full", found, text)
subprocess.run(["umount", f"{state}/source"], check=True)
told(commit=before)
update(0)
told(commit=large)

# One byte a second is no answer, and ends.
write(f"{work}/drip", "")
start = time.time()
update(69)
if time.time() - start > 100:
    fail("slow", time.time() - start)
os.remove(f"{work}/drip")

# A clock in 1970, where a key counts from last year on: it is not before what was trusted.
with open(f"{work}/clock.c", "w") as file:
    file.write(
        "#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <time.h>\nint clock_gettime(clockid_t c, struct timespec *t) {\n"
        "  static int (*next)(clockid_t, struct timespec *); if (!next) next = dlsym(RTLD_NEXT, \"clock_gettime\");\n"
        "  int r = next(c, t); if (c == CLOCK_REALTIME) t->tv_sec = 1000; return r; }\n")
is_dynamic = subprocess.run(["ldd", lodestar], capture_output=True).returncode == 0
if is_dynamic and shutil.which("cc"):
    subprocess.run(["cc", "-shared", "-fPIC", "-o", f"{work}/clock.so", f"{work}/clock.c", "-ldl"], check=True)
    update(0)
    day = time.strftime("%Y%m%d", time.gmtime(time.time() - 86400))
    line = open(signers).read()
    for options, wanted in ((f'valid-after="{day}"', 0), ('valid-after="20991231"', 79), (f'valid-before="{day}"', 79)):
        write(signers, line.replace("namespaces", f"{options},namespaces"))
        done = subprocess.run(
            [lodestar, "plan", *source("#main")], capture_output=True,
            env={"PATH": ENV["PATH"], "HOME": work, "LD_PRELOAD": f"{work}/clock.so"})
        if done.returncode != wanted:
            fail("1970", options, done)
    write(signers, line)
else:
    print("note: a static program: its clock is left as it is")

# The agent tells the same, and takes at once what `source update` finds.
agent = subprocess.Popen([lodestar, "agent", "--config", f"{work}/agent.yaml"], stdout=subprocess.DEVNULL, stderr=open(f"{work}/agent.log", "w"))
atexit.register(agent.kill)


def until(what, test):
    for _ in range(300):
        if test():
            return
        time.sleep(0.1)
    fail(what, run("status", "--config", f"{work}/agent.yaml"), open(f"{work}/agent.log").read())


until("first", lambda: "last: " in run("status", "--config", f"{work}/agent.yaml")[1])
applied("large")
new = commit("asked", "-S")
update(0, "the agent was asked to converge now")
until("asked", lambda: open(f"{root}/etc/followed").read() == "asked")
until("report", lambda: json.loads(open(f"{work}/agent/reports.jsonl").read().splitlines()[-1])["source"]["begun"] == new)
said = run("status", "--config", f"{work}/agent.yaml")[1]
if f"newest: {new} asked, signed by ana@example.org" not in said:
    fail(said)
agent.terminate()
agent.wait()
if 'lodestar_source_state{state="current"} 1' not in open(f"{work}/lodestar.prom").read():
    fail(open(f"{work}/lodestar.prom").read())
print("status: told, waited, killed 60 times, pushed over 80 times, full, slow, old")
