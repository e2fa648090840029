#!/usr/bin/env python3
"""Judges `lodestar disk show`: tables that sgdisk, sfdisk and parted write, beside `sfdisk --json`; images of every mkfs that is there, beside
`wipefs --json`; damaged and hostile tables, each of which must be refused with its reason, within a second and 64 MB.
  disk-judge.py LODESTAR [TABLES [SEED]]"""
import json, os, random, resource, shutil, struct, subprocess, sys, tempfile, zlib

PACKAGES = "gdisk fdisk parted e2fsprogs dosfstools xfsprogs btrfs-progs f2fs-tools ntfs-3g exfatprogs squashfs-tools erofs-utils udftools nilfs-tools jfsutils cryptsetup-bin xorriso gfs2-utils reiserfsprogs".split()
missing = [p for p in PACKAGES if subprocess.run(["dpkg", "-s", p], capture_output=True).returncode]
if missing: subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"), stdout=subprocess.DEVNULL, check=True)
TOOL = os.path.realpath(sys.argv[1])
TABLES = int(sys.argv[2]) if len(sys.argv) > 2 else 200
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
WORK = tempfile.mkdtemp(prefix="lodestar-disk-", dir="/var/tmp")
R = random.Random(SEED)
faults = []
ESP = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
TYPES = {ESP: "esp", "0FC63DAF-8483-4772-8E79-3D69D8477DE4": "linux-data", "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709": "linux-root",
         "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F": "swap", "21686148-6449-6E6F-744E-656564454649": "bios-boot", "E6D6D379-F507-44C2-A23C-238F2A3DF928": "lvm"}


def run(*words, text=None):
    return subprocess.run(words, input=text, capture_output=True, text=True, timeout=60)


def show(path, *more):
    def limits(): resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
    done = subprocess.run([TOOL, "disk", "show", path, "--format", "json", *more], capture_output=True, text=True, timeout=20, preexec_fn=limits)
    if done.returncode: return {"status": done.returncode, "errors": done.stderr}
    return json.loads(done.stdout)


def complain(what, *details):
    faults.append(what)
    print("FAULT", what, *details)


def blank(size):
    path = f"{WORK}/disk"
    if os.path.exists(path): os.unlink(path)
    with open(path, "wb") as file: file.truncate(size)
    return path


def with_sectors(path, sector, *words, text=None):
    """Runs a program on a file, which a loop device gives sectors of another size."""
    if sector == 512: return run(*words, path, text=text)
    device = run("losetup", "--find", "--show", "--sector-size", str(sector), path).stdout.strip()
    try:
        done = run(*words, device, text=text)
        done.stdout = done.stdout.replace(device, path)
        return done
    finally: run("losetup", "--detach", device)


def judged(path, sector):
    """What sfdisk reads."""
    done = with_sectors(path, sector, "sfdisk", "--json")
    return json.loads(done.stdout)["partitiontable"] if done.returncode == 0 and done.stdout.strip() else None


def compare(name, path, sector):
    theirs, ours = judged(path, sector), show(path, "--sector-size", str(sector))
    if theirs is None: return complain(f"{name}: sfdisk reads nothing", ours)
    if "kind" not in ours: return complain(f"{name}: not read", ours)
    kind = {"gpt": "gpt", "dos": "mbr"}[theirs["label"]]
    if ours["kind"] != kind: return complain(f"{name}: {ours['kind']} instead of {kind}", ours)
    def number(node): return int(node[len(path):].lstrip("p"))
    want = sorted((number(p["node"]), p["start"], p["size"], p.get("uuid", "").upper() if kind == "gpt" else "", p.get("name", ""),
                   TYPES.get(p["type"].upper(), p["type"].upper()) if kind == "gpt" else p["type"].lower()) for p in theirs.get("partitions", []))
    have = sorted((p["number"], p["start"], p["sectors"], p["guid"] or "", p["name"], p["type"]) for p in ours["partitions"])
    names = {v for v in TYPES.values()}
    have = [h[:5] + (h[5] if h[5] in names or kind == "mbr" or "-" in h[5] and len(h[5]) == 36 else next((w[5] for w in want if w[0] == h[0]), "?"),) for h in have]
    if want != have: complain(f"{name}: differs", want, have)
    if kind == "gpt" and theirs.get("id", "").upper() != ours["guid"]: complain(f"{name}: another disk GUID")
    if kind == "gpt" and not ours["writable"]: complain(f"{name}: not writable", ours["problems"])
    if kind == "mbr" and ours["problems"]: complain(f"{name}: problems", ours["problems"])


