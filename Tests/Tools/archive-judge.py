"""Makes archives for archive-judge.sh: good ones with what must come of them, and hostile ones.

  archive-judge.py make DIR       good-*.EXT with good-*.json: paths with [kind, mode, sha256 or target]
  archive-judge.py check DIR JSON compares an unpacked directory with it
  archive-judge.py check-all DIR JSONS the same for each directory below DIR
  archive-judge.py hostile DIR    bad-*.EXT, of which nothing may be unpacked outside
"""
import bz2, gzip, hashlib, io, json, lzma, os, random, stat, struct, subprocess, sys, tarfile, zipfile

NAMES = ["a", "with space", "ünïcødé", "日本語", "e\u0301", "-dash", "--help", "*star?[x]", "$(id)", "`x`", "back\\slash",
         "tab-less", "ünder score.txt", ".hidden", "%2F", "#", "~", "'quote'", '"double"', "semi;colon", "new-line-free"]


def tree(generator, top, links=True, hard=True, long=True):
    """A folder of files with odd names, sizes and modes."""
    os.makedirs(top)
    folders = [top]
    for number in range(generator.randrange(1, 6)):
        folder = os.path.join(generator.choice(folders), generator.choice(NAMES) + f".d{number}")
        os.makedirs(folder)
        folders.append(folder)
    files = []
    for number in range(generator.randrange(2, 14)):
        path = os.path.join(generator.choice(folders), generator.choice(NAMES) + f".{number}")
        size = generator.choice([0, 0, 1, 511, 512, 513, 4096, 70000])
        with open(path, "wb") as file:
            file.write(generator.randbytes(size))
        os.chmod(path, generator.choice([0o644, 0o755, 0o600, 0o444, 0o700]))
        files.append(path)
    if long:
        folder = os.path.join(top, "l" * 120, "o" * 200, "n" * 90)
        os.makedirs(folder)
        path = os.path.join(folder, "g" * 150)
        with open(path, "w") as file:
            file.write("far\n")
        files.append(path)
    if links:
        for number in range(3):
            folder, target = generator.choice(folders), generator.choice(files)
            os.symlink(os.path.relpath(target, folder), os.path.join(folder, f"link{number}"))
        os.symlink("nowhere", os.path.join(top, "dangling"))
        os.symlink(".", os.path.join(top, "loop"))
    if hard:
        os.link(files[0], os.path.join(top, "hard"))
    os.makedirs(os.path.join(top, "empty", "er"))
    for folder in folders:
        os.chmod(folder, generator.choice([0o755, 0o700, 0o750]))


def told(top, strip=0):
    """What is in a folder, as an unpacked archive must have it."""
    found = {}
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            status, key = os.lstat(path), os.path.relpath(path, top)
            parts = key.split("/")[strip:]
            if not parts:
                continue
            key = "/".join(parts)
            mode = status.st_mode & 0o755
            if stat.S_ISLNK(status.st_mode):
                found[key] = ["link", 0, os.readlink(path)]
            elif stat.S_ISDIR(status.st_mode):
                found[key] = ["folder", mode | 0o700, ""]
            else:
                with open(path, "rb") as file:
                    found[key] = ["file", mode | 0o400, hashlib.file_digest(file, "sha256").hexdigest()
                                  if hasattr(hashlib, "file_digest") else hashlib.sha256(file.read()).hexdigest()]
    return found


def check(top, expected):
    with open(expected) as file:
        wanted = json.load(file)
    found = told(top)
    for key in sorted(set(wanted) | set(found)):
        if wanted.get(key) != found.get(key):
            sys.exit(f"{top}: {key!r}: expected {wanted.get(key)}, found {found.get(key)}")


def check_all(top, expected):
    for name in sorted(os.listdir(expected)):
        if name.endswith(".json"):
            check(os.path.join(top, name[:-5]), os.path.join(expected, name))


COMPRESSORS = {"tar": None, "tar.gz": "gzip", "tar.xz": "xz", "tar.zst": "zstd", "tar.bz2": "bzip2"}


def compress(path, ending):
    program = COMPRESSORS[ending]
    if not program:
        return path
    with open(path, "rb") as source, open(f"{path[:-4]}.{ending}", "wb") as target:
        subprocess.run([program, "-c"], stdin=source, stdout=target, check=True)
    os.unlink(path)
    return f"{path[:-4]}.{ending}"


