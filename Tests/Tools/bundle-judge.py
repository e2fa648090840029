"""Called by bundle-judge.sh: LODESTAR ROOT WORK CASES."""
import atexit
import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time

lodestar, root, work, cases = *sys.argv[1:4], int(sys.argv[4])
ENV = {
    "PATH": os.environ["PATH"], "HOME": work, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
    "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "LC_ALL": "C.UTF-8",
}
clone, signers, state = f"{work}/clone", f"{work}/signers", f"{root}/var/lib/lodestar"
bundle, good = f"{work}/prod.site.tar", f"{work}/good.site.tar"
generator = random.Random(20261128)


def fail(*words):
    print("FAILED", *words)
    sys.exit(1)


def call(*words, cwd=work, env=None, data=None):
    return subprocess.run(words, cwd=cwd, env=env or ENV, capture_output=True, input=data)


def must(*words, **more):
    done = call(*words, **more)
    if done.returncode != 0:
        fail(words, done.stdout.decode(), done.stderr.decode())
    return done.stdout


def run(*words, env=None):
    done = call(lodestar, *words, env=env)
    return done.returncode, (done.stdout + done.stderr).decode()


def expect(status, said, *words):
    found, text = run(*words)
    if found != status or said not in text:
        fail(words, "expected", status, said, "found", found, text)
    return text


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def commit(word):
    write(f"{clone}/prod/manifests/a.yaml", f"file: {{/etc/followed: {{content: {word}}}}}\n".encode())
    must("git", "add", "-A", cwd=clone)
    must("git", "commit", "-q", "-m", word, cwd=clone)
    return must("git", "rev-parse", "HEAD", cwd=clone).decode().strip()


def make(out=bundle, *more, ref="main", key="key"):
    expect(0, "signed by", "bundle", f"{clone}#{ref}:prod", "--out", out, "--sign", f"{work}/{key}", "--expires", "30d", *more)
    return read(out)


def applied(word):
    found = read(f"{root}/etc/followed").decode()
    if found != word:
        fail("applied", found, "expected", word)


trust = ["--root", root, "--signers", signers]
with open(signers, "w") as file:
    for name, words in (("key", ["ed25519"]), ("p256", ["ecdsa", "-b", "256"]), ("p384", ["ecdsa", "-b", "384"]), ("p521", ["ecdsa", "-b", "521"]), ("rsa", ["rsa", "-b", "3072"])):
        must("ssh-keygen", "-q", "-t", *words, "-N", "", "-C", "", "-f", f"{work}/{name}")
        file.write(f"ana@example.org namespaces=\"git,lodestar-bundle\" {read(f'{work}/{name}.pub').decode()}")
must("git", "init", "-q", "-b", "main", clone)
write(f"{clone}/prod/site.yaml", b"site: judged\n")
write(f"{clone}/prod/files/" + "l" * 90 + "/" + "o" * 50 + "/" + "n" * 60 + ".txt", b"far\n")
for number, size in enumerate([0, 1, 511, 512, 513, 70_000]):
    write(f"{clone}/prod/files/size {number}", generator.randbytes(size))
write(f"{clone}/prod/files/-dash/--help", b"x")
write("%s/prod/files/ünïcødé 日本語" % clone, b"x")
write(f"{clone}/prod/files/run.sh", b"#!/bin/sh\n")
os.chmod(f"{clone}/prod/files/run.sh", 0o755)
one = commit("one")

# The same bytes twice, from another clone, in another zone, language and mask, and from the directory itself.
first = make(good)
must("git", "clone", "-q", clone, f"{work}/other")
for place in (f"{work}/other#main:prod", f"{work}/other/prod"):
    words = [lodestar, "bundle", place, "--out", bundle, "--sign", f"{work}/key", "--expires", "30d"]
    must("sh", "-c", 'umask 077; exec "$@"', "sh", *words, env={**ENV, "TZ": "Pacific/Kiritimati", "LC_ALL": "C"})
    if read(bundle) != first:
        fail("other bytes from", place)