def tables():
    index = 0
    while index < TABLES:
        path = blank(R.choice([8, 16, 33, 64, 257]) << 20)
        tool = R.choice(["sgdisk", "sfdisk", "sfdisk4k", "parted", "sfdisk-dos"])
        count = R.randint(0, 6)
        size = (os.path.getsize(path) >> 20) // (count + 2)
        if tool == "sgdisk":
            words = ["sgdisk", "-o"]
            for n in R.sample(range(1, 20), count): words += ["-n", f"{n}:0:+{max(1, size - 1)}M", "-c", f"{n}:{R.choice(['root', 'EFI System', 'ä ö', '', 'x' * 36])}", "-t", f"{n}:{R.choice(list(TYPES))}"]
            if R.random() < 0.3: words += ["-S", str(R.choice([64, 256]))]
            done = run(*words, path)
        elif tool == "parted":
            words = ["parted", "-s", "-a", "optimal", path, "mklabel", "gpt"]
            for n in range(count): words += ["mkpart", f"p{n}", f"{1 + n * size}MiB", f"{1 + (n + 1) * size - R.choice([0, 1]) * (size > 1)}MiB"]
            done = run(*words)
        else:
            lines = ["label: dos" if tool == "sfdisk-dos" else "label: gpt"]
            if tool == "sfdisk-dos" and count > 4: lines += [f"size={size}MiB, type=83", "type=5"] + [f"size={max(1, size - 1)}MiB, type={R.choice(['83', '82', '7'])}" for _ in range(count - 1)]
            else: lines += [f"size={size}MiB, type={R.choice(['83', '82', '8e']) if tool == 'sfdisk-dos' else R.choice(list(TYPES))}" for _ in range(count if tool != "sfdisk-dos" else max(1, count))]
            done = with_sectors(path, 4096 if tool == "sfdisk4k" else 512, "sfdisk", "-q", text="\n".join(lines) + "\n")
        if "No space left" in done.stderr or "No free sectors" in done.stderr: continue
        if done.returncode: complain(f"{tool} {index}: {done.stderr.strip()[:200]}"); index += 1; continue
        compare(f"table {index} of {tool}", path, 4096 if tool == "sfdisk4k" else 512)
        index += 1
    print(f"{TABLES} tables (seed {SEED})")


def u32(n): return struct.pack("<I", n & 0xFFFFFFFF)


