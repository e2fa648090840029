"""Called by source-judge.sh: LODESTAR ROOT WORK."""
import random

from source_bench import *

one = commit("one", "-S")
server = serve()

# Whom to trust must be said; a certificate that nobody knows, a password and a redirect are nothing to go on with.
expect(79, "expected --signers or --key", "plan", url, "--root", root)
expect(69, "", "plan", f"{url}#main:prod", "--root", root, "--signers", signers)
expect(69, "", "plan", f"https://localhost:{port}/away.git#main:prod", *source("")[1:])
if "secret" in expect(64, "a password has no place here", "plan", f"https://ana:secret@localhost:{port}/remote.git#main", *source("")[1:]):
    fail("a password was shown")
expect(66, "no branch and no tag `mian`", "plan", *source("#mian"))
expect(0, "one, signed by ana@example.org", "plan", *source("#main"))
expect(0, "1 changed", "apply", *source("#main"))
applied("one")
expect(0, "nothing to do", "apply", *source("#HEAD"))
expect(0, "one, signed by ana@example.org", "history", "--root", root)

# An update; then commits that do not count.
two = commit("two", "-S")
expect(0, "1 changed", "apply", *source("#main"))
applied("two")
commit("unsigned")
expect(79, "the commit bears no signature", "apply", *source("#main"))
git("reset", "-q", "--hard", two)
ENV["GIT_CONFIG_VALUE_1"] = f"{work}/other"
commit("other", "-S")
expect(79, "nobody allows the key", "apply", *source("#main"))
ENV["GIT_CONFIG_VALUE_1"] = f"{work}/key"

# The agent goes on with the last commit that was trusted, and says so.
with open(f"{root}/etc/followed", "w") as file:
    file.write("drift")
expect(79, f"going on with {two[:12]}", "apply", *source("#main"), "--last-trusted", "--detailed-exit-code")
applied("two")
expect(79, f"going on with {two[:12]}", "plan", *source("#main"), "--last-trusted")
expect(79, "nobody allows the key", "apply", *source("#new"), "--last-trusted") if git("push", "-q", remote, "HEAD:new") == "" else None

with open(f"{work}/agent.yaml", "w") as file:
    file.write(
        f"state: {work}/agent\nruntime: {work}/run\nschedules: {work}/schedules\nconverge: {{mode: apply, root: {root}}}\nsource:\n  url: {url}\n"
        f"  ref: main\n  folder: prod\n  ca: {work}/tls.pem\n  trust: {{signers: {signers}}}\n")
os.makedirs(f"{work}/schedules")
with open(f"{root}/etc/followed", "w") as file:
    file.write("drift again")
agent = subprocess.Popen([lodestar, "agent", "--config", f"{work}/agent.yaml"], stdout=subprocess.DEVNULL, stderr=open(f"{work}/agent.log", "w"))
atexit.register(agent.kill)
for _ in range(300):
    status, said = run("status", "--config", f"{work}/agent.yaml")
    if "last: " in said:
        break
    time.sleep(0.1)
if "last: newest commit not trusted" not in said:
    fail("agent", said, open(f"{work}/agent.log").read())
applied("two")
agent.terminate()
agent.wait()

# Rollback and another history, signed as they may be; from the repository itself too.
for ref in (f"#{one}", "#main~2"):
    expect(79, f"it does not come from {two}", "apply", *source(ref))
git("reset", "-q", "--hard", one)
forced = commit("forced", "-S")
expect(79, f"it does not come from {two}", "apply", *source("#main"))
for form in (clone, f"file://{clone}"):
    expect(79, "it does not come from", "apply", f"{form}#HEAD:prod", "--root", root, "--signers", signers)
expect(79, "expected --signers or --key", "apply", f"file://{clone}#HEAD:prod", "--root", root)
expect(79, "it does not come from", "plan", *source("#main"))
applied("two")
expect(64, "40 hexadecimal digits", "source", "accept", "main", "--root", root)
expect(0, "accepted", "source", "accept", forced, "--root", root)
expect(79, f"it does not come from {two}", "apply", *source(f"#{one}"))
expect(0, "1 changed", "apply", *source("#main"))
applied("forced")
expect(79, f"it does not come from {forced}", "apply", *source(f"#{two}"))

# A tag is what it says.
git("tag", "-s", "-m", "x", "v1")
git("tag", "plain")
tag = git("rev-parse", "v1")
git("push", "-q", remote, "v1", "plain", f"{tag}:refs/tags/v2")
for name, status, said in (("v1", 0, "signed by"), ("plain", 0, "signed by"), ("v2", 79, "says that its name is `v1`")):
    expect(status, said, "plan", *source(f"#{name}"))

# A plan that was saved is one of its commit.
three = commit("three", "-S")
expect(0, "three", "plan", *source("#main"), "--out", f"{work}/plan.json")
four = commit("four", "-S")
expect(0, "1 changed", "apply", f"{work}/plan.json", *source("")[3:])
applied("three")
expect(0, "1 changed", "apply", *source("#main"))
applied("four")

# The server is gone: what was trusted goes on, if somebody who counts has signed it still.
server.kill()
server.wait()
expect(0, f"going on with {four[:12]}", "apply", *source("#main"))
expect(69, "", "apply", *source("#main"), "--require-fresh")
expect(69, "", "apply", *source("#other"))
with open(f"{work}/revoked", "w") as file:
    file.write(open(f"{work}/key.pub").read())
expect(79, "the key is revoked", "apply", *source("#main"), "--revoked", f"{work}/revoked")
applied("four")
server = serve()

# Damage at any place of the mirror: made anew, or not noticed, and never another content.
random.seed(13)
last = "four"
for number in range(20):
    word = f"damaged{number}"
    place = random.choice(sorted(packs()))
    size = os.path.getsize(place)
    os.chmod(place, 0o600)
    kind = number % 4
    if kind == 0:
        os.truncate(place, random.randrange(size + 1))
    elif kind == 1:
        os.remove(place)
    elif size:
        with open(place, "r+b") as file:
            file.seek(random.randrange(size))
            file.write(os.urandom(16) if kind == 2 else b"\0" * 64)
    if number % 2:
        expect(0, f" {last}, signed by", "plan", *source("#main"))
    commit(word, "-S")
    expect(0, "1 changed", "apply", *source("#main"))
    applied(word)
    last = word

# A good signature over what is no site.
os.symlink("/etc/shadow", f"{clone}/prod/manifests/link.yaml")
commit("linked", "-S")
expect(65, "the commit has the link `manifests/link.yaml`", "apply", *source("#main"))
os.remove(f"{clone}/prod/manifests/link.yaml")
commit("last", "-S")
expect(0, "1 changed", "apply", *source("#main"))

# What others could write decides nothing.
os.chmod(f"{state}/source/record.json", 0o666)
expect(78, "not to be believed", "apply", *source("#main"))
left = [name for name in os.listdir("/var/tmp") if name.startswith("lodestar-git") and os.path.getmtime(f"/var/tmp/{name}") > os.path.getmtime(signers)]
if left:
    print("note: in /var/tmp, perhaps of others:", left)
print("https: followed, refused, accepted, fallen back, mended 20 times")
