"""Called by pack-judge.sh: LODESTAR ROOT WORK CASES."""
import hashlib
import io
import json
import os
import random
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tarfile
import time

lodestar, root, work, cases = *sys.argv[1:4], int(sys.argv[4])
generator = random.Random(20261129)
ENV = {"PATH": os.environ["PATH"], "HOME": work, "LC_ALL": "C.UTF-8"}
CHUNK = 4 << 20


def fail(*words):
    print("FAILED", *words)
    sys.exit(1)


def call(*words, data=None, **more):
    return subprocess.run(words, cwd=work, env=ENV, capture_output=True, input=data, **more)


def must(*words, **more):
    done = call(*words, **more)
    if done.returncode != 0:
        fail(words, done.stdout.decode(), done.stderr.decode())
    return done.stdout


def expect(status, said, *words, **more):
    done = call(lodestar, *words, **more)
    text = (done.stdout + done.stderr).decode()
    if done.returncode != status or said not in text:
        fail(words, "expected", status, said, "found", done.returncode, text)
    return text


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def folder(name):
    path = f"{work}/{name}"
    shutil.rmtree(path, ignore_errors=True)
    os.mkdir(path)
    return path


def pack(place, out, *more, key="key"):
    return expect(0, "signed by", "image", "pack", place, "--out", f"{work}/{out}.image.tar", "--sign", f"{work}/{key}", *more)


TRUST = ["--signers", f"{work}/signers"]


def unpack(status, said, image, to, *trust, **more):
    return expect(status, said, "image", "unpack", image, "--to", to, *(trust or TRUST), **more)


def mark(place):
    return os.path.exists(f"{place}/var/lib/lodestar/image.json")


def seen(place):
    """Everything that a tree has, by path: what lstat, readlink, the attributes and the bytes say."""
    found, inodes = {}, {}
    for base, folders, files in os.walk(os.fsencode(place)):
        for name in [b"."] + folders + files:
            path = os.path.join(base, name)
            status = os.lstat(path)
            if name in folders and not stat.S_ISLNK(status.st_mode):
                continue
            kind = stat.S_IFMT(status.st_mode)
            entry = [oct(status.st_mode), status.st_uid, status.st_gid, status.st_mtime_ns]
            if kind != stat.S_IFDIR:
                entry.append(inodes.setdefault(status.st_ino, os.path.relpath(path, os.fsencode(place))))
                entry.append(status.st_nlink)
            if kind in (stat.S_IFBLK, stat.S_IFCHR):
                entry.append(status.st_rdev)
            if kind == stat.S_IFLNK:
                entry.append(os.readlink(path))
            if kind == stat.S_IFREG:
                entry += [status.st_size, hashlib.sha256(read(path)).hexdigest()]
            entry.append(sorted((n, os.getxattr(path, n, follow_symlinks=False)) for n in os.listxattr(path, follow_symlinks=False)))
            found[os.path.relpath(path, os.fsencode(place))] = entry
    return found


def own(path):
    """What an unpacked root has of its own, and not of its image."""
    names = [b"etc/machine-id", b"etc/systemd/system/lodestar-host-keys.service",
             b"etc/systemd/system/multi-user.target.wants/lodestar-host-keys.service", b"var/lib/lodestar/image.json"]
    left = [b"var/lib/systemd/random-seed", b"var/lib/dbus/machine-id"]
    return path in names or path in left or path.startswith(b"etc/ssh/ssh_host_") or path == b"var/lib/lodestar"


def same(place, other, folders=()):
    """Whether two trees are the same but for what is a machine's own."""
    one, two = seen(place), seen(other)
    for path in sorted(one.keys() | two.keys()):
        if own(path):
            continue
        a, b = one.get(path), two.get(path)
        # A folder that got something of its own has another time.
        if path in folders and a and b:
            a, b = a[:3] + a[4:], b[:3] + b[4:]
        if a != b:
            fail("not the same", path, a, b)


def image_parts(data):
    """The entries of an image: name, offset of the content, content."""
    return [(m.name, m.offset_data, data[m.offset_data:m.offset_data + m.size]) for m in tarfile.open(fileobj=io.BytesIO(data))]