def make(out):
    generator = random.Random(11)
    number = 0

    def done(top, strip=0):
        with open(os.path.join(out, f"good-{number:03}.json"), "w") as file:
            json.dump(told(top, strip), file)

    # GNU tar, in each of its forms, with each compression.
    for form in ["gnu", "oldgnu", "pax", "posix", "ustar", "v7"]:
        for ending in COMPRESSORS:
            for leading in ([".", "*"] if ending in ("tar", "tar.gz") else ["."]):
                number += 1
                top = os.path.join(out, f"tree-{number:03}")
                small = form in ("ustar", "v7")
                tree(generator, top, long=not small)
                path = os.path.join(out, f"good-{number:03}.tar")
                names = ["."] if leading == "." else sorted(os.listdir(top))
                subprocess.run(["tar", "-C", top, f"--format={form}", "-cf", path, "--"] + names, check=True)
                compress(path, ending)
                done(top)
    # Python's tarfile, with names of its own.
    for form in [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]:
        for ending in ["tar", "tar.gz", "tar.xz", "tar.bz2"]:
            number += 1
            top = os.path.join(out, f"tree-{number:03}")
            tree(generator, top, long=form != tarfile.USTAR_FORMAT)
            path = os.path.join(out, f"good-{number:03}.tar")
            with tarfile.open(path, "w", format=form) as tar:
                # Each second one without the folders.
                for folder, folders, files in os.walk(top):
                    for name in files + folders:
                        place = os.path.join(folder, name)
                        if number % 2 or os.path.islink(place) or not os.path.isdir(place) or not os.listdir(place):
                            tar.add(place, os.path.relpath(place, top), recursive=False)
            if not number % 2:
                for folder, folders, files in os.walk(top):
                    for name in folders:
                        place = os.path.join(folder, name)
                        if not os.path.islink(place) and os.listdir(place):
                            os.chmod(place, 0o755)
            compress(path, ending)
            done(top)
    # Sparse files, in each form.
    for form in [["--format=gnu"], ["--format=posix", "--sparse-version=0.0"], ["--format=posix", "--sparse-version=0.1"],
                 ["--format=posix", "--sparse-version=1.0"]]:
        for ending in ["tar", "tar.gz"]:
            number += 1
            top = os.path.join(out, f"tree-{number:03}")
            os.makedirs(top)
            for name, holes in [("few", 3), ("many", 60), ("end", 0), ("a" * 130, 5)]:
                with open(os.path.join(top, name), "wb") as file:
                    for hole in range(holes):
                        file.seek(hole * 40960 + 8192)
                        file.write(generator.randbytes(5000))
                    file.truncate(holes * 40960 + 123456)
            path = os.path.join(out, f"good-{number:03}.tar")
            subprocess.run(["tar", "-C", top, "-S"] + form + ["-cf", path, "."], check=True)
            compress(path, ending)
            done(top)
    # zip of Info-ZIP, and of Python.
    for level in range(10):
        number += 1
        top = os.path.join(out, f"tree-{number:03}")
        tree(generator, top, hard=False)
        path = os.path.join(out, f"good-{number:03}.zip")
        subprocess.run(["zip", "-q", "-r", "-y", f"-{level}", path, "."], cwd=top, check=True)
        done(top)
    for method in [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]:
        for force in [False, True]:
            number += 1
            top = os.path.join(out, f"tree-{number:03}")
            tree(generator, top, links=False, hard=False)
            path = os.path.join(out, f"good-{number:03}.zip")
            with zipfile.ZipFile(path, "w", method) as archive:
                for folder, folders, files in os.walk(top):
                    for name in files + folders:
                        place = os.path.join(folder, name)
                        info = zipfile.ZipInfo.from_file(place, os.path.relpath(place, top))
                        info.compress_type = method
                        if os.path.isdir(place):
                            archive.writestr(info, b"")
                            continue
                        with open(place, "rb") as source, archive.open(info, "w", force_zip64=force) as target:
                            target.write(source.read())
                archive.comment = b"a comment PK\x05\x06 in it"
            done(top)
    # Empty, with one entry, appended to, with a label, with a global header.
    number += 1
    top = os.path.join(out, f"tree-{number:03}")
    os.makedirs(os.path.join(top, "x"))
    path = os.path.join(out, f"good-{number:03}.tar")
    subprocess.run(["tar", "-C", top, "--label=volume", "-cf", path, "x"], check=True)
    with open(os.path.join(top, "y"), "w") as file:
        file.write("y")
    subprocess.run(["tar", "-C", top, "-rf", path, "y"], check=True)
    done(top)
    number += 1
    top = os.path.join(out, f"tree-{number:03}")
    tree(generator, top)
    path = os.path.join(out, f"good-{number:03}.tar")
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT, pax_headers={"comment": "0" * 40}) as tar:
        tar.add(top, ".")
    done(top)
    print(number)


def entry(name, type=tarfile.REGTYPE, target="", mode=0o644, data=b"", **more):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode, info.size = type, target, mode, len(data)
    for key, value in more.items():
        setattr(info, key, value)
    return info, data


