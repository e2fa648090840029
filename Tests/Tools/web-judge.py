"""Called by web-judge.sh: LODESTAR ROOT WORK."""
import itertools
import json
import os
import subprocess
import sys
import time

from web_servers import FileServer, Listener, Proxy, answer, authority, certificate, cut, raw

lodestar, root, work = sys.argv[1:]
ENV = {
    "PATH": os.environ["PATH"], "HOME": work, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
    "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "LC_ALL": "C.UTF-8",
}
keys, clone, signers, state = f"{work}/keys", f"{work}/clone", f"{work}/signers", f"{root}/var/lib/lodestar"
ca = f"{keys}/ca.pem"


def fail(*words):
    print("FAILED", *words)
    sys.exit(1)


def call(*words, env=None, data=None):
    return subprocess.run(words, cwd=work, env=env or ENV, capture_output=True, input=data)


def must(*words):
    done = call(*words)
    if done.returncode != 0:
        fail(words, done.stdout.decode(), done.stderr.decode())
    return done.stdout


def expect(status, said, *words, env=None):
    done = call(lodestar, *words, env=env)
    text = (done.stdout + done.stderr).decode()
    if done.returncode != status or said not in text:
        fail(words, "expected", status, said, "found", done.returncode, text)
    return text


def fetch(url, env=None, **more):
    """What the fetching process says: (the answer or the fault, the body or None where it did not come whole)."""
    with open(ca) as file:
        request = {"url": url, "authorities": file.read(), "slow_seconds": 2, "slow_bytes": 2000, "seconds": 20, **more}
    words = json.dumps({name: value for name, value in request.items() if value is not None}).encode() + b"\n"
    output, first, body = call(lodestar, "fetch-child", env=env, data=words).stdout, None, b""
    while output:
        line, _, output = output.partition(b"\n")
        said = json.loads(line)
        if isinstance(said, int):
            body, output = body + output[:said], output[said:]
            if said == 0:
                return first, body
        else:
            first = said
    return first, None


def faulty(kind, said, url, **more):
    found, body = fetch(url, **more)
    if body is not None or not found or found.get("fault") != kind or said not in found["reason"]:
        fail(url, more, "expected", kind, said, "found", found, body)


# Who is not believed.
authority(keys, "ca")
authority(keys, "stranger")
names = "DNS:localhost,IP:127.0.0.1,DNS:site.example"
certificate(keys, "good", "ca", names)
certificate(keys, "foreign", "stranger", names)
certificate(keys, "old", "ca", names, "20190101000000Z", "20200101000000Z")
certificate(keys, "early", "ca", names, "20380101000000Z", "20390101000000Z")
certificate(keys, "other", "ca", "DNS:other.example,IP:127.0.0.2")
server = FileServer(b"x" * 300_000)
good = Listener(server, f"{keys}/good")
url = f"https://localhost:{good.port}/a"
for name in ("foreign", "old", "early"):
    faulty("identity", "no authority that counts, or out of its time", f"https://localhost:{Listener(server, f'{keys}/{name}').port}/a")
other = Listener(server, f"{keys}/other").port
for host in ("localhost", "127.0.0.1"):
    faulty("identity", "its certificate is for another name", f"https://{host}:{other}/a")
faulty("identity", "no authority that counts", url, authorities=None)
faulty("usage", "holds no certificate", url, authorities="nothing")
if server.seen:
    fail("was asked by who does not believe it", server.seen)
for host in ("localhost", "127.0.0.1"):
    found, body = fetch(f"https://{host}:{good.port}/a")
    if body != server.data or found["status"] != 200 or found["fields"]["etag"] != '"1"':
        fail("expected the file, found", found, body)

# What is not taken.
plain = Listener(lambda connection: connection.sendall(answer(400, {})))
faulty("identity", "no TLS can be agreed on", f"https://localhost:{plain.port}/a")
for status in (404, 500):
    server.mode = status
    found, body = fetch(url)
    if (found["status"], body) != (status, b"no"):
        fail("expected", status, "found", found, body)