def hostile():
    """A good table, then one thing wrong with it; headers are sealed again where the fault is not the seal itself."""
    path = blank(16 << 20)
    assert run("sfdisk", "-q", path, text=f"label: gpt\nsize=4MiB, type={ESP}\nsize=4MiB\n").returncode == 0
    good = open(path, "rb").read()
    last = len(good) // 512 - 1

    def sealed(data, place, change, entries=True):
        """Changes a header (and entries) and computes its checksums anew."""
        head = bytearray(data[place * 512:(place + 1) * 512])
        change(head)
        if entries:
            lba, = struct.unpack_from("<Q", head, 72); count, size = struct.unpack_from("<II", head, 80)
            if lba * 512 + count * size <= len(data) and count * size < 1 << 24: head[88:92] = u32(zlib.crc32(data[lba * 512:lba * 512 + count * size]))
        head[16:20] = u32(0)
        length, = struct.unpack_from("<I", head, 12)
        head[16:20] = u32(zlib.crc32(head[:length if length <= 512 else 92]))
        data[place * 512:(place + 1) * 512] = head
        return data

    def both(change): return lambda d: sealed(sealed(d, 1, change), last, change)
    def put(offset, data):
        def change(d): d[offset:offset + len(data)] = data; return d
        return change
    def field(offset, data):
        def change(h): h[offset:offset + len(data)] = data
        return change
    def entry(index, offset, data):
        def change(d):
            for base in (2 * 512, (last - 32) * 512): d[base + index * 128 + offset:base + index * 128 + offset + len(data)] = data
            return sealed(sealed(d, 1, lambda h: None), last, lambda h: None)
        return change
    q = lambda n: struct.pack("<Q", n)
    cases = {
        "no protective MBR": put(510, b"\0\0"), "an MBR that protects nothing": put(450, b"\x83"), "a hybrid MBR": put(462, bytes([0, 0, 2, 0, 0x83, 0, 0, 0]) + u32(2048) + u32(100)),
        "first magic": put(512, b"XFI PART"), "second magic": put(last * 512, b"XFI PART"), "first checksum": put(512 + 16, b"\0\0\0\0"), "second checksum": put(last * 512 + 16, b"\1\2\3\4"),
        "entries changed": put(2 * 512 + 60, b"zz"), "second entries changed": put((last - 32) * 512 + 60, b"zz"), "revision 2.0": both(field(8, u32(0x20000))),
        "header of 0 bytes": both(field(12, u32(0))), "header of 91 bytes": both(field(12, u32(91))), "header of 513 bytes": both(field(12, u32(513))), "header of 4 GiB": both(field(12, u32(-1))),
        "another place": both(field(24, q(7))), "entries at 0": both(field(72, q(0))), "entries in the header": both(field(72, q(1))), "entries beyond the disk": both(field(72, q(1 << 40))),
        "entries at the end of numbers": both(field(72, q(2**64 - 1))), "no entries": both(field(80, u32(0))), "an absurd count": both(field(80, u32(0x7FFFFFFF))), "4 billion entries": both(field(80, u32(-1))),
        "entries of 0 bytes": both(field(84, u32(0))), "entries of 127 bytes": both(field(84, u32(127))), "entries of 192 bytes": both(field(84, u32(192))), "entries of 2 GiB": both(field(84, u32(1 << 31))),
        "first usable after last": both(field(40, q(1 << 30))), "last usable beyond the disk": both(field(48, q(1 << 30))), "usable from 0": both(field(40, q(0))), "usable at the end of numbers": both(field(48, q(2**64 - 1))),
        "partition beyond the disk": entry(0, 40, q(1 << 40)), "partition of more bytes than numbers hold": entry(0, 40, q(1 << 60)), "partition at the end of numbers": entry(0, 40, q(2**64 - 1)), "partition ends before it begins": entry(0, 40, q(34)), "partition on the header": entry(0, 32, q(1)),
        "partitions on each other": entry(1, 32, q(4096)), "one in the other": entry(1, 32, q(2048)), "one GUID twice": None, "other disk GUID in one copy": lambda d: sealed(d, last, field(56, b"x" * 16)),
        "other usable in one copy": lambda d: sealed(d, 1, field(40, q(40))), "second copy elsewhere": lambda d: sealed(d, 1, field(32, q(100))), "second copy at 0": lambda d: sealed(d, 1, field(32, q(0))),
        "second copy beyond": lambda d: sealed(d, 1, field(32, q(1 << 50))), "both copies the first": lambda d: sealed(d, 1, field(32, q(1))), "a larger disk": lambda d: d + bytes(1 << 20), "a smaller disk": lambda d: d[:12 << 20],
        "cut in the second copy": lambda d: d[:-512], "cut in the entries": lambda d: d[:5 * 512], "no whole sector more": lambda d: d + b"x" * 100, "both magics": lambda d: put(last * 512, b"XFI PART")(put(512, b"XFI PART")(d)),
        "both checksums": lambda d: put(last * 512 + 16, b"abcd")(put(512 + 16, b"abcd")(d)), "zeroes in the first sectors": put(0, bytes(34 * 512)), "zeroes at the end": lambda d: d[:-33 * 512] + bytes(33 * 512),
    }
    guid = good[2 * 512 + 16:2 * 512 + 32]
    cases["one GUID twice"] = entry(1, 16, guid)
    fine = {"no whole sector more"}
    for name, change in cases.items():
        with open(path, "wb") as file: file.write(change(bytearray(good)))
        found = show(path)
        if "kind" not in found: complain(f"hostile: {name}: not read", found); continue
        text = run(TOOL, "disk", "show", path)
        if text.returncode: complain(f"hostile: {name}: not printed", text.returncode, text.stderr[-200:])
        if name in fine: continue
        if found["writable"] and found["kind"] == "gpt": complain(f"hostile: {name}: writable")
        if found["kind"] == "gpt" and not found["problems"]: complain(f"hostile: {name}: no reason")
    # Logical partitions: a ring, a chain that leaves its partition, one beyond the disk.
    assert run("sfdisk", "-q", blank(16 << 20), text="label: dos\nsize=2MiB\ntype=5\nsize=2MiB\nsize=2MiB\n").returncode == 0
    path = f"{WORK}/disk"; good = open(path, "rb").read(); outer, = struct.unpack_from("<I", good, 446 + 16 + 8)
    for name, offset, data in [("a ring", outer * 512 + 446 + 16 + 8, u32(0)), ("out of it", outer * 512 + 446 + 16 + 8, u32(1 << 30)), ("no magic", outer * 512 + 510, b"\0\0"), ("beyond", 446 + 16 + 12, u32(-1)), ("no sectors", 446 + 12, u32(0))]:
        with open(path, "wb") as file: file.write(put(offset, data)(bytearray(good)))
        found = show(path)
        if not found.get("problems"): complain(f"hostile MBR: {name}: no reason", found)
    # Flipped bits: never a crash, never another table without a word.
    assert run("sfdisk", "-q", blank(4 << 20), text=f"label: gpt\nsize=1MiB, type={ESP}\n").returncode == 0
    good = open(path, "rb").read(); whole = show(path)
    for _ in range(150):
        data = bytearray(good); place = R.choice([R.randrange(440, 34 * 512), R.randrange(len(data) - 33 * 512, len(data))]); data[place] ^= 1 << R.randrange(8)
        with open(path, "wb") as file: file.write(data)
        found = show(path)
        if "kind" not in found: complain(f"flip at {place}: not read", found)
        elif found["writable"] and found["partitions"] != whole["partitions"]: complain(f"flip at {place}: another table without a word")
    print(f"{len(cases) + 5} hostile tables, 150 flips")


