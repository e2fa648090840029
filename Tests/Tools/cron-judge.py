#!/usr/bin/env python3
"""Debian's cron and run-parts beside `schedule import`: which tables, lines and scripts are taken. Waits for a minute to begin.
  cron-judge.py LODESTAR
"""
import json, os, re, shutil, subprocess, sys, tempfile, time

if os.environ.get("LODESTAR_CRON_JUDGE") != "inside":
    tool = os.path.realpath(sys.argv[1])
    os.environ["LODESTAR_CRON_JUDGE"] = "inside"
    os.execvp("unshare", ["unshare", "-m", "-p", "-f", "--mount-proc", "--propagation", "private", "--kill-child",
                          sys.executable, os.path.realpath(__file__), tool])

TOOL = sys.argv[1]
WORK = tempfile.mkdtemp(prefix="lodestar-cron.", dir="/var/tmp")
os.chmod(WORK, 0o711)
CACHE = "/var/tmp/lodestar-packages"
failures = []


def expect(claim, condition, found=""):
    if not condition:
        failures.append(claim)
        print(f"FAILED {claim}: {found}")


def package(name):
    """The unpacked files of a Debian package."""
    os.makedirs(CACHE, exist_ok=True)
    target = f"{CACHE}/{name}"
    if not os.path.isdir(target):
        subprocess.run(["apt-get", "download", "-qq", name], cwd=CACHE, check=True, stderr=subprocess.DEVNULL)
        deb = [file for file in os.listdir(CACHE) if file.startswith(f"{name}_") and file.endswith(".deb")][0]
        subprocess.run(["dpkg", "-x", f"{CACHE}/{deb}", target + ".new"], check=True)
        os.rename(target + ".new", target)
    return target


def write(path, text, mode=0o644, owner=0):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text.encode() if isinstance(text, str) else text)
    os.chmod(path, mode)
    os.chown(path, owner, owner)


ETC, SPOOL, OUT = f"{WORK}/etc", f"{WORK}/spool", f"{WORK}/out"
shutil.copytree("/etc", ETC, symlinks=True)
for path in [f"{ETC}/cron.d", f"{ETC}/crontab"]:
    shutil.rmtree(path, ignore_errors=True) if os.path.isdir(path) else os.path.exists(path) and os.unlink(path)
os.makedirs(f"{ETC}/cron.d")
os.makedirs(f"{SPOOL}/crontabs", mode=0o1730)
os.makedirs(OUT, mode=0o777)
os.chmod(OUT, 0o777)
with open(f"{ETC}/passwd", "a") as file:
    file.write("alice:x:1500:1500::/tmp:/bin/sh\n")
with open(f"{ETC}/shadow", "a") as file:
    file.write("alice:*:19000:0:99999:7:::\n")

# Each job makes a file of its name.
def line(name, fields="* * * * *", user="root ", end="\n"):
    return f"{fields} {user}touch {OUT}/{name}{end}"

tables = {
    "plain": line("plain"), "with-hyphen_and_9": line("hyphen"), "dotted.conf": line("dotted"), "old.dpkg-old": line("old"),
    "tilde~": line("tilde"), ".hidden": line("hidden"), "UPPER": line("upper"), "two-jobs": line("one") + "# c\n\n" + line("two"),
    "no-newline": line("first") + line("last", end=""), "bad-line": line("good") + "61 * * * * root touch x\n",
    "bad-user": line("user") + line("nobody-such", user="nosuchuser "), "spaces": "  \t" + line("spaces", "*  *\t* *   *"),
    "names": line("names", "* * * jan-dec sun-sat"), "sunday": line("sunday", "* * * * 0-7"), "steps": line("steps", "*/1 */1 */1 * *"),
    "lists": line("lists", "0-29,30-59 0-23 1-31 1-12 *"), "macro": "@hourly root true\n", "variables": "A=b\nSHELL=/bin/sh\n" + line("variables"),
    "crlf": line("crlf", end="\r\n"), "empty": "", "comment": "# " + line("comment"), "random": line("random", "0~59 * * * *"),
    "question": line("question", "? * * * *"), "hash": line("hash", "H * * * *"), "long-step": line("long", "*/100 * * * *"),
    "reversed": line("reversed", "59-0 * * * *"), "six": line("six", "* * * * * *"), "quoted": "\"A\"='b c'\n" + line("quoted"),
    "minus": "-" + line("minus"), "no-command": "* * * * * root\n", "zero-day": line("zero-day", "* * 0 * *"),
}
for name, text in tables.items():
    write(f"{ETC}/cron.d/{name}", text)