def hostile(out):
    evil, S, L, D = b"evil\n", tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE
    tars = {
        "parent": [entry("../escaped", data=evil)],
        "parents": [entry("a/../../escaped", data=evil)],
        "inner-parent": [entry("a/../b", data=evil)],
        "deep-parents": [entry("../" * 20 + "tmp/escaped", data=evil)],
        "dot-parent": [entry("./../escaped", data=evil)],
        "absolute": [entry("/escaped", data=evil)],
        "absolute-deep": [entry("/etc/cron.d/escaped", data=evil)],
        "slashes": [entry("//escaped", data=evil)],
        "link-absolute": [entry("l", S, "/etc")],
        "link-parent": [entry("l", S, "..")],
        "link-parents": [entry("a/l", S, "../../x")],
        "link-then-file": [entry("l", S, "/"), entry("l/escaped", data=evil)],
        "link-inside-then-file": [entry("d", D, mode=0o755), entry("l", S, "d"), entry("l/escaped", data=evil)],
        "file-then-link": [entry("l/escaped", data=evil), entry("l", S, "/")],
        "folder-then-link": [entry("l", D, mode=0o755), entry("l", S, "/tmp"), entry("l/escaped", data=evil)],
        "link-over-link": [entry("l", S, "a"), entry("l", S, "/etc")],
        "link-chain": [entry("a", D, mode=0o755), entry("a/b", D, mode=0o755), entry("a/b/c", S, "../.."), entry("x", S, "a/b/c/.."),
                       entry("x/escaped", data=evil)],
        "link-chain-alone": [entry("a/b/c", S, "../.."), entry("x", S, "a/b/c/..")],
        "link-chain-dots": [entry("a", S, "."), entry("b", S, "a/.."), entry("b/escaped", data=evil)],
        "link-loop": [entry("a", S, "b"), entry("b", S, "a"), entry("a/escaped", data=evil)],
        "cve-2025-4517": [entry(("d" * 247 + "/") * 16 + "x", S, "../" * 17 + "etc")],
        "hard-absolute": [entry("h", L, "/etc/passwd")],
        "hard-parent": [entry("h", L, "../../etc/passwd")],
        "hard-to-link": [entry("l", S, "a"), entry("h", L, "l")],
        "hard-to-nothing": [entry("h", L, "nothing")],
        "hard-to-itself": [entry("h", L, "h")],
        "hard-to-folder": [entry("d", D, mode=0o755), entry("h", L, "d")],
        "hard-then-write": [entry("h", L, "/etc/motd"), entry("h", data=evil)],
        "device": [entry("null", tarfile.CHRTYPE, devmajor=1, devminor=3)],
        "block": [entry("disk", tarfile.BLKTYPE, devmajor=8, devminor=0)],
        "fifo": [entry("pipe", tarfile.FIFOTYPE)],
        "setuid": [entry("su", mode=0o4755, data=evil)],
        "setgid": [entry("sg", mode=0o2755, data=evil)],
        "setuid-hard": [entry("su", mode=0o6755, data=evil), entry("h", L, "su")],
        "twice": [entry("a", data=b"one"), entry("a", data=evil)],
        "twice-slash": [entry("a", data=b"one"), entry("./a", data=evil)],
        "file-as-folder": [entry("a", data=b"one"), entry("a/escaped", data=evil)],
        "newline": [entry("a\nb", data=evil)],
        "escape": [entry("a\x1b[2Jb", data=evil)],
        "bidi": [entry("a\u202eb", data=evil)],
        "link-newline": [entry("l", S, "a\nb")],
        "link-empty": [entry("l", S, "")],
        "name-too-long": [entry("n" * 300, data=evil)],
        "path-too-long": [entry("/".join(["n" * 200] * 30), data=evil)],
        "unknown-type": [entry("u", b"Z")],
        "only-parents": [entry("..", D, mode=0o755)],
        "mark": [entry("a/../\u0308b", data=evil)],
        "mark-slash": [entry("../\u0308/../../escaped", data=evil)],
        "pax-path": [entry("good", data=evil, pax_headers={"path": "../escaped"})],
        "pax-absolute": [entry("good", data=evil, pax_headers={"path": "/escaped"})],
        "pax-link": [entry("l", S, "good", pax_headers={"linkpath": "/etc"})],
        "pax-size": [entry("good", data=evil, pax_headers={"size": "99999999999"})],
        "sparse-name": [entry("good", data=evil, pax_headers={
            "GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.name": "../escaped", "GNU.sparse.size": "5",
            "GNU.sparse.map": "0,5", "GNU.sparse.numblocks": "1"})],
        "sparse-bomb": [entry("good", data=evil, pax_headers={
            "GNU.sparse.name": "x", "GNU.sparse.realsize": "4611686018427387904", "GNU.sparse.map": "0,5"})],
        "sparse-overlap": [entry("good", data=evil, pax_headers={"GNU.sparse.size": "5", "GNU.sparse.map": "0,3,1,2"})],
        "sparse-beyond": [entry("good", data=evil, pax_headers={"GNU.sparse.size": "5", "GNU.sparse.map": "0,500000"})],
    }
    for name, entries in tars.items():
        with tarfile.open(os.path.join(out, f"bad-{name}.tar"), "w", format=tarfile.PAX_FORMAT) as tar:
            for info, data in entries:
                tar.addfile(info, io.BytesIO(data))

    def raw(name, data):
        with open(os.path.join(out, f"bad-{name}"), "wb") as file:
            file.write(data)

    with tarfile.open(os.path.join(out, "base.tar"), "w", format=tarfile.USTAR_FORMAT) as tar:
        tar.addfile(*[f(x) for f, x in zip((lambda x: x, io.BytesIO), entry("good", data=b"x" * 2000))])
    with open(os.path.join(out, "base.tar"), "rb") as file:
        base = file.read()
    os.unlink(os.path.join(out, "base.tar"))
    raw("not-utf8.tar", tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT).replace(b"x", b"\xff", 1))
    raw("cut.tar", base[:1500])
    raw("damaged.tar", base[:10] + b"Z" + base[11:])
    raw("cut.tar.gz", gzip.compress(base)[:-20])
    raw("damaged.tar.xz", lzma.compress(base)[:40] + b"\0" * 40)
    raw("no-tar.tar.gz", gzip.compress(b"text " * 300))
    raw("text.tar", b"text " * 300)
    raw("short.tar", b"x")
    raw("empty-file.tar", b"")
    raw("bomb.tar.gz", bomb())
    raw("tar-in-gz-in-gz.tar.gz", gzip.compress(gzip.compress(base)))
    zips = {
        "parent": ("../escaped", 0o100644), "absolute": ("/escaped", 0o100644), "inner": ("a/../../escaped", 0o100644),
        "fifo": ("f", 0o010644), "device": ("d", 0o020644), "setuid": ("s", 0o104755), "newline": ("a\nb", 0o100644),
    }
    for name, (path, mode) in zips.items():
        with zipfile.ZipFile(os.path.join(out, f"bad-zip-{name}.zip"), "w") as archive:
            info = zipfile.ZipInfo(path)
            info.filename, info.external_attr, info.create_system = path, mode << 16, 3
            archive.writestr(info, evil)
    links = {
        "link": [("l", "/etc")], "link-file": [("l", "/"), ("l/escaped", None)], "link-parent": [("l", "../..")],
        "twice": [("a", None), ("a", None)], "windows": [("..\\escaped", None)],
    }
    for name, members in links.items():
        with zipfile.ZipFile(os.path.join(out, f"bad-zip-{name}.zip"), "w") as archive:
            for path, target in members:
                info = zipfile.ZipInfo(path)
                info.external_attr, info.create_system = (0o120777 if target else 0o100644) << 16, 3
                if name == "windows":
                    info.filename, info.create_system, info.external_attr = path, 0, 0
                archive.writestr(info, target or evil)
    with zipfile.ZipFile(os.path.join(out, "plain.zip"), "w") as archive:
        archive.writestr("a", b"text")
    with open(os.path.join(out, "plain.zip"), "rb") as file:
        plain = file.read()
    os.unlink(os.path.join(out, "plain.zip"))
    raw("zip-sum.zip", plain.replace(b"text", b"tent", 1))
    central = plain.index(b"PK\1\2")
    raw("zip-encrypted.zip", plain[:central + 8] + b"\1\0" + plain[central + 10:])
    raw("zip-method.zip", plain[:central + 10] + b"\x0e\0" + plain[central + 12:])
    raw("zip-cut.zip", plain[:-10])
    raw("zip-size.zip", plain[:central + 20] + struct.pack("<II", 1 << 30, 1 << 30) + plain[central + 28:])
    end = plain.index(b"PK\5\6")
    raw("zip-count.zip", plain[:end + 8] + b"\xff\xf0\xff\xf0" + plain[end + 12:])


def bomb():
    """Zeros of more than any archive of its size may have, as one large file."""
    header = tarfile.TarInfo("zeros")
    header.size = 320 << 20
    packed, piece = io.BytesIO(), bytes(1 << 20)
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as file:
        file.write(header.tobuf(tarfile.GNU_FORMAT))
        for _ in range(320):
            file.write(piece)
        file.write(bytes(1024))
    return packed.getvalue()


if __name__ == "__main__":
    {"make": make, "check": check, "check-all": check_all, "hostile": hostile}[sys.argv[1]](*sys.argv[2:])