def inner(image):
    parts = image_parts(read(image))
    told = json.loads(parts[0][2])
    data = b"".join(content for name, _, content in parts if name.startswith("chunks/"))
    return must("zstd", "-dcq", data=data) if told["compression"] == "zstd" else data


def by_tar(tar, to):
    must("tar", "--xattrs", "--xattrs-include=*", "--numeric-owner", "-xpf", "-", "-C", to, data=tar)


def sealed(list_bytes, chunks, key="key", namespace="lodestar-image"):
    """An image as anybody with a key can make one."""
    write(f"{work}/IMAGE", list_bytes)
    if os.path.exists(f"{work}/IMAGE.sig"):
        os.unlink(f"{work}/IMAGE.sig")
    must("ssh-keygen", "-q", "-Y", "sign", "-f", f"{work}/{key}", "-n", namespace, f"{work}/IMAGE")
    entries = [("IMAGE", list_bytes), ("IMAGE.sig", read(f"{work}/IMAGE.sig"))]
    entries += [(f"chunks/{i:05}", c) for i, c in enumerate(chunks)]
    return b"".join(header(n, len(d)) + d + bytes(-len(d) % 512) for n, d in entries) + bytes(1024)


def header(name, size):
    """A header of ustar of 2026-11-28T00:00:00Z."""
    number = b"0000000\0"
    block = bytearray(name.encode().ljust(100, b"\0") + b"0000644\0" + number * 2 + b"%011o\0%011o\0" % (size, 1795824000) + b" " * 8 + b"0")
    block = block.ljust(257, b"\0") + b"ustar\x0000"
    block = (block.ljust(329, b"\0") + number * 2).ljust(512, b"\0")
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def told_of(tar, **more):
    """A list for an inner tar, and its chunks."""
    chunks = [tar[i:i + CHUNK] for i in range(0, len(tar), CHUNK)]
    told = {"format": 1, "name": "x", "created": "2026-11-28T00:00:00Z", "compression": "none", "bytes": len(tar),
            "unpacked": 0, "entries": 1, "chunks": [{"sha256": hashlib.sha256(c).hexdigest(), "bytes": len(c)} for c in chunks]}
    told.update(more)
    return (json.dumps(told, indent=2) + "\n").encode(), chunks


with open(f"{work}/signers", "w") as file:
    for name in ("key", "stranger"):
        must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", f"{work}/{name}")
    file.write(f"ana@example.org namespaces=\"lodestar-image\" {read(f'{work}/key.pub').decode()}")


