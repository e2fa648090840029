#!/usr/bin/env python3
"""Judges install profiles on disk images: tables by sgdisk, sfdisk and parted, file systems by e2fsck, fsck.fat, xfs_repair and blkid; refusals by the digests of all
disks; kills at random moments by a second run.
  install-judge.py LODESTAR [KILLS [SEED]]      (LODESTAR: the static binary; needs root and loop devices)"""
import hashlib, json, os, random, shutil, signal, subprocess, sys, tempfile, time

PACKAGES = "gdisk fdisk parted e2fsprogs dosfstools xfsprogs lvm2 mdadm cryptsetup-bin".split()
missing = [p for p in PACKAGES if subprocess.run(["dpkg", "-s", p], capture_output=True).returncode]
if missing: subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"), stdout=subprocess.DEVNULL, check=True)
TOOL = os.path.realpath(sys.argv[1])
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
WORK = tempfile.mkdtemp(prefix="lodestar-install-", dir="/var/tmp")
R = random.Random(SEED)
MIB, SIZE = 1 << 20, 700
faults = []


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, timeout=120, **more)


def complain(what, *details):
    faults.append(what)
    print("FAULT", what, *details)


def write(path, text):
    os.makedirs(os.path.dirname(f"{WORK}/{path}"), exist_ok=True)
    with open(f"{WORK}/{path}", "w") as file: file.write(text)


def blank(name, mebibytes):
    path = f"{WORK}/{name}"
    if os.path.exists(path): os.unlink(path)
    with open(path, "wb") as file: file.truncate(mebibytes * MIB)
    return path


def digest(path):
    """Of the blocks that are not zeros."""
    value = hashlib.sha256()
    with open(path, "rb") as file:
        size, place = os.fstat(file.fileno()).st_size, 0
        while True:
            try: place = os.lseek(file.fileno(), place, os.SEEK_DATA)
            except OSError: break
            end = os.lseek(file.fileno(), place, os.SEEK_HOLE)
            file.seek(place)
            for start in range(place, end, 4096):
                if (block := file.read(min(4096, end - start))).strip(b"\0"): value.update(start.to_bytes(8, "big") + block)
            place = end
    return f"{size} {value.hexdigest()}"


def lodestar(verb, *words, sector=512, disks=("d1",), profile="disk"):
    images = [word for name in disks for word in ("--disk-image", f"{WORK}/{name},serial=SN-1-{name.upper()},sector={sector}")]
    return run(TOOL, verb, f"{WORK}/site", "--profile", profile, "--host", "SN-1", "--target", f"{WORK}/target", *images, *words)


def in_loop(path, sector, body):
    """Runs something on a loop device with the partitions of the image, each a loop device of its own (kernels need not read tables)."""
    device = run("losetup", "--find", "--show", "--sector-size", str(sector), path).stdout.strip()
    try: return body(device)
    finally: run("losetup", "--detach", device)


def part(path, start, size, *words):
    device = run("losetup", "--find", "--show", "--offset", str(start), "--sizelimit", str(size), path).stdout.strip()
    try: return run(*words, device)
    finally: run("losetup", "--detach", device)


write("site/site.yaml", "site: judge\n")
write("site/inventory/h.yaml", "hosts:\n  SN-1: {install: disk}\n")
write("site/install/disk.yaml", """disk:
  system: {select: {serial: "${{ host.id }}-D1"}}
partition:
  bios: {disk: system, type: bios-boot, size: 1MiB}
  esp: {disk: system, type: esp, size: 260MiB}
  root: {disk: system, type: linux-root, size: 64MiB}
  swap: {disk: system, type: swap, size: 16MiB}
  data: {disk: system, type: linux-data, size: rest}
file_system:
  root: {partition: root, type: ext4, label: root, mount: /}
  esp: {partition: esp, type: vfat, label: ESP}
  swap: {partition: swap, type: swap, label: swap}
  data: {partition: data, type: xfs, label: data, mount: /srv}
""")
run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{WORK}/key", "-C", "judge")
run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{WORK}/other", "-C", "judge")
with open(f"{WORK}/key.pub") as file: write("signers", f"judge {file.read()}")


def token(name="token", sn="SN-1", disk="SN-1-D1", wipe=(), key="key", expires="1h", reinstall=None):
    words = [word for signature in wipe for word in ("--wipe", signature)] + (["--reinstall", reinstall] if reinstall else [])
    done = run(TOOL, "install", "token", "--sn", sn, "--disk", disk, *words, "--expires", expires, "--sign", f"{WORK}/{key}", "--out", f"{WORK}/{name}")
    if done.returncode: sys.exit(f"install token: {done.stderr}")
    return ["--token", f"{WORK}/{name}", "--token-signers", f"{WORK}/signers"]


