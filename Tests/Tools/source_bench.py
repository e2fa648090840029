"""A signed repository served over https, and the commands that follow it, for judges that are called with LODESTAR ROOT WORK."""
import atexit
import os
import random
import shutil
import socket
import subprocess
import sys
import time

lodestar, root, work = sys.argv[1:4]
ENV = {
    "PATH": os.environ["PATH"], "HOME": work, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
    "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "LC_ALL": "C.UTF-8", "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "gpg.format", "GIT_CONFIG_VALUE_0": "ssh", "GIT_CONFIG_KEY_1": "user.signingkey", "GIT_CONFIG_VALUE_1": f"{work}/key",
}
clone, remote, signers = f"{work}/clone", f"{work}/remote.git", f"{work}/signers"
state = f"{root}/var/lib/lodestar"


def fail(*words):
    print(*words)
    sys.exit(1)


def git(*words, cwd=clone):
    done = subprocess.run(["git", *words], cwd=cwd, capture_output=True, env=ENV)
    if done.returncode != 0:
        fail("git", words, done.stderr.decode())
    return done.stdout.decode().strip()


def run(*words):
    done = subprocess.run([lodestar, *words], capture_output=True, env={"PATH": ENV["PATH"], "HOME": work})
    return done.returncode, (done.stdout + done.stderr).decode()


def expect(status, said, *words):
    found, text = run(*words)
    if found != status or said not in text:
        fail(words, "expected", status, said, "found", found, text)
    return text


def source(ref):
    return [f"{url}{ref}:prod", "--root", root, "--signers", signers, "--ca", f"{work}/tls.pem"]


def applied(word):
    with open(f"{root}/etc/followed") as file:
        found = file.read()
    if found != word:
        fail("applied", found, "expected", word)


def commit(word, *options):
    with open(f"{clone}/prod/manifests/a.yaml", "w") as file:
        file.write(f"file: {{/etc/followed: {{content: {word}}}}}\n")
    git("add", "-A")
    git("commit", "-q", "-m", word, *options)
    git("push", "-q", "--force", remote, "HEAD:refs/heads/main")
    return git("rev-parse", "HEAD")


def free():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def serve():
    process = subprocess.Popen(
        [sys.executable, os.path.join(os.path.dirname(__file__), "git-judge-https.py"), work, f"{work}/tls", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(process.kill)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            time.sleep(0.05)
    fail("nothing listens on", port)


def packs():
    for folder, _, names in os.walk(f"{state}/source"):
        if ".aside" not in folder:
            yield from (f"{folder}/{name}" for name in names if not name.endswith((".lock", ".json")))


for name in ("key", "other"):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", f"{work}/{name}"], check=True)
with open(signers, "w") as file:
    file.write(f"ana@example.org namespaces=\"git\" {open(f'{work}/key.pub').read()}")
subprocess.run(
    ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{work}/tls.key", "-out",
     f"{work}/tls.pem", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
git("init", "-q", "--bare", "-b", "main", remote, cwd=work)
git("init", "-q", "-b", "main", clone, cwd=work)
os.makedirs(f"{clone}/prod/manifests")
with open(f"{clone}/prod/site.yaml", "w") as file:
    file.write("site: followed\n")
port = free()
url = f"https://localhost:{port}/remote.git"