def nasty():
    """A root with all that is hard to keep."""
    base = os.fsencode(folder("nasty"))

    def at(name):
        return os.path.join(base, name)

    for name in (b"etc/ssh", b"etc/systemd/system/multi-user.target.wants", b"usr/bin", b"usr/sbin", b"var/lib/systemd", b"var/lib/dbus", b"deep/" + b"d" * 200 + b"/" + b"e" * 200):
        os.makedirs(at(name))
    for name, data in {
        b"etc/machine-id": b"11111111222233334444555555555555\n", b"etc/ssh/ssh_host_ed25519_key": b"secret", b"etc/ssh/ssh_host_ed25519_key.pub": b"public",
        b"etc/ssh/sshd_config": b"x", b"usr/bin/ssh-keygen": b"x", b"usr/sbin/sshd": b"x", b"var/lib/systemd/random-seed": b"seed", b"var/lib/dbus/machine-id": b"1\n",
        b"a b\n\tc": b"x", b"\xff\xfe not utf8": b"x", "ünïcødé 日本語".encode(): b"x", b"-dash": b"x", b"empty": b"", b"closed": b"x", b"l" * 255: b"x",
        b"deep/" + b"d" * 200 + b"/" + b"e" * 200 + b"/" + b"f" * 200: b"x", b"setuid": b"x", b"blocks": generator.randbytes(3 * 512), b"large": generator.randbytes(9_000_001),
        b"old": b"x", b"capable": b"x", b"listed": b"x", b"one": b"hard",
    }.items():
        write(at(name), data)
    with open(at(b"holes"), "wb") as file:
        file.truncate(1 << 20)
        file.seek(300_000)
        file.write(b"island")
    os.chmod(at(b"closed"), 0)
    os.chown(at(b"setuid"), 1234, 4294967294)
    os.chmod(at(b"setuid"), 0o6755)
    os.mkdir(at(b"sticky"))
    os.chmod(at(b"sticky"), 0o3777)
    for link, target in {b"to nowhere": b"../../../../etc/nothing", b"to root": b"/etc/shadow", b"long link": b"x" * 300, b"lib": b"usr/lib"}.items():
        os.symlink(target, at(link))
    os.lchown(at(b"to root"), 77, 78)
    for name, other in {b"two": b"one", b"usr/three": b"one", b"link too": b"to root"}.items():
        os.link(at(other), at(name), follow_symlinks=False)
    os.mknod(at(b"char"), stat.S_IFCHR | 0o640, os.makedev(4095, 1048575))
    os.mknod(at(b"block"), stat.S_IFBLK | 0o660, os.makedev(8, 1))
    os.mkfifo(at(b"fifo"))
    os.link(at(b"fifo"), at(b"fifo too"))
    listener = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(base)
    listener.bind("socket")
    os.chdir(here)
    for name in (b"user.b", b"user.a", b"trusted.t"):
        os.setxattr(at(b"listed"), name, b"\0\n=" + name)
    os.setxattr(at(b"listed"), b"user.empty", b"")
    os.setxattr(at(b"to root"), b"trusted.l", b"of a link", follow_symlinks=False)
    os.setxattr(at(b"char"), b"trusted.d", b"of a device")
    access = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in [(1, 6, 2**32 - 1), (2, 7, 1000), (4, 4, 2**32 - 1), (8, 4, 77), (16, 7, 2**32 - 1), (32, 4, 2**32 - 1)])
    os.setxattr(at(b"listed"), "system.posix_acl_access", access)
    os.setxattr(at(b"sticky"), "system.posix_acl_default", access)
    os.setxattr(at(b"capable"), "security.capability", struct.pack("<IIIII", 0x02000001, 1 << 13, 0, 0, 0))
    os.utime(at(b"old"), ns=(0, -1_500_000_000))
    os.utime(at(b"one"), ns=(0, 1_234_567_890_123_456_789))
    os.utime(at(b"sticky"), ns=(0, 987_654_321))
    return os.fsdecode(base)


# What is unpacked is what GNU tar unpacks; the same bytes twice, from a copy, from a tar, compressed or not.
began = time.monotonic()
place = nasty()
pack(place, "good", "--version", "1", "--expires", "3000d")
good = f"{work}/good.image.tar"
for number, (source, words) in enumerate([(place, ["--compression", "none"]), (place, [])]):
    pack(source, "again", "--name", "good", "--version", "1", "--expires", "3000d", *words)
    if not words and read(f"{work}/again.image.tar") != read(good):
        fail("other bytes the second time")
    unpack(0, "good 1, unpacked", f"{work}/again.image.tar", folder("ours"))
    by_tar(inner(f"{work}/again.image.tar"), folder("tars"))
    same(f"{work}/ours", f"{work}/tars", [b"etc/systemd/system", b"etc/systemd/system/multi-user.target.wants", b"etc/ssh", b"var/lib/systemd", b"var/lib/dbus"])
if b"good" in os.listxattr(f"{work}/ours/listed") or os.path.exists(f"{work}/ours/socket"):
    fail("a socket or a strange attribute")
for name in ("etc/ssh/ssh_host_ed25519_key", "etc/ssh/ssh_host_ed25519_key.pub", "var/lib/systemd/random-seed", "var/lib/dbus/machine-id", ".lodestar-unpacking"):
    if os.path.lexists(f"{work}/ours/{name}"):
        fail("it brought", name)
if read(f"{work}/ours/etc/machine-id") != b"uninitialized\n":
    fail("the machine id is", read(f"{work}/ours/etc/machine-id"))
wants = f"{work}/ours/etc/systemd/system/multi-user.target.wants/lodestar-host-keys.service"
must("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", os.path.realpath(wants)) if shutil.which("systemd-analyze") else None
if os.stat(f"{work}/ours/holes").st_size != 1 << 20:
    fail("the holes")
tar = inner(good)
write(f"{work}/plain.tar", tar)
must("gzip", "-kf", f"{work}/plain.tar")
for source in ("plain.tar", "plain.tar.gz"):
    pack(f"{work}/{source}", "again", "--name", "good", "--version", "1", "--expires", "3000d")
    if read(f"{work}/again.image.tar") != read(good):
        fail("other bytes from", source)