def judge(path, sector, what):
    """The image is what the profile says, by programs that are not ours."""
    def tables(device):
        for words in (["sgdisk", "-v"], ["sfdisk", "--verify", "-q"], ["parted", "-s"]):
            done = run(*words, device, *(["print"] if words[0] == "parted" else []))
            said = done.stdout + done.stderr
            if done.returncode or (words[0] == "sgdisk" and "No problems found" not in said) or "Warning" in said or "Error" in said:
                complain(f"{what}: {words[0]}", said)
        return json.loads(run("sfdisk", "--json", device).stdout)["partitiontable"]
    table = in_loop(path, sector, tables)
    names = [entry.get("name") for entry in table["partitions"]]
    if names != ["bios", "esp", "root", "swap", "data"]: complain(f"{what}: partitions {names}")
    if any(entry.get("attrs") for entry in table["partitions"]): complain(f"{what}: attributes are left", table)
    checks = {"root": ("ext4", ["e2fsck", "-fn"]), "esp": ("vfat", ["fsck.fat", "-n"]), "swap": ("swap", None), "data": ("xfs", ["xfs_repair", "-n"])}
    for entry in table["partitions"]:
        if entry["name"] not in checks: continue
        kind, check = checks[entry["name"]]
        place = (entry["start"] * sector, entry["size"] * sector)
        found = dict(line.split("=", 1) for line in part(path, *place, "blkid", "-p", "-o", "export").stdout.splitlines() if "=" in line)
        if found.get("TYPE") != kind or found.get("LABEL") != entry["name"].replace("esp", "ESP"): complain(f"{what}: {entry['name']}", found)
        if check:
            done = part(path, *place, *check)
            if done.returncode: complain(f"{what}: {check[0]} of {entry['name']}", done.stdout + done.stderr)
    return table


def sectors():
    for sector in (512, 4096):
        path = blank("d1", SIZE)
        plan = lodestar("plan", sector=sector)
        if plan.returncode or digest(path) != digest(blank("d2", SIZE)): complain(f"a plan of {sector} fails or writes", plan.stderr)
        done = lodestar("apply", sector=sector)
        if done.returncode: return complain(f"apply at {sector}", done.stdout + done.stderr)
        first = judge(path, sector, f"sectors of {sector}")
        before = digest(path)
        again = lodestar("plan", "--detailed-exit-code", sector=sector)
        if again.returncode or "nothing to do" not in again.stdout: complain(f"the second plan at {sector}", again.stdout)
        if lodestar("apply", sector=sector).returncode or digest(path) != before: complain(f"a second apply writes at {sector}")
        blank("d1", SIZE)
        lodestar("apply", sector=sector)
        if judge(path, sector, "made again")["id"] != first["id"]: complain("another GUID the second time")


def refused(what, words, *more, disks=("d1", "d2"), **options):
    """Nothing is done: every disk has the digest that it had."""
    before = [digest(f"{WORK}/{name}") for name in disks]
    for verb in ("plan", "apply"):
        done = lodestar(verb, *more, disks=disks, **options)
        said = done.stdout + done.stderr
        if verb == "apply" and done.returncode == 0: complain(f"{what}: apply has no fault")
        if words not in said: complain(f"{what}: expected `{words}`", verb, said)
    if [digest(f"{WORK}/{name}") for name in disks] != before: complain(f"{what}: a disk was written")


def permissions():
    blank("d1", SIZE), blank("d2", SIZE)
    run("mke2fs", "-q", "-F", f"{WORK}/d1")
    refused("no token", "holds ext2")
    refused("another machine's token", "found one for SN-2", *token(sn="SN-2", wipe=["ext2"]))
    refused("another disk's token", "token is not for", *token(disk="SN-1-D2", wipe=["ext2"]))
    refused("another signature's token", "holds ext2", *token(wipe=["xfs"]))
    refused("a token of somebody else", "nobody allows the key", *token(wipe=["ext2"], key="other"))
    words = token(wipe=["ext2"], expires="1s")
    time.sleep(2.1)
    refused("a token that is over", "error:", *words)
    words = token(wipe=["ext2"])
    with open(f"{WORK}/token", "r+b") as file:
        text = file.read().replace(b"SN-1-D1", b"SN-1-D2")
        file.seek(0), file.write(text)
    refused("a changed token", "error:", *words)
    refused("a serial that another one begins with", "found none", profile="prefix")
    if lodestar("apply", *token(wipe=["ext2"]), disks=("d2", "d1")).returncode: complain("a right token does not do")
    judge(f"{WORK}/d1", 512, "with a token, the disks the other way round")
    if digest(f"{WORK}/d2") != digest(blank("d3", SIZE)): complain("the other disk was written")
    # A deliberate second installation needs a token of its own, and makes another table.
    refused("no token for a reinstallation", "token is not for", *token(disk="X", reinstall="2"))
    names = ["gpt", "ext4", "vfat", "swap", "xfs"]
    before = judge(f"{WORK}/d1", 512, "before")["id"]
    done = lodestar("apply", *token(wipe=names, reinstall="2"), disks=("d1", "d2"))
    if done.returncode: return complain("a reinstallation", done.stdout + done.stderr)
    if judge(f"{WORK}/d1", 512, "a reinstallation")["id"] == before: complain("the same GUID after a reinstallation")


