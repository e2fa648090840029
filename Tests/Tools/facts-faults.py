#!/usr/bin/env python3
"""Facts on a host that has been ill-treated, in a private namespace: file systems whose server is dead, covered mounts, an
empty mount source, custom facts that break, no /proc.
  facts-faults.py LODESTAR [HOSTINFO]
"""
import ctypes, json, os, shutil, subprocess, sys, tempfile, time

import harness
from harness import expect, failures

harness.enter()
TOOL = sys.argv[1]
WORK = tempfile.mkdtemp(prefix="lodestar-facts.", dir="/var/tmp")
LIBC = ctypes.CDLL(None, use_errno=True)


def mount(source, target, kind, flags=0, data=None):
    os.makedirs(target, exist_ok=True)
    encode = lambda text: text.encode() if text is not None else None
    if LIBC.mount(encode(source), encode(target), encode(kind), flags, encode(data)) != 0:
        raise OSError(ctypes.get_errno(), f"mount {target}")


def facts(*words, tool=TOOL, timeout=20):
    began = time.time()
    done = subprocess.run([tool, "facts", *words], capture_output=True, text=True, timeout=timeout)
    return done.returncode, done.stdout, done.stderr, time.time() - began


def file_systems():
    code, out, error, _ = facts("filesystems", "--format", "json")
    return {entry["path"]: entry for entry in json.loads(out)}


def test_dead_file_systems():
    # A file system in user space whose server never answers, under the names of disks.
    servers = []
    for number in range(3):
        server = os.open("/dev/fuse", os.O_RDWR)
        servers.append(server)
        mount(f"/dev/dead{number}", f"{WORK}/dead{number}", "fuse", 0, f"fd={server},rootmode=40000,user_id=0,group_id=0")
    code, out, error, seconds = facts("--format", "json")
    expect("a dead file system holds up nothing for long", code == 0 and seconds < 10, (code, error, seconds))
    found = {entry["path"]: entry for entry in json.loads(out)["filesystems"]}
    dead = found[f"{WORK}/dead1"]
    expect("it is listed without sizes", dead["size_bytes"] is None and dead["device"] == "/dev/dead1", dead)
    others = [entry for path, entry in found.items() if "dead" not in path]
    expect("the others have theirs", others and any(entry["size_bytes"] for entry in others), others)
    # Whoever reads the output does not wait for what was left behind.
    began = time.time()
    subprocess.run(f"{TOOL} facts hostname | cat; {TOOL} facts filesystems | cat", shell=True, capture_output=True, timeout=20)
    expect("nor is a pipe held open", time.time() - began < 10, time.time() - began)
    for number, server in enumerate(servers):
        os.close(server)
        subprocess.run(["umount", "-l", f"{WORK}/dead{number}"])