unpack(0, "was there already", good, f"{work}/ours")
unpack(0, "unpacked", "-", folder("stream"), data=read(good))
same(f"{work}/ours", f"{work}/stream")
told = json.loads(expect(0, "", "image", "verify", good, *TRUST, "--format", "json"))
if told["image"]["version"] != "1" or told["verdict"]["signer"] != "ana@example.org":
    fail("verify says", told)
print(f"pack-judge: attributes, {time.monotonic() - began:.1f} s")

# By hand: tar, sha256sum and ssh-keygen.
hand = folder("hand")
must("tar", "-xf", good, "-C", hand)
must("ssh-keygen", "-Y", "verify", "-f", f"{work}/signers", "-I", "ana@example.org", "-n", "lodestar-image", "-s", f"{hand}/IMAGE.sig", data=read(f"{hand}/IMAGE"))
sums = "".join(f"{c['sha256']}  {hand}/chunks/{i:05}\n" for i, c in enumerate(json.loads(read(f"{hand}/IMAGE"))["chunks"]))
must("sha256sum", "--check", "--quiet", data=sums.encode())

# Damaged, foreign, expired.
began = time.monotonic()
data, parts = read(good), image_parts(read(good))
chunks = [p for p in parts if p[0].startswith("chunks/")]


def changed(place, bit=1):
    return data[:place] + bytes([data[place] ^ bit]) + data[place + 1:]


bad, target = f"{work}/bad.image.tar", None
for number in range(20):
    name, offset, content = chunks[number % len(chunks)]
    at = offset + (generator.randrange(len(content)) if number > 4 else [0, len(content) - 1, len(content) // 2, -512 + 100, -512 + 156][number])
    write(bad, changed(at))
    expect(65, "refused: signed by ana@example.org, but byte", "image", "verify", bad, *TRUST)
    target = folder("target")
    unpack(65, "error: byte", bad, target)
    if mark(target):
        fail("a damaged image is marked", number)
# What a damaged image left is completed by the true one.
unpack(0, "unpacked", good, target)
same(target, f"{work}/ours")
for what, place in (("IMAGE", parts[0][1] + 40), ("IMAGE.sig", parts[1][1] + 80)):
    write(bad, changed(place))
    expect(79, "not trusted", "image", "verify", bad, *TRUST)
    unpack(79, "expected an image that is trusted", bad, folder("target"))
    if os.listdir(f"{work}/target"):
        fail("something was written for", what)
for size in [0, 511, 512, parts[0][1] + 10, chunks[0][1] + 5, len(data) - 1, len(data) - 512, len(data) - 1024]:
    write(bad, data[:size])
    if call(lodestar, "image", "verify", bad, *TRUST).returncode not in (65, 79):
        fail("cut to", size)
for more in (b"\0", bytes(512), data):
    write(bad, data + more)
    expect(65, "found more bytes", "image", "verify", bad, *TRUST)
pack(f"{work}/plain.tar", "foreign", key="stranger")
unpack(79, "nobody allows the key", f"{work}/foreign.image.tar", folder("target"))
expect(79, "nobody is trusted", "image", "verify", good)
expect(0, "", "image", "pack", f"{work}/plain.tar", "--out", f"{work}/unsigned.image.tar")
unpack(79, "bears no signature", f"{work}/unsigned.image.tar", folder("target"))
unpack(0, "unpacked", f"{work}/unsigned.image.tar", folder("target"), "--trust", "none")
soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))
pack(f"{work}/plain.tar", "expired", "--created", soon, "--expires", "3602s")
expect(65, "expected an image that counts now", "image", "pack", f"{work}/plain.tar", "--out", f"{work}/never.image.tar", "--created", soon, "--expires", "1h")
time.sleep(2.1)
unpack(79, "it counts until", f"{work}/expired.image.tar", folder("target"))
unpack(79, "it counts until", f"{work}/expired.image.tar", folder("target"), "--trust", "none")
list_bytes, bodies = told_of(tar)
write(bad, sealed(list_bytes, bodies, namespace="lodestar-bundle"))
unpack(79, "for the namespace `lodestar-bundle`", bad, folder("target"))
write(bad, sealed(list_bytes, bodies))
unpack(0, "unpacked", bad, folder("target"))
for change, said in (({"more": 1}, "found the key `more`"), ({"bytes": len(tar) + 1}, ""), ({"compression": "xz"}, "none or zstd"), ({"name": "../x"}, "expected `name`")):
    write(bad, sealed(told_of(tar, **change)[0], bodies))
    unpack(65, said, bad, folder("target"))