def foreign():
    """What is on a disk is named and stays; with its name in a token it goes."""
    def luks(path): run("cryptsetup", "luksFormat", "--batch-mode", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", path, "-", input="secret")
    def lvm(path): in_loop(path, 512, lambda device: run("pvcreate", "-qq", "-ff", "-y", "--devices", device, device))
    def md(path, version): in_loop(path, 512, lambda device: run("mdadm", "--create", "/dev/md/judge", "--run", "--level=1", "--raid-devices=2", f"--metadata={version}", device, "missing", "--bitmap=none"))
    def put(path, offset, data):
        with open(path, "r+b") as file: file.seek(offset), file.write(data)
    def half(path):
        run("sgdisk", "-n", "1:2048:+10M", path)
        put(path, 512, bytes(512))
    def hybrid(path): run("sgdisk", "-n", "1:2048:+10M", "-n", "2:0:+10M", "-h", "1", path)
    def children(path):
        run("sfdisk", "-q", path, input="label: gpt\n2048,100M\n,100M\n")
        part(path, MIB, 100 * MIB, "mkfs.xfs", "-q", "-f") and part(path, 101 * MIB, 100 * MIB, "mke2fs", "-q", "-F", "-t", "ext4")
    kinds = {
        "LUKS": (luks, ["crypto_LUKS"]), "LVM": (lvm, ["LVM2_member"]), "ZFS": (lambda path: put(path, 128 * 1024, b"\x0c\xb1\xba\0\0\0\0\0"), ["zfs_member"]),
        "half a GPT": (half, ["gpt"]), "a hybrid MBR": (hybrid, ["gpt"]), "children": (children, ["gpt", "xfs", "ext4"]),
        "an old table": (lambda path: run("sfdisk", "-q", path, input="label: dos\n2048,100M\n"), ["dos"]),
        "swap": (lambda path: run("mkswap", "-q", path), ["swap"]), "md at the end": (lambda path: put(path, ((SIZE * MIB // 512 - 16) & ~7) * 512, b"\xfc\x4e\x2b\xa9" + b"\1\0\0\0"), ["linux_raid_member"]),
        "Ceph": (lambda path: put(path, 0, b"bluestore block device\n"), ["ceph_bluestore"]), "NTFS": (lambda path: put(path, 3, b"NTFS    "), ["ntfs"]),
        "VMFS": (lambda path: put(path, MIB, b"\x0d\xd0\x01\xc0"), ["VMFS_volume_member"]),
    }
    for what, (make, names) in kinds.items():
        path = blank("d1", SIZE)
        blank("d2", SIZE)
        make(path)
        if digest(path) == digest(f"{WORK}/d2"): complain(f"{what}: nothing was made"); continue
        refused(what, "holds ", disks=("d1", "d2"))
        if len(names) > 1: refused(f"{what}, one of them in the token", "holds ", *token(wipe=names[:1]))
        done = lodestar("apply", *token(wipe=names))
        if done.returncode: complain(f"{what}: with a token", done.stdout + done.stderr)
        else: judge(path, 512, what)
    # In use.
    path = blank("d1", SIZE)
    run("mke2fs", "-q", "-F", path)
    os.makedirs(f"{WORK}/mounted", exist_ok=True)


def killed():
    """Killed at random moments, once or several times: a run to the end makes what an undisturbed one makes."""
    blank("d1", SIZE)
    start = time.monotonic()
    lodestar("apply")
    whole = time.monotonic() - start
    wanted = judge(f"{WORK}/d1", 512, "undisturbed")
    for number in range(KILLS):
        blank("d1", SIZE)
        for _ in range(R.choice([1, 1, 2, 3])):
            images = ["--disk-image", f"{WORK}/d1,serial=SN-1-D1"]
            child = subprocess.Popen([TOOL, "apply", f"{WORK}/site", "--profile", "disk", "--host", "SN-1", "--target", f"{WORK}/target", *images], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            time.sleep(R.uniform(0, whole))
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            clear()
        done = lodestar("apply")
        if done.returncode: complain(f"kill {number}", done.stdout + done.stderr)
        elif judge(f"{WORK}/d1", 512, f"kill {number}") != wanted: complain(f"kill {number}: another table")
        clear()


def clear():
    """What a killed run leaves mounted and attached."""
    run("umount", "-R", f"{WORK}/target")
    for line in run("losetup", "--list", "--noheadings", "--output", "NAME,BACK-FILE").stdout.splitlines():
        name, _, file = line.partition(" ")
        if file.strip().startswith(WORK): run("losetup", "--detach", name)


write("site/install/prefix.yaml", "disk: {system: {select: {serial: SN-1-D}}}\n")
try:
    for part_of in (sectors, permissions, foreign, killed):
        begin = time.monotonic()
        part_of()
        clear()
        print(f"{part_of.__name__}: {time.monotonic() - begin:.0f} s", flush=True)
finally:
    clear()
    left = [line for line in open("/proc/self/mountinfo") if WORK in line]
    if not left: shutil.rmtree(WORK, ignore_errors=True)
print(f"{len(faults)} faults (seed {SEED}, {KILLS} kills)")
sys.exit(bool(faults))