# Nor does it take root's rights: nobody's clone, key and program.
with tempfile.TemporaryDirectory(dir="/var/tmp") as place:
    for thing, name in ((clone, "clone"), (f"{work}/key", "key"), (lodestar, "lodestar")):
        must("cp", "-a", thing, f"{place}/{name}")
    must("chown", "-R", "65534:65534", place)
    words = [f"{place}/lodestar", "bundle", f"{place}/clone#main:prod", "--out", f"{place}/out.site.tar", "--sign", f"{place}/key", "--expires", "30d"]
    must("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", *words, cwd=place)
    if read(f"{place}/out.site.tar") != first:
        fail("other bytes from nobody")

# tar takes it apart, sha256sum and ssh-keygen agree, and GNU tar makes the same bytes of what it took.
taken = f"{work}/taken"
os.makedirs(taken)
must("tar", "-xf", good, "-C", taken)
listed = json.loads(read(f"{taken}/BUNDLE"))
names = must("tar", "--quoting-style=literal", "-tf", good).decode().split("\n")[:-1]
if names != ["BUNDLE", "BUNDLE.sig"] + [file["path"] for file in listed["files"]]:
    fail("tar lists", names)
must("sha256sum", "--check", "--strict", cwd=taken, data="".join(f"{file['sha256']}  {file['path']}\n" for file in listed["files"]).encode())
for file in listed["files"]:
    mode = os.stat(os.path.join(taken, file["path"])).st_mode & 0o777
    if file["mode"] != f"100{mode:o}":
        fail("mode of", file)