fields = "".join(f"x{number}: {'y' * 500}\r\n" for number in range(200))
cases = [
    ("answer", "no HTTP", raw(b"\0\1garbage " * 50)),
    ("answer", "no HTTP", raw(b"SSH-2.0-OpenSSH_9\r\n")),
    ("answer", "no HTTP", raw(f"HTTP/1.1 200 OK\r\n{fields}\r\n".encode())),
    ("answer", "no HTTP", raw(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000 + b"\r\n\r\n")),
    ("answer", "no HTTP", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhellos")),
    ("answer", "no HTTP", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")),
    ("answer", "more than", raw(b"HTTP/1.1 200 OK\r\n\r\n", (b"z" * 65536 for _ in range(200)))),
    ("time", "bytes came in 2 s", raw(b"HTTP/1.1 200 OK\r\n\r\n", (b"z" for _ in range(200)), every=0.2)),
    ("time", "bytes came in 2 s", raw((bytes([byte]) for byte in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200), every=0.2)),
    ("time", "bytes came in 2 s", raw(b"", every=10)),
    ("network", "middle of the answer", cut(100_000)),
    ("network", "before an answer", raw(b"")),
    ("answer", "only https is followed", raw(answer(302, {"Location": "http://localhost/a"}))),
    ("answer", "only https is followed", raw(answer(301, {"Location": "https://u:secret@localhost/a"}))),
    ("answer", "more than 3 times", raw(answer(307, {"Location": "/again"}))),
]
for kind, said, mode in cases:
    server.mode = mode
    limit = 1 << 20
    faulty(kind, said, url, limit=limit)
    if "secret" in str(fetch(url) if "secret" in said else ""):
        fail("a password is told")
server.mode = raw(b"HTTP/1.1 200 OK\r\n\r\n", (b"z" * 2000 for _ in range(200)), every=0.5)
start = time.monotonic()
faulty("time", "too long", url, seconds=3, slow_bytes=1)
if time.monotonic() - start > 8:
    fail("it took longer than it was allowed to")
server.mode = lambda server, connection, path, fields: connection.sendall(answer(302, {"Location": "/b"}) if path == "/a" else answer(200, {}, b"b"))
if fetch(url) != ({"status": 200, "url": url[:-1] + "b", "fields": {"content-length": "1"}}, b"b"):
    fail("a redirect is not followed", fetch(url))
server.mode = "good"

# What speaks TLS is nobody, and becomes nobody else any more.
server.mode, _ = raw(b"", every=10), server.seen.clear()
with open(ca) as file:
    words = json.dumps({"url": url, "authorities": file.read()}) + "\n"
child = subprocess.Popen([lodestar, "fetch-child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENV)
child.stdin.write(words.encode())
child.stdin.flush()
while not server.seen:
    time.sleep(0.05)
with open(f"/proc/{child.pid}/status") as file:
    found = {line.split(":")[0]: line.split()[1:] for line in file}
child.kill()
child.wait()
if (found["Uid"], found["Gid"], found["Groups"], found["NoNewPrivs"], found["CapEff"]) != (["65534"] * 4, ["65534"] * 4, [], ["1"], ["0" * 16]):
    fail("the fetching process has rights", found)
server.mode = "good"

# Through a proxy, which alone knows the name.
for account in (None, "ana:s%cret"):
    proxy = Proxy(account)
    through = Listener(proxy).port
    place = f"http://{account.replace('%', '%25') + '@' if account else ''}127.0.0.1:{through}"
    found, body = fetch(f"https://site.example:{good.port}/a", proxy=place)
    if body != server.data or proxy.seen != [f"CONNECT site.example:{good.port} HTTP/1.1"]:
        fail("the proxy was not asked", found, proxy.seen)
    fetch(url, proxy=place, no_proxy="example.org, localhost")
    if len(proxy.seen) != 1:
        fail("the proxy was asked for what is excepted")
faulty("network", "answers 407", url, proxy=f"http://ana:other@127.0.0.1:{through}")

# A site, from there: nothing is believed before its signature.
must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", f"{work}/key")
with open(signers, "w") as file:
    file.write("ana@example.org " + open(f"{work}/key.pub").read())
must("git", "init", "-q", "-b", "main", clone)
os.makedirs(f"{clone}/manifests")
tags = itertools.count(2)


def publish(word, size=2_000_000):
    with open(f"{clone}/site.yaml", "w") as file:
        file.write("site: web\n")
    with open(f"{clone}/manifests/a.yaml", "w") as file:
        file.write(f"file: {{/etc/followed: {{content: {word}}}}}\n")
    with open(f"{clone}/big", "wb") as file:
        file.write(os.urandom(size))
    must("git", "-C", clone, "add", "-A")
    must("git", "-C", clone, "commit", "-q", "-m", word)
    must(lodestar, "bundle", f"{clone}#main", "--out", f"{work}/made.site.tar", "--sign", f"{work}/key")
    with open(f"{work}/made.site.tar", "rb") as file:
        server.data, server.tag = file.read(), f'"{next(tags)}"'
    return server.data


site = f"https://localhost:{good.port}/prod.site.tar"
trust = ["--root", root, "--signers", signers, "--ca", ca]


def applied(word):
    with open(f"{root}/etc/followed") as file:
        if file.read() != word:
            fail("expected", word, "to be applied")


def asked(*wanted):
    """The fields by which parts were asked for, in order."""
    found = [(fields.get("if-none-match"), fields.get("range")) for _, fields in server.seen]
    if found != list(wanted):
        fail("expected to be asked", wanted, "found", found)
    server.seen.clear()


first = publish("one")
server.seen.clear()
expect(79, "expected --signers or --key", "plan", site, "--root", root)
expect(69, "no authority that counts", "apply", site, "--root", root, "--signers", signers)
asked()
expect(0, "one, signed by ana@example.org", "plan", site, *trust)
expect(0, "trusted: signed by ana@example.org", "source", "verify", site, "--signers", signers, "--ca", ca)
expect(0, "1 changed", "apply", site, *trust)
applied("one")
asked(*[(None, None)] * 3)
one = server.tag
expect(0, "nothing to do", "apply", site, *trust)
asked((one, None))
expect(0, "current", "source", "update", site, *trust)
asked((one, None))

# Cut in the middle: the rest is asked for at once, and after an end of the program.
publish("two")
server.mode = cut(700_000)
expect(0, "1 changed", "apply", site, *trust)
applied("two")
asked((one, None), (None, "bytes=700000-"))
two = server.tag
publish("three")
gone = raw(b"")
def cut_and_gone(server, connection, path, fields):
    cut(900_000)(server, connection, path, fields)
    server.mode = gone
server.mode = cut_and_gone
expect(0, "going on with", "apply", site, *trust)
applied("two")
server.mode, _ = "good", server.seen.clear()
expect(0, "1 changed", "apply", site, *trust)
applied("three")
asked((None, "bytes=900000-"))
# Another file between two parts: from its beginning.
three = server.tag
publish("four")
def changed(server, connection, path, fields):
    old, tag, server.mode = server.data, server.tag, "good"
    publish("five")
    connection.sendall(answer(200, {"ETag": tag, "Content-Length": len(old)}, old[:600_000]))
    connection.close()
server.mode = changed
expect(0, "1 changed", "apply", site, *trust)
applied("five")
if server.seen[1][1].get("range") != "bytes=600000-":
    fail("the rest was not asked for", server.seen)
server.seen.clear()
# A server without marks: the list alone is brought where it is the same.
server.tag = None
expect(0, "nothing to do", "apply", site, *trust)
server.seen.clear()

# What nobody has signed so is no state of the host's, and brings no byte behind its list.
good_data = server.data
server.data, server.tag = good_data[:-200_000] + bytes(200_000), '"bad"'
expect(79, "expected the bytes of", "apply", site, *trust)
sent = []
def endless(server, connection, path, fields):
    data = b"BUNDLE" + bytes(506)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for number in range(4000):
        connection.sendall(bytes([65 + number % 20]) * 65536)
        sent.append(number)
server.mode = endless
expect(65, "expected `BUNDLE`", "apply", site, *trust)
if len(sent) > 200:
    fail("bytes were brought of what is not believed", len(sent))
server.mode, server.data, server.tag = "good", first, '"old"'
expect(79, "not older than what was begun", "apply", site, *trust)
applied("five")
server.data, server.tag = good_data, '"again"'
expect(0, "nothing to do", "apply", site, *trust)

# A copy that was damaged is brought anew.
copy = next(f"{state}/source/{name}" for name in os.listdir(f"{state}/source") if name.endswith(".site.tar"))
with open(copy, "r+b") as file:
    file.seek(800_000)
    file.write(b"damaged")
server.seen.clear()
expect(0, "nothing to do", "apply", site, *trust)
asked(('"again"', None), (None, None))

# Nobody answers: the last one goes on, with a warning.
for mode in (404, 500, raw(b""), raw(answer(302, {"Location": "http://localhost/a"}))):
    server.mode = mode
    expect(0, "going on with", "apply", site, *trust)
expect(69, "", "apply", site, *trust, "--require-fresh")
expect(0, "unreachable", "source", "status", site, "--root", root)
server.mode = "good"
if call(lodestar, "apply", f"{site}#{'a' * 40}", *trust).returncode != 65:
    fail("a bundle of another commit is taken")
os.remove(f"{root}/etc/followed")
good.isOpen = False
good.socket.close()
expect(0, "1 changed", "apply", site, *trust)
applied("five")
left = [name for name in os.listdir(f"{state}/source") if ".part" in name]
if left:
    fail("left behind:", left)
if [name for name in os.listdir("/var/tmp") if name.startswith("lodestar-fetch")]:
    fail("left in /var/tmp")
expect(64, "expected the address of a bundle: plain http", "plan", "http://site.example/x.site.tar", *trust)
if "secret" in expect(64, "a password has no place here", "plan", "https://u:secret@site.example/x.site.tar", *trust):
    fail("a password is told")
print(f"web-judge: {len(cases)} kinds of wrong answers, 5 of wrong certificates")