write(f"{ETC}/cron.d/group", line("group"), 0o664)
write(f"{ETC}/cron.d/world", line("world"), 0o646)
write(f"{ETC}/cron.d/alices", line("alices"), 0o644, 1500)
write(f"{ETC}/cron.d/executable", line("executable"), 0o755)
write(f"{ETC}/cron.d/private", line("private"), 0o600)
write(f"{ETC}/elsewhere", line("linked"))
os.symlink("/etc/elsewhere", f"{ETC}/cron.d/linked")
write(f"{ETC}/elsewhere2", line("alices-link"), 0o644, 1500)
os.symlink("/etc/elsewhere2", f"{ETC}/cron.d/to-alices")
write(f"{ETC}/elsewhere3", line("by-alice"))
os.symlink("/etc/elsewhere3", f"{ETC}/cron.d/by-alice")
os.lchown(f"{ETC}/cron.d/by-alice", 1500, 1500)
os.symlink("/etc/none", f"{ETC}/cron.d/dangling")
write(f"{ETC}/cron.d/hard", line("hard"))
os.link(f"{ETC}/cron.d/hard", f"{ETC}/hard2")
os.mkdir(f"{ETC}/cron.d/folder")
write(f"{ETC}/crontab", line("system"))
write(f"{SPOOL}/crontabs/root", line("root-table", user=""), 0o600)
write(f"{SPOOL}/crontabs/alice", line("alice-table", user=""), 0o600, 1500)
write(f"{SPOOL}/crontabs/open", line("open-table", user=""), 0o600)
write(f"{SPOOL}/crontabs/daemon", line("daemon-table", user=""), 0o644, 1)
write(f"{SPOOL}/crontabs/bin", line("bin-table", user=""), 0o600, 1500)


def imported(path, *more):
    done = subprocess.run([TOOL, "schedule", "import", "crontab", path, *more], capture_output=True, text=True, timeout=20)
    expect(f"import of {path} ends as it should", done.returncode in (0, 65), done)
    found = set(re.findall(r"touch %s/([a-z0-9-]+)" % re.escape(OUT), "\n".join(l for l in done.stdout.splitlines() if not l.lstrip().startswith("#"))))
    return found, done


try:
    subprocess.run(["mount", "--bind", ETC, "/etc"], check=True)
    os.makedirs("/var/spool/cron", exist_ok=True)
    subprocess.run(["mount", "--bind", SPOOL, "/var/spool/cron"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)
    cron = subprocess.Popen([package("cron") + "/usr/sbin/cron", "-f"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    begun = time.time()
    # The first whole minute after it has read its tables.
    time.sleep(60 - begun % 60 + 6 if begun % 60 < 58 else 68)
    cron.terminate()
    ran = set(name.rstrip("\r") for name in os.listdir(OUT))
    mine = set()
    for path in ["/etc/cron.d", "/etc/crontab", "/var/spool/cron/crontabs"]:
        found, done = imported(path)
        mine |= found
    # A line that one cannot read takes the whole file with it in Debian's cron; here the others are imported, with a note.
    lenient = {"good", "user", "first"}
    # What cronie knows more is imported too (Debian's reads `0~59` as 0); `*/100` comes at minute 0 only.
    richer = {"random", "minus", "long"}
    expect("what cron runs is imported", ran <= mine | {"crlf"}, ran - mine)
    expect("what cron passes over is not", mine <= ran | lenient | richer, mine - ran - lenient - richer)
    print(f"cron ran {len(ran)} jobs, {len(mine)} are imported; only here: {sorted(mine - ran)}; only there: {sorted(ran - mine)}")
    # run-parts.
    scripts = f"{ETC}/cron.daily"
    shutil.rmtree(scripts, ignore_errors=True)
    for name, mode in [("good", 0o755), ("not-executable", 0o644), ("dotted.sh", 0o755), ("group-x", 0o610), ("UP_9", 0o755),
                       (".hidden", 0o755), ("README", 0o644), ("tilde~", 0o755), ("only-others", 0o701)]:
        write(f"{scripts}/{name}", "#!/bin/sh\n", mode)
    os.symlink("/bin/true", f"{scripts}/link")
    os.symlink("/nonexistent", f"{scripts}/dangling")
    os.mkdir(f"{scripts}/folder")
    listed = subprocess.run(["run-parts", "--test", "/etc/cron.daily"], capture_output=True, text=True).stdout.split()
    done = subprocess.run([TOOL, "schedule", "import", "crontab", "/etc/cron.daily"], capture_output=True, text=True)
    mine = sorted(re.findall(r'argv: \["?([^]",]+)', done.stdout))
    expect("the scripts are those of run-parts", mine == sorted(listed), (mine, listed))
    expect("the others are named", done.returncode == 65 and "dotted.sh: error" in done.stderr, done.stderr)
finally:
    subprocess.run("umount /run /var/spool/cron /etc", shell=True)
    shutil.rmtree(WORK, ignore_errors=True)
print("cron and run-parts agree" if not failures else f"{len(failures)} failures")
sys.exit(1 if failures else 0)