if listed["commit"] != one or listed["created"] != must("git", "log", "-1", "--format=%cd", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", cwd=clone, env={**ENV, "TZ": "UTC"}).decode().strip():
    fail("not the commit", listed["commit"], listed["created"])
must("tar", "--format=ustar", "--owner=0", "--group=0", "--numeric-owner", "-b1", "--no-recursion", "-cf", f"{work}/gnu.tar", "--null", "-T", "-", cwd=taken, data="\0".join(names).encode())
if read(f"{work}/gnu.tar") != first:
    fail("GNU tar writes other bytes")


def keygen_takes(name):
    """Whether ssh-keygen and sha256sum, on what tar makes of a bundle, say that it is whole."""
    place = f"{work}/judged"
    call("rm", "-rf", place)
    os.makedirs(place)
    if call("tar", "-xf", name, "-C", place).returncode != 0 or not os.path.isfile(f"{place}/BUNDLE.sig"):
        return False
    verified = call("ssh-keygen", "-q", "-Y", "verify", "-f", signers, "-I", "ana@example.org", "-n", "lodestar-bundle", "-s", f"{place}/BUNDLE.sig", data=read(f"{place}/BUNDLE"))
    if verified.returncode != 0:
        return False
    files = json.loads(read(f"{place}/BUNDLE"))["files"]
    return all(os.path.isfile(f"{place}/{file['path']}") and hashlib.sha256(read(f"{place}/{file['path']}")).hexdigest() == file["sha256"] for file in files)


# Each type of key.
for key in ("key", "p256", "p384", "p521", "rsa"):
    make(key=key)
    if not keygen_takes(bundle):
        fail("ssh-keygen does not take", key)
    expect(0, "trusted: signed by ana@example.org", "source", "verify", bundle, "--signers", signers)
write(bundle, first)
expect(79, "expected --signers or --key for a bundle", "plan", bundle, "--root", root)
expect(0, "one, signed by ana@example.org", "plan", bundle, *trust)
expect(0, "1 changed", "apply", bundle, *trust)
applied("one")
expect(0, "nothing to do", "apply", bundle, *trust)
expect(0, "one, signed by ana@example.org", "history", "--root", root)

# Whatever somebody changed is taken by nobody; what we take, the others take.
def changed(data):
    data, blocks = bytearray(data), len(data) // 512
    what = generator.randrange(8)
    one, other = (512 * generator.randrange(blocks) for _ in range(2))
    if what == 0:
        data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
    elif what == 1:
        del data[generator.randrange(len(data)):]
    elif what == 2:
        del data[one:one + 512]
    elif what == 3:
        data[one:one] = data[other:other + 512]
    elif what == 4:
        data[one:one + 512], data[other:other + 512] = data[other:other + 512], data[one:one + 512]
    elif what == 5:
        data += generator.randbytes(generator.randrange(1, 2048))
    elif what == 6:
        data[one:one + 512] = generator.randbytes(512)
    else:
        place = generator.randrange(len(data))
        data[place:place + 8] = bytes(8)
    return bytes(data)


def everything():
    """All files below the root, but for locks and what is known of sources."""
    found = []
    for folder, _, names in os.walk(root):
        found += [(f"{folder}/{name}", os.lstat(f"{folder}/{name}").st_mtime_ns) for name in names if name != "lock" and not name.startswith("status.json")]
    return sorted(found)


before, taken_count = everything(), 0
for _ in range(cases):
    data = changed(first)
    # Zeros over zeros are no change.
    if data == first:
        continue
    write(bundle, data)
    status, said = run("apply", bundle, *trust)
    if status not in (65, 79) or "hint: " not in said:
        fail("a changed bundle", status, said)
    taken_count += keygen_takes(bundle)
if everything() != before:
    fail("something was left", set(everything()) ^ set(before))

# The last one goes on for the agent, which says so; a newer one is taken; an older one is not.
write(bundle, first[:-600])
with open(f"{work}/agent.yaml", "w") as file:
    file.write(
        f"state: {work}/agent\nruntime: {work}/run\nschedules: {work}/schedules\nconverge: {{mode: apply, root: {root}}}\n"
        f"source: {{bundle: {bundle}, trust: {{signers: {signers}}}}}\n")
os.makedirs(f"{work}/schedules")
write(f"{root}/etc/followed", b"drift")
agent = subprocess.Popen([lodestar, "agent", "--config", f"{work}/agent.yaml"], stdout=subprocess.DEVNULL, stderr=open(f"{work}/agent.log", "w"), env=ENV)
atexit.register(agent.kill)


def until(said):
    for _ in range(300):
        _, text = run("status", "--config", f"{work}/agent.yaml")
        if said in text:
            return text
        time.sleep(0.1)
    fail("agent", said, "is not said:", text, read(f"{work}/agent.log").decode())


until("last: newest commit not trusted")
applied("one")
expect(0, "goes on: " + one, "source", "status", "--config", f"{work}/agent.yaml")
time.sleep(1.1)
two = commit("two")
second = make(f"{work}/next.site.tar")
os.replace(f"{work}/next.site.tar", bundle)
agent.send_signal(signal.SIGHUP)
until("last: changed")
applied("two")
expect(0, "newest: " + two, "source", "status", "--config", f"{work}/agent.yaml")
report = json.loads(read(f"{work}/agent/reports.jsonl").splitlines()[-1])
if report["source"]["commit"] != two or report["source"]["signer"] != "ana@example.org":
    fail("the report", report["source"])
write(bundle, first)
expect(79, "its commit is of", "apply", bundle, *trust)
os.remove(bundle)
write(f"{root}/etc/followed", b"drift")
agent.send_signal(signal.SIGHUP)
for _ in range(300):
    if read(f"{root}/etc/followed") == b"two":
        break
    time.sleep(0.1)
applied("two")
expect(0, "unreachable since", "source", "status", "--config", f"{work}/agent.yaml")
agent.terminate()
agent.wait()

# Killed while it keeps one: nothing half is kept.
for _ in range(20):
    for name in os.listdir(f"{state}/source"):
        if name.endswith(".site.tar"):
            os.remove(f"{state}/source/{name}")
    write(bundle, second)
    process = subprocess.Popen([lodestar, "plan", bundle, *trust], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENV)
    time.sleep(generator.uniform(0, 0.06))
    process.kill()
    process.wait()
    for name in os.listdir(f"{state}/source"):
        if name.endswith(".site.tar") and read(f"{state}/source/{name}") != second:
            fail("half a bundle is kept")
expect(0, "nothing to do", "apply", bundle, *trust)

# A large file is read in pieces.
def peak(name):
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.execve(lodestar, [lodestar, "source", "verify", name, "--signers", signers], ENV)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        fail("source verify", name, status)
    return usage.ru_maxrss


small = peak(bundle)
write(f"{clone}/prod/files/large", bytes(200 << 20))
commit("large")
make(f"{work}/large.site.tar")
large = peak(f"{work}/large.site.tar")
if large > small + 4096:
    fail("memory", small, large, "KiB")
print(f"bundles: {len(listed['files'])} files, 5 types of keys, {cases} changed ones ({taken_count} of them taken by tar and ssh-keygen), agent, 20 kills, {large - small} KiB more for 200 MiB")