def test_mounts():
    image = f"{WORK}/image"
    for name, size in [("small", 8), ("large", 32)]:
        with open(f"{WORK}/{name}.img", "wb") as file:
            file.truncate(size << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", f"{WORK}/{name}.img"], check=True)
    place = f"{WORK}/place"
    os.makedirs(place)
    subprocess.run(["mount", "-o", "loop", f"{WORK}/small.img", place], check=True)
    alone = file_systems()[place]["size_bytes"]
    expect("a file system has its size", 4 << 20 < alone < 8 << 20, alone)
    mount("tmpfs", place, "tmpfs", 0, "size=64m")
    mount("", f"{WORK}/nameless", "tmpfs", 0, "size=1m")
    found = file_systems()
    expect("a covered one has not that of the one above", found[place]["size_bytes"] is None, found[place])
    code, out, _, _ = facts("mounts", "--format", "json")
    nameless = [entry for entry in json.loads(out) if entry["path"] == f"{WORK}/nameless"]
    expect("a mount without a source is a mount", nameless and (nameless[0]["type"], nameless[0]["device"]) in [("tmpfs", ""), ("tmpfs", "none")], nameless)
    for path in [place, place, f"{WORK}/nameless"]:
        subprocess.run(["umount", path])


def test_custom():
    os.makedirs(f"{WORK}/etc")
    subprocess.run(["cp", "-a", "/etc/.", f"{WORK}/etc"], check=True)
    subprocess.run(["mount", "--bind", f"{WORK}/etc", "/etc"], check=True)
    folder = "/etc/lodestar/facts.d"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    def add(name, text, mode=0o644):
        with open(f"{folder}/{name}", "w") as file:
            file.write(text)
        os.chmod(f"{folder}/{name}", mode)
    add("rack.json", '{"row": 7}')
    add("broken.json", "{")
    add("shop.yaml", "a: 1\r\nb: two\r\n")
    add("program", "#!/bin/sh\necho 'warning: 1' >&2\necho 'key: value'\n", 0o755)
    add("fails", "#!/bin/sh\necho 'no bus' >&2\nexit 3\n", 0o755)
    add("carriage", "#!/bin/sh\r\necho x\r\n", 0o755)
    add("slow", "#!/bin/sh\nexec sleep 60\n", 0o755)
    add("hangs.json", "")
    os.unlink(f"{folder}/hangs.json")
    os.mkfifo(f"{folder}/hangs.json")
    add("open.json", "{}", 0o666)
    code, out, error, seconds = facts("custom", "--format", "json")
    value = json.loads(out)
    expect("those that can be read are there", (value["rack"], value["shop"], value["program"]) == ({"row": 7}, {"a": 1, "b": "two"}, {"key": "value"}), value)
    expect("those that cannot are told", code == 1 and all(f"facts.d/{name}" in error for name in
           ["broken.json", "fails", "carriage", "slow", "hangs.json", "open.json"]), error)
    expect("with what they said", "it ended with status 3: no bus" in error and "carriage return" in error, error)
    expect("and are not there", not set(value) & {"broken", "fails", "carriage", "slow", "hangs", "open"}, value)
    expect("the limit of a program holds", seconds < 15, seconds)
    os.unlink(f"{folder}/slow")
    code, out, error, _ = facts("custom.rack.row")
    expect("one of them is asked for alone", (code, out, error) == (0, "7\n", ""), (code, out, error))
    code, out, error, _ = facts("custom.broken")
    expect("a broken one says why", code == 1 and "broken.json" in error, error)
    site = f"{WORK}/site"
    os.makedirs(f"{site}/manifests")
    def catalog(text):
        open(f"{site}/site.yaml", "w").write("site: facts\n")
        open(f"{site}/manifests/all.yaml", "w").write("file:\n  /etc/x: {content: \"%s\"}\n" % text)
        done = subprocess.run([TOOL, "catalog", site], capture_output=True, text=True, timeout=20)
        return done.returncode, done.stdout + done.stderr
    code, said = catalog("${{ facts.custom.rack.row }}")
    expect("a site reads the good ones", code == 0, said)
    code, said = catalog("${{ facts.custom.broken.row }}")
    expect("and hears why not of the others", code == 65 and "all.yaml:2" in said and "broken.json" in said, said)
    subprocess.run(["umount", "/etc"])


def test_without_proc():
    subprocess.run(["mount", "--bind", "/var/empty" if os.path.isdir("/var/empty") else f"{WORK}", "/proc"], check=True)
    for words in [["facts", "--format", "json"], ["hostinfo"], ["--version"], ["plan", "/nonexistent"], ["status"], ["facts", "hostname"]]:
        done = subprocess.run([TOOL, *words], capture_output=True, text=True, timeout=20)
        expect(f"without /proc {words[0]} ends as it should", done.returncode in (0, 1, 66, 69), done)
        expect(f"without /proc {words[0]} has its words", "USAGE" not in done.stdout and "Fatal" not in done.stderr, done)
        if words[-1] == "json" and done.returncode == 0 and done.stdout.startswith("{"):
            expect("the facts have their names", "mounts" in json.loads(done.stdout), done.stdout)
    for tool in sys.argv[2:]:
        for words in [["--format", "json"], ["explain", "ip"], ["--nonsense"]]:
            done = subprocess.run([tool, *words], capture_output=True, text=True, timeout=20)
            expect(f"without /proc hostinfo {words[0]} ends as it should", done.returncode == (64 if words[0] == "--nonsense" else done.returncode)
                   and done.returncode in (0, 1, 64), done)
    subprocess.run(["umount", "-l", "/proc"])


try:
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            began = time.time()
            test()
            if os.environ.get("VERBOSE"):
                print(f"{name}: {time.time() - began:.1f} s")
finally:
    subprocess.run(f"umount -l {WORK}/* 2> /dev/null", shell=True)
    shutil.rmtree(WORK, ignore_errors=True)
print("facts of an ill host are read" if not failures else f"{len(failures)} failures")
sys.exit(1 if failures else 0)