write(bad, sealed(list_bytes.replace(b'"format": 1,', b'"format":  1,'), bodies))
unpack(65, "found the same otherwise", bad, folder("target"))
print(f"pack-judge: damaged and foreign, {time.monotonic() - began:.1f} s")

# Hostile tars of somebody who counts leave nothing outside of the folder.
began = time.monotonic()


def hostile(*entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as made:
        for name, kind, extra in entries:
            info = tarfile.TarInfo(name)
            info.type, info.mode = kind, 0o755
            content = b""
            if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                info.linkname = extra
            elif kind == tarfile.REGTYPE:
                content = extra
            info.size = len(content)
            made.addfile(info, io.BytesIO(content))
    return out.getvalue()


F, D, S, H = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
outside = folder("outside")
write(f"{outside}/victim", b"mine")
for entries, said, packs in [
    ([("../outside/evil", F, b"x")], "leads out of it by `..`", False),
    ([("a/../../outside/evil", F, b"x")], "leads out of it by `..`", False),
    ([(f"{outside}/evil", F, b"x")], "has an absolute name", False),
    ([("out", S, outside), ("out/evil", F, b"x")], "cannot reach", False),
    ([("out", S, outside), ("out/evil", D, None)], "cannot reach", False),
    ([("out", S, "."), ("out/out/evil", F, b"x")], "cannot reach", False),
    ([("d", D, None), ("d/out", S, "../../outside"), ("d/out/evil/more", F, b"x")], "cannot reach", False),
    ([("hard", H, f"{outside}/victim")], "has an absolute name", False),
    ([("hard", H, "../outside/victim")], "leads out of it by `..`", False),
    ([("out", S, outside), ("hard", H, "out/victim")], "cannot reach", False),
    ([("victim", S, f"{outside}/victim"), ("victim", F, b"evil")], None, False),
    ([("out", S, outside), ("out", D, None)], "EEXIST", False),
    ([("d", D, None), ("d/x", F, b"x"), ("d", F, b"x")], "EISDIR", False),
    ([(".lodestar-unpacking", F, b"x")], "was never unpacked to the end", False),
    ([("var", D, None), ("var/lib", S, outside)], "", False),
    ([("etc/machine-id", S, f"{outside}/victim")], None, True),
    ([("x/" + "n" * 300, F, b"x")], "has a name that is too long", False),
    ([("s", S, "t" * 5000)], "without a target that the kernel takes", False),
]:
    made = hostile(*entries)
    write(f"{work}/hostile.tar", made)
    done = call(lodestar, "image", "pack", f"{work}/hostile.tar", "--out", f"{work}/never.image.tar")
    if (done.returncode == 0) != packs and said != "":
        fail("pack of", entries, done.returncode, done.stderr.decode())
    write(bad, sealed(*told_of(made)))
    target = folder("target")
    done = call(lodestar, "image", "unpack", bad, "--to", target, *TRUST)
    text = done.stderr.decode()
    if said is None and done.returncode != 0 or said and (done.returncode != 1 or said not in text):
        fail("unpack of", entries, done.returncode, text)
    if said and mark(target):
        fail("marked", entries)
    if os.listdir(outside) != ["victim"] or read(f"{outside}/victim") != b"mine":
        fail("written outside", entries, os.listdir(outside))
# A zstd frame that would be more than its chunk.
bomb = must("zstd", "-qc", data=bytes(64 << 20))
write(bad, sealed(*(lambda told: (told[0], [bomb]))(told_of(bytes(CHUNK), compression="zstd", chunks=[{"sha256": hashlib.sha256(bomb).hexdigest(), "bytes": len(bomb)}]))))
unpack(1, "cannot", bad, folder("target"))
# Other things that are there.
write(f"{folder('target')}/file", b"x")
unpack(1, "expected an empty folder, found `file`", good, f"{work}/target")
os.makedirs(f"{folder('target')}/boot/efi")
unpack(0, "unpacked", good, f"{work}/target")
unpack(1, "another image is there: good", f"{work}/unsigned.image.tar", f"{work}/target", "--trust", "none")
print(f"pack-judge: hostile, {time.monotonic() - began:.1f} s")

# Full disks: known before, or met; nothing is marked, and more room is all it needs.
small = folder("small")
must("mount", "-t", "tmpfs", "-o", "size=4m", "none", small)
unpack(1, "it needs", good, small)
if os.listdir(small):
    fail("something was written to a disk that is too small")
list_bytes, bodies = told_of(tar)
write(bad, sealed(list_bytes, bodies))
# Of no tmpfs all attributes are taken: only what fits on any is in this one.
lean = hostile(*[(f"f{i}", F, generator.randbytes(500_000)) for i in range(20)])
write(bad, sealed(*told_of(lean)))
unpack(1, "ENOSPC", bad, small)
if mark(small):
    fail("a full disk is marked")
must("mount", "-o", "remount,size=40m", small)
unpack(0, "unpacked", bad, small)
must("umount", small)

# Killed at random moments it goes on; what the journal has is not written again.
began = time.monotonic()
pack(root, "root", "--compression", "none")
image = f"{work}/root.image.tar"
whole = folder("whole")
started = time.monotonic()
done = call("time", "-f", "%M", "-o", f"{work}/peak", lodestar, "image", "unpack", image, "--to", whole, *TRUST)
ours, peak = time.monotonic() - started, int(read(f"{work}/peak"))
if done.returncode != 0:
    fail("unpack of the whole root", done.stderr.decode())
tars = folder("tars")
write(f"{work}/plain.tar", inner(image))
started = time.monotonic()
must("sh", "-c", f"tar --xattrs '--xattrs-include=*' --numeric-owner -xpf {work}/plain.tar -C {tars} && sync -f {tars}")
theirs = time.monotonic() - started
touched = [b"etc/systemd/system", b"etc/systemd/system/multi-user.target.wants", b"etc/ssh", b"var/lib/systemd", b"var/lib/dbus", b"var/lib", b"etc"]
same(whole, tars, touched)
compared = call("tar", "--compare", "-f", f"{work}/plain.tar", "-C", whole).stdout.decode().splitlines()
if [line for line in compared if "machine-id" not in line]:
    fail("tar --compare", compared)
size = os.path.getsize(f"{work}/plain.tar") >> 20
print(f"pack-judge: {size} MiB in {ours:.2f} s, tar and sync {theirs:.2f} s, rate {theirs / ours:.2f} of it")
kept = 0
target = folder("target")
for number in range(cases):
    child = subprocess.Popen([lodestar, "image", "unpack", image, "--to", target, *TRUST], cwd=work, env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(generator.uniform(0.02, ours))
    child.send_signal(signal.SIGKILL)
    child.wait()
    if mark(target):
        target = folder("target")
        continue
    journal = f"{target}/.lodestar-unpacking"
    done = json.loads(read(journal))["done"] if os.path.exists(journal) else 0
    before = {}
    if done:
        with tarfile.open(f"{work}/plain.tar") as made:
            for entry in made:
                if entry.isreg() and entry.offset_data + entry.size <= done - 512:
                    before[entry.name] = os.lstat(f"{target}/{entry.name}").st_ino
    unpack(0, "unpacked", image, target)
    same(target, whole)
    for name, inode in before.items():
        if os.lstat(f"{target}/{name}").st_ino != inode:
            fail("written again", name)
    kept += len(before)
    target = folder("target")
print(f"pack-judge: killed {cases} times, {kept} files not written again, {time.monotonic() - began:.1f} s; peak {peak >> 10} MiB")
# Three chunks, and the folders of a whole root.
if peak > 40 << 10 and "debug" not in os.path.realpath(lodestar):
    fail("it takes", peak, "KiB of memory")
# A time is not for every run of the tests.
if cases > 1 and ours > 2 * theirs + 0.5:
    fail("less than half of tar's rate:", ours, theirs)
print("pack-judge: passed")