def signatures():
    """Images of every mkfs that is there, beside libblkid."""
    makers = [
        ("mke2fs -q -F -t ext2", 8), ("mke2fs -q -F -t ext3", 16), ("mke2fs -q -F -t ext4", 16), ("mke2fs -q -F -t ext4 -b 1024 -O ^metadata_csum", 16), ("mke2fs -q -F -O journal_dev", 16),
        ("mkfs.xfs -q -f", 320), ("mkfs.xfs -q -f -m crc=0", 320), ("mkfs.btrfs -q -f", 128), ("mkfs.vfat -F 12", 2), ("mkfs.vfat -F 16", 16), ("mkfs.vfat -F 32", 64), ("mkfs.vfat -F 32 -S 4096", 300),
        ("mkswap -q", 8), ("mkswap -q -p 8192", 8), ("mkswap -q -p 65536", 8), ("mkfs.ntfs -q -F", 16), ("mkfs.exfat", 16), ("mkfs.f2fs -q -f", 64), ("mkfs.nilfs2 -q -f", 160), ("mkfs.jfs -q", 32),
        ("mkreiserfs -q -f -ff", 40), ("mkfs.gfs2 -q -O -p lock_nolock", 64), ("mkudffs", 16), ("mkfs.minix", 8), ("mkfs.minix -2", 8), ("mkfs.minix -3", 8), ("mkfs.bfs", 4),
        ("cryptsetup -q luksFormat --type luks1 --pbkdf-force-iterations 1000 --key-file /etc/hostname", 32), ("cryptsetup -q luksFormat --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file /etc/hostname", 32),
    ]
    count = skipped = 0
    for words, size in makers:
        if not shutil.which(words.split()[0]): print("skipped: no", words.split()[0]); skipped += 1; continue
        path = blank(size << 20)
        done = run(*words.split(), path, text="y\n")
        if done.returncode: print(f"skipped: {words}: {done.stderr.strip()[:100]}"); skipped += 1; continue
        count += agree(words, path)
    for name, words in [("squashfs", ["mksquashfs", "/etc/apt", "OUT", "-quiet", "-noappend"]), ("erofs", ["mkfs.erofs", "--quiet", "OUT", "/etc/apt"]), ("iso9660", ["xorriso", "-as", "mkisofs", "-quiet", "-o", "OUT", "/etc/apt"])]:
        if not shutil.which(words[0]): print("skipped: no", words[0]); skipped += 1; continue
        path = blank(0); os.unlink(path)
        done = run(*[path if w == "OUT" else w for w in words])
        if done.returncode: print(f"skipped: {name}: {done.stderr.strip()[:100]}"); skipped += 1; continue
        count += agree(name, path)
    # Those for which there is no program here: magic bytes at their places, as libblkid knows them.
    for name, size, parts in [
        ("LVM2_member", 4, [(512, b"LABELONE" + struct.pack("<QII", 1, 0, 32) + b"LVM2 001")]),
        ("linux_raid_member", 4, [(4096, u32(0xA92B4EFC) + u32(1) + bytes(120) + struct.pack("<Q", 8))]), ("zfs_member", 16, [((256 << 10) * n + (128 << 10) + 1024 * i, struct.pack("<Q", 0x00BAB10C)) for n in (0, 1, 62, 63) for i in range(8)]),
        ("ceph_bluestore", 4, [(0, b"bluestore block device\n")]), ("VMFS_volume_member", 4, [(1 << 20, bytes([0x0D, 0xD0, 0x01, 0xC0]))]), ("VMFS", 4, [(2 << 20, bytes([0x5E, 0xF1, 0xAB, 0x2F]))]),
        ("isw_raid_member", 4, [((4 << 20) - 1024, b"Intel Raid ISM Cfg Sig. 1.1.00")]),
    ]:
        path = blank(size << 20)
        with open(path, "r+b") as file:
            for offset, data in parts: file.seek(offset); file.write(data)
        ours = {s["type"] for s in show(path)["signatures"]}
        if name not in ours: complain(f"{name}: {ours}")
        count += 1
    for size in (4 << 20, (4 << 20) + 4096, 1 << 17):
        path = blank(size)
        with open(path, "r+b") as file: file.write(R.randbytes(size))
        if show(path)["signatures"] and not run("wipefs", "--json", path).stdout.strip(): complain("noise has a signature", show(path)["signatures"])
    print(f"{count} images agree with libblkid, {skipped} not made")


def agree(name, path):
    done = run("wipefs", "--noheadings", "--output", "TYPE", path)
    theirs = {word for word in done.stdout.split() if word not in ("gpt", "dos", "PMBR")}
    ours = {s["type"] for s in show(path)["signatures"]}
    if theirs != ours: complain(f"{name}: libblkid says {sorted(theirs)}, we {sorted(ours)}")
    return 1


try:
    tables(); hostile(); signatures()
finally:
    shutil.rmtree(WORK)
print("disks: ok" if not faults else f"{len(faults)} faults")
sys.exit(1 if faults else 0)
