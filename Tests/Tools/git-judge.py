"""Called by git-judge.sh: LODESTAR ROOT WORK."""
import atexit
import hashlib
import json
import os
import random
import shutil
import socket
import stat
import subprocess
import sys
import time
import zlib

lodestar, root, work = sys.argv[1:4]
site = f"{work}/site"
store = f"{root}/srv/git"
os.makedirs(store)
os.makedirs(f"{root}/srv/out")
ENV = {
    "PATH": os.environ["PATH"], "HOME": work, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
    "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "LC_ALL": "C.UTF-8",
}
# What a hostile repository tries to make.
BAIT = f"{work}/bait"


def fail(*words):
    print(*words)
    sys.exit(1)


def git(*words, cwd=None, data=None, check=True):
    done = subprocess.run(["git", *words], cwd=cwd, input=data, capture_output=True, env=ENV)
    if check and done.returncode != 0:
        fail("git", words, done.stderr.decode())
    return done.stdout


def run(*words):
    done = subprocess.run([lodestar, *words], capture_output=True, env={"PATH": ENV["PATH"], "HOME": work})
    return done.returncode, (done.stdout + done.stderr).decode()


def declare(resources):
    with open(f"{site}/manifests/a.yaml", "w") as file:
        json.dump({"git_checkout": resources}, file)


def applied(resources, expected=0):
    declare(resources)
    status, said = run("apply", site, "--root", root, "--allow-removals")
    if status != expected:
        fail("apply", status, said[-3000:])
    return said


def settled(resources):
    declare(resources)
    status, said = run("plan", site, "--root", root)
    if status != 0 or "nothing to do" not in said:
        fail("the second plan", status, said[-3000:])


# Objects as they are, without git's own checks.
def obj(repository, kind, body):
    data = b"%s %d\0" % (kind.encode(), len(body)) + body
    name = hashlib.sha1(data).hexdigest()
    place = f"{repository}/objects/{name[:2]}"
    os.makedirs(place, exist_ok=True)
    if not os.path.exists(f"{place}/{name[2:]}"):
        with open(f"{place}/{name[2:]}", "wb") as file:
            file.write(zlib.compress(data))
    return name


def blob(repository, body):
    return obj(repository, "blob", body)


def tree(repository, entries, isSorted=True):
    """entries: (mode, name, id)"""
    if isSorted:
        entries = sorted(entries, key=lambda e: e[1] + (b"/" if e[0] in (b"40000", b"040000") else b""))
    return obj(repository, "tree", b"".join(m + b" " + n + b"\0" + bytes.fromhex(i) for m, n, i in entries))


def commit(repository, top, extra=b""):
    who = b"a <a@b> 1700000000 +0000"
    text = b"tree %s\n%sauthor %s\ncommitter %s\n\nx\n" % (top.encode(), extra, who, who)
    name = obj(repository, "commit", text)
    with open(f"{repository}/refs/heads/main", "w") as file:
        file.write(name + "\n")
    return name


def bare(name):
    place = f"{store}/{name}"
    git("init", "-q", "--bare", "-b", "main", "--template=", place)
    return place


def nested(repository, files):
    """files: {path: (mode, bytes)}"""
    here, below = [], {}
    for path, (mode, body) in files.items():
        first, _, rest = path.partition(b"/")
        if rest:
            below.setdefault(first, {})[rest] = (mode, body)
        else:
            here.append((mode, first, blob(repository, body)))
    here += [(b"40000", name, nested(repository, inner)) for name, inner in below.items()]
    return tree(repository, here)


FILE, PROGRAM, LINK, FOLDER = b"100644", b"100755", b"120000", b"40000"


def generated(seed):
    """One repository's files, twice: the second commit is an edit of the first."""
    r = random.Random(seed)
    names = [
        b"a", b"b c", "caf\u00e9".encode(), "e\u0301".encode(), "\u65e5\u672c".encode(), "\U0001f600".encode(), b"-rf", b"--", b"$(x)", b"`x`", b"'q'",
        b'"q"', b"back\\slash", b"tab\there", b"%s", b"*", b"a.b", b"a-b", b"A", b".hidden", b"...", b" lead", b"trail ", b"x" * 255, b"\x01",
        b".gitattributes", b".gitignore", b".gitmodules", b"HEAD", b"config", b".git-x", b"~", b"#", b"a:b", b"\xc2\x85",
    ]
    bodies = [
        b"", b"x", b"x\n", b"a\r\nb\r\n", b"a\nb\r\n", b"\0\1\2\xff" * 99, b"$Id$\n", b"$Format:%H$\n", bytes(r.randrange(256) for _ in range(3000)),
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", b"line\n" * 4000,
    ]
    attributes = b"* text=auto eol=crlf ident export-subst\n*.x filter=lfs export-ignore\nb* working-tree-encoding=UTF-16\n"

    def body(name):
        return attributes if name == b".gitattributes" else b"*\n" if name == b".gitignore" else r.choice(bodies) + b"%d" % r.randrange(3)

    def some(depth):
        files = {}
        for name in r.sample(names, r.randrange(1, 7)):
            kind = r.random()
            if kind < 0.2 and depth < 4 and not name.startswith(b".git"):
                for path, leaf in some(depth + 1).items():
                    files[name + b"/" + path] = leaf
            elif kind < 0.3 and not name.startswith(b".git"):
                files[name] = (LINK, r.choice([b"a", b"./a/../b c", b"missing", name, b"./", b"a" * 200]))
            else:
                files[name] = (r.choice([FILE, FILE, PROGRAM]), body(name))
        return files

    first = some(0)
    if seed == 6:
        first[b"/".join([b"d"] * 60) + b"/f"] = (FILE, b"deep")
    if seed == 10:
        for index in range(200):
            first[b"many/%d" % index] = (FILE, b"%d" % index)
    second = {}
    for path, (mode, content) in first.items():
        if r.random() < 0.2:
            continue
        if r.random() < 0.2 and mode != LINK:
            mode, content = (PROGRAM if mode == FILE else FILE), content + b"!"
        second[path] = (mode, content)
    second[b"new"] = (FILE, b"new")
    second.setdefault(b"zz/new", (FILE, b"new"))
    return first, second


def judge(repository, name, place):
    """What is at a place is what git says of the commit."""
    wanted = {}
    for line in git("-C", repository, "ls-tree", "-r", "-z", name).split(b"\0")[:-1]:
        head, path = line.split(b"\t", 1)
        mode, _, id = head.split()
        wanted[path] = (mode, id)
    found, files = {}, []
    top = os.fsencode(place)
    for folder, folders, names in os.walk(top):
        for entry in folders + names:
            path = os.path.join(folder, entry)
            state = os.lstat(path)
            relative = os.path.relpath(path, top)
            if (state.st_uid, state.st_gid) != (0, 0):
                fail("owner", path)
            if stat.S_ISLNK(state.st_mode):
                id = hashlib.sha1(b"blob %d\0" % len(os.readlink(path)) + os.readlink(path)).hexdigest().encode()
                found[relative] = (LINK, id)
            elif stat.S_ISREG(state.st_mode):
                mode = {0o644: FILE, 0o755: PROGRAM}.get(stat.S_IMODE(state.st_mode))
                found[relative] = (mode, None)
                files.append(relative)
            elif not stat.S_ISDIR(state.st_mode) or stat.S_IMODE(state.st_mode) != 0o755:
                fail("mode", path, oct(state.st_mode))
    # A name with a tab or a quote is read as it is by --stdin-paths, but for one that begins with a quote.
    plain = [path for path in files if not path.startswith(b'"')]
    ids = git("hash-object", "--no-filters", "--stdin-paths", cwd=place, data=b"".join(p + b"\n" for p in plain)).split()
    for path in set(files) - set(plain):
        ids.append(git("hash-object", "--no-filters", "--", path, cwd=place).strip())
        plain.append(path)
    for path, id in zip(plain, ids):
        found[path] = (found[path][0], id)
    if found != wanted:
        for path in sorted(set(found) | set(wanted)):
            if found.get(path) != wanted.get(path):
                print(path, "found", found.get(path), "wanted", wanted.get(path))
        fail("another tree", repository, name)
    return len(wanted)


def generatedRepositories():
    count, total, repositories = 66, 0, []
    for seed in range(count):
        place = bare(f"g{seed}.git")
        first, second = generated(seed)
        one = commit(place, nested(place, first))
        two = commit(place, nested(place, second), b"parent %s\n" % one.encode())
        if seed % 3 == 0:
            git("-C", place, "repack", "-adq")
        repositories.append((place, one, two))
    def resources(pick, by="commit"):
        return {
            f"/srv/out/g{seed}": {"url": ("file://" if seed % 2 else "") + f"/srv/git/g{seed}.git", "allow_file": True, by: pick(r)}
            for seed, r in enumerate(repositories)
        }
    wanted = resources(lambda r: r[1])
    applied(wanted)
    settled(wanted)
    for seed, r in enumerate(repositories):
        total += judge(r[0], r[1], f"{root}/srv/out/g{seed}")
    wanted = resources(lambda r: "main", by="ref")
    applied(wanted)
    settled(wanted)
    for seed, r in enumerate(repositories):
        total += judge(r[0], r[2], f"{root}/srv/out/g{seed}")
    # Where no attribute says otherwise, git archive makes the same.
    same = 0
    for seed, r in enumerate(repositories):
        if b".gitattributes" in git("-C", r[0], "ls-tree", "-r", "--name-only", "-z", r[2]):
            continue
        other = f"{work}/archive/{seed}"
        os.makedirs(other)
        data = git("-C", r[0], "-c", "core.autocrlf=false", "archive", r[2])
        subprocess.run(["tar", "-x", "-C", other], input=data, check=True)
        done = subprocess.run(["diff", "-r", "--no-dereference", other, f"{root}/srv/out/g{seed}"], capture_output=True)
        if done.returncode != 0:
            fail("git archive", done.stdout.decode())
        same += 1
    absent = {path: {"state": "absent"} for path in wanted}
    applied({**absent})
    if os.listdir(f"{root}/srv/out"):
        fail("left after removal", os.listdir(f"{root}/srv/out"))
    print(f"{count} repositories, {total} entries as git has them, {same} as git archive writes them")


BAIT_SCRIPT = f"#!/bin/sh\ntouch {BAIT}-$(basename $0)-$$\n"


def program(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(BAIT_SCRIPT)
    os.chmod(path, 0o755)
    return path


def baits():
    return [name for name in os.listdir(work) if name.startswith("bait")]


def leaves(path):
    return [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]


# Repositories of which nothing is taken.
def refusedTrees():
    """name -> what makes the commit in a repository"""
    def one(entries, **words):
        return lambda r: commit(r, tree(r, [(m, n, i if isinstance(i, str) else blob(r, i)) for m, n, i in entries], **words))

    def inner(name, mode=FOLDER):
        def make(r):
            hooks = tree(r, [(PROGRAM, b"post-checkout", blob(r, BAIT_SCRIPT.encode()))])
            return commit(r, tree(r, [(mode, name, tree(r, [(FOLDER, b"hooks", hooks)]))], isSorted=False))
        return make

    def swapped(kind):
        def make(r):
            good = blob(r, b"good")
            bad = blob(r, b"evil")
            top = tree(r, [(FILE, b"a", good), (FILE, b"b", bad)])
            name, other = (good, bad) if kind == "blob" else (top, tree(r, [(FILE, b"evil", bad)]))
            shutil.copy(f"{r}/objects/{other[:2]}/{other[2:]}", f"{r}/objects/{name[:2]}/{name[2:]}")
            return commit(r, top)
        return make

    def broken(change):
        def make(r):
            good = blob(r, b"good" * 1000)
            made = commit(r, tree(r, [(FILE, b"a", good)]))
            change(r, f"{r}/objects/{good[:2]}/{good[2:]}")
            return made
        return make

    def truncate(r, path):
        with open(path, "r+b") as file:
            file.truncate(os.path.getsize(path) // 2)

    def packed(r):
        made = commit(r, nested(r, {b"%d" % n: (FILE, os.urandom(3000)) for n in range(20)}))
        git("-C", r, "repack", "-adq")
        pack = next(f"{r}/objects/pack/{name}" for name in os.listdir(f"{r}/objects/pack") if name.endswith(".pack"))
        os.chmod(pack, 0o644)
        truncate(r, pack)
        return made

    def bomb(r):
        below = tree(r, [(FILE, b"f%d" % n, blob(r, b"x")) for n in range(10)])
        for _ in range(9):
            below = tree(r, [(FOLDER, b"d%d" % n, below) for n in range(10)])
        return commit(r, below)

    def deep(r):
        below = tree(r, [(FILE, b"f", blob(r, b"x"))])
        for _ in range(400):
            below = tree(r, [(FOLDER, b"d", below)])
        return commit(r, below)

    def long(r):
        below = tree(r, [(FILE, b"f", blob(r, b"x"))])
        for _ in range(30):
            below = tree(r, [(FOLDER, b"d" * 200, below)])
        return commit(r, below)

    def promised(r):
        made = broken(lambda r, path: os.unlink(path))(r)
        with open(f"{r}/config", "a") as file:
            file.write(
                f"[core]\n\trepositoryformatversion = 1\n\tsshCommand = {program(r + '/ssh')}\n[extensions]\n\tpartialClone = evil\n"
                '[remote "evil"]\n\turl = ssh://h/x\n\tpromisor = true\n')
        return made

    def sixty_four(r):
        shutil.rmtree(r)
        git("init", "-q", "--bare", "-b", "main", "--object-format=sha256", "--template=", r)
        top = git("-C", r, "mktree", data=b"").decode().strip()
        name = git("-C", r, "commit-tree", "-m", "x", top).decode().strip()
        with open(f"{r}/refs/heads/main", "w") as file:
            file.write(name + "\n")
        return name[:40]

    x = b"x"
    cases = {
        "git folder": inner(b".git"), "git folder in capitals": inner(b".GIT"), "git with a blank": inner(b".git "),
        "git with a dot": inner(b".git."), "short name": inner(b"git~1"), "HFS": inner(".g\u200cit".encode()),
        "HFS mark in front": inner("\ufeff.git".encode()), "stream": inner(b".git::$INDEX_ALLOCATION"), "backslash": inner(b".git\\hooks"),
        "parent": inner(b".."), "itself": inner(b"."), "no name": inner(b""), "slash": inner(b"a/b"), "up": inner(b"../../../etc"),
        "absolute": inner(b"/etc"), "padded folder": inner(b"a", mode=b"040000"), "git link": one([(LINK, b".git", b"/etc")]),
        "submodule": one([(b"160000", b"sub", "1" * 40), (FILE, b".gitmodules", b"[submodule \"sub\"]\n\tpath = sub\n\turl = ext::sh\n")]),
        "padded mode": one([(b"0100644", b"a", x)]), "group may write": one([(b"100664", b"a", x)]), "set-id": one([(b"104755", b"a", x)]),
        "device": one([(b"020644", b"a", x)]), "no mode": one([(b"", b"a", x)]),
        "twice": one([(FILE, b"a", x), (FILE, b"a", b"y")]),
        "file and folder": lambda r: commit(r, tree(r, [(FILE, b"a", blob(r, x)), (FILE, b"a.b", blob(r, x)), (FOLDER, b"a", tree(r, [(FILE, b"c", blob(r, x))]))])),
        "through a link": lambda r: commit(r, tree(r, [(LINK, b"a", blob(r, b"/etc")), (FOLDER, b"a", tree(r, [(FILE, b"passwd", blob(r, x))]))])),
        "unsorted": one([(FILE, b"b", x), (FILE, b"a", x)], isSorted=False),
        "link out": one([(LINK, b"a", b"../x")]), "link to root": one([(LINK, b"a", b"/etc/passwd")]),
        "link over a link": lambda r: commit(r, nested(r, {b"s/d": (LINK, b".."), b"x": (LINK, b"s/d/../y")})),
        "empty link": one([(LINK, b"a", b"")]), "link with NUL": one([(LINK, b"a", b"b\0c")]), "link of 5000": one([(LINK, b"a", b"b" * 5000)]),
        "256 bytes": one([(FILE, b"n" * 256, x)]), "newline": one([(FILE, b"a\nb", x)]), "not UTF-8": one([(FILE, b"caf\xe9", x)]),
        "tree that ends": lambda r: commit(r, obj(r, "tree", b"100644 a\0" + b"1" * 19)),
        "tree of text": lambda r: commit(r, obj(r, "tree", b"hello")),
        "swapped file": swapped("blob"), "swapped tree": swapped("tree"),
        "truncated file": broken(truncate), "missing file": broken(lambda r, path: os.unlink(path)),
        "file of text": broken(lambda r, path: open(path, "w").write("hello")),
        "file that is a folder": broken(lambda r, path: (os.unlink(path), os.mkdir(path))),
        "truncated pack": packed, "promised": promised, "bomb": bomb, "deep": deep, "long": long, "SHA-256": sixty_four,
        "tree for a file": lambda r: commit(r, tree(r, [(FILE, b"a", tree(r, []))])),
        "file for a tree": lambda r: commit(r, tree(r, [(FOLDER, b"a", blob(r, x))])),
        "commit of a file": lambda r: commit(r, blob(r, x)), "commit of nothing": lambda r: commit(r, "2" * 40),
        "commit of text": lambda r: obj(r, "commit", b"hello"), "tag of itself": lambda r: obj(r, "tag", b"object zzz\ntype commit\n"),
        "no commit": lambda r: "3" * 40, "a file as commit": lambda r: blob(r, x), "a tree as commit": lambda r: tree(r, []),
    }
    return cases


def refusals():
    resources, cases = {}, refusedTrees()
    for number, (name, make) in enumerate(cases.items()):
        r = bare(f"r{number}.git")
        resources[f"/srv/out/r{number}"] = {"url": f"/srv/git/r{number}.git", "allow_file": True, "commit": make(r)}
    # Refs that lead nowhere.
    texts = {
        "loop": "ref: refs/heads/main\n", "out": "ref: ../../../../etc/passwd\n", "etc": "ref: /etc/passwd\n", "words": "hello\n",
        "option": "ref: refs/heads/--upload-pack=x\n", "short": "1234\n", "none": "",
    }
    for number, (name, text) in enumerate(texts.items()):
        r = bare(f"f{number}.git")
        with open(f"{r}/refs/heads/main", "w") as file:
            file.write(text)
        resources[f"/srv/out/f{number}"] = {"url": f"/srv/git/f{number}.git", "allow_file": True, "ref": "main"}
    os.mkfifo(f"{bare('fifo.git')}/refs/heads/main")
    resources["/srv/out/fifo"] = {"url": "/srv/git/fifo.git", "allow_file": True, "ref": "main"}
    resources["/srv/out/nowhere"] = {"url": "/srv/git/nowhere.git", "allow_file": True, "ref": "main"}
    said = applied(resources, expected=4)
    for path, resource in resources.items():
        if f"git_checkout:{path}" not in said:
            fail("not named", path, resource, said[-3000:])
        if os.path.lexists(f"{root}{path}"):
            fail("written", path, list(cases)[int(path[10:])] if path[9] == "r" else path, leaves(f"{root}{path}"))
    if baits():
        fail("run", baits())
    print(f"{len(resources)} hostile repositories refused")


def harmless():
    """Repositories that would have something run, and whose files are taken all the same."""
    def plain(r, more={}):
        return commit(r, nested(r, {b"a": (FILE, b"$Id$\n"), b"d/b": (PROGRAM, b"x"), **more}))

    def hooks(r):
        for name in ("post-checkout", "pre-commit", "update", "post-update", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"):
            program(f"{r}/hooks/{name}")
        return plain(r)

    def settings(text, more={}):
        def make(r):
            with open(f"{r}/config", "a") as file:
                file.write(text.replace("BAIT", program(f"{r}/evil")))
            return plain(r, more)
        return make

    def replaced(r):
        made = plain(r)
        other = obj(r, "commit", b"tree %s\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\n" % tree(r, [(FILE, b"evil", blob(r, b"evil"))]).encode())
        os.makedirs(f"{r}/refs/replace")
        with open(f"{r}/refs/replace/{made}", "w") as file:
            file.write(other + "\n")
        return made

    def written(path, text):
        def make(r):
            made = plain(r)
            os.makedirs(os.path.dirname(f"{r}/{path}"), exist_ok=True)
            with open(f"{r}/{path}", "w") as file:
                file.write(text.replace("MADE", made))
            return made
        return make

    def borrowed(r):
        made = plain(r)
        other = bare("lender.git")
        shutil.rmtree(f"{other}/objects")
        shutil.move(f"{r}/objects", f"{other}/objects")
        os.makedirs(f"{r}/objects/info")
        with open(f"{r}/objects/info/alternates", "w") as file:
            file.write(f"{other}/objects\n")
        return made

    attributes = {b".gitattributes": (FILE, b"* filter=evil diff=evil merge=evil ident export-subst eol=crlf text\na export-ignore\n")}
    makers = [
        hooks, settings("[core]\n\tsshCommand = BAIT\n\tfsmonitor = BAIT\n\thooksPath = BAIT\n\tgitProxy = BAIT\n\tpager = BAIT\n\teditor = BAIT\n"),
        settings('[filter "evil"]\n\tsmudge = BAIT\n\tclean = BAIT\n\tprocess = BAIT\n\trequired = true\n', attributes),
        settings('[diff "evil"]\n\ttextconv = BAIT\n\tcommand = BAIT\n[merge "evil"]\n\tdriver = BAIT\n', attributes),
        settings("[uploadpack]\n\tpackObjectsHook = BAIT\n[receive]\n\tprocReceiveRefs = refs\n"),
        settings("[core]\n\talternateRefsCommand = BAIT\n[credential]\n\thelper = BAIT\n[alias]\n\tcat-file = !BAIT\n"),
        settings("[include]\n\tpath = /dev/zero\n"), settings("[core]\n\tworktree = /\n\tbare = false\n"), settings("[extensions]\n\tnothing = true\n"),
        settings("[[[ this is no file of settings\n"), settings('[remote "evil"]\n\turl = ext::BAIT\n\tpromisor = true\n[extensions]\n\tpartialClone = evil\n'),
        replaced, written("info/grafts", "MADE\n"), written("shallow", "MADE\n"), written("info/attributes", "* filter=evil\n"),
        written("objects/info/commit-graph", "evil"), written("objects/pack/multi-pack-index", "evil"), written("index", "evil"),
        written("packed-refs", "evil\n"), written("HEAD", "evil\n"), written("FETCH_HEAD", "MADE\t\t--upload-pack=x\n"),
        written("hooks", "evil"), borrowed, lambda r: plain(r, {b".gitmodules": (FILE, b'[submodule "x"]\n\tpath = -x\n\turl = --upload-pack=x\n\tupdate = !touch x\n')}),
        lambda r: plain(r, {b"hooks/post-checkout": (PROGRAM, BAIT_SCRIPT.encode()), b"config": (FILE, b"[core]\n"), b"HEAD": (FILE, b"ref: x\n"), b"objects/x": (FILE, b""), b"refs/x": (FILE, b"")}),
        lambda r: plain(r, {b"loop": (LINK, b"loop"), b"d/up": (LINK, b"../a"), b"d/top": (LINK, b".."), b"gone": (LINK, b"nowhere/at/all")}),
    ]
    resources, made = {}, []
    for number, make in enumerate(makers):
        r = bare(f"h{number}.git")
        name = make(r)
        made.append((r, name))
        resources[f"/srv/out/h{number}"] = {"url": f"/srv/git/h{number}.git", "allow_file": True, "commit": name}
    applied(resources)
    settled(resources)
    if baits():
        fail("run", baits())
    for number, (r, name) in enumerate(made):
        # Git itself reads neither what is broken here nor what replaces other objects.
        clean = bare(f"c{number}.git")
        with open(f"{clean}/objects/info/alternates", "w") as file:
            file.write(f"{r}/objects\n")
        for path in ("objects/info/commit-graph", "objects/pack/multi-pack-index"):
            if os.path.exists(f"{r}/{path}"):
                os.unlink(f"{r}/{path}")
        judge(clean, name, f"{root}/srv/out/h{number}")
    print(f"{len(made)} repositories with traps give their files and run nothing")


def texts():
    """What no manifest may say."""
    good = {"url": "https://h/a", "commit": "1" * 40}
    bad = [
        {**good, "url": url} for url in (
            "ext::sh -c touch", "fd::17", "http://h/a", "git://h/a", "--upload-pack=x", "-oProxyCommand=x", "ssh://-oProxyCommand=x/a",
            "ssh://-x@h/a", "git@-oProxyCommand=x:a", "git@h:-a", "https://a:b@h/a", "ssh://a:b@h/a", "https://h/a#main", "a", "../a", "file://a",
            "/srv/git/x.git", "file:///srv/git/x.git",
        )
    ] + [{"url": "https://h/a", "ref": ref} for ref in ("--upload-pack=x", "-x", "a..b", "a:b", "a^{}", "refs/heads/*", "a b", "1" * 40)] + [
        {"url": "https://h/a", "commit": name} for name in ("main", "HEAD", "1" * 39, "A" * 40, "--all")
    ] + [{"url": "https://h/a"}, {**good, "ref": "main"}, {"commit": "1" * 40}]
    for number, resource in enumerate(bad):
        declare({f"/srv/out/t{number}": resource})
        status, said = run("plan", site, "--root", root)
        if status != 65 or "error:" not in said:
            fail("taken", resource, status, said)
    print(f"{len(bad)} declarations refused")


def edits():
    """Local edits, strangers, the next commit, a kill at any time."""
    r = bare("e.git")
    one = commit(r, nested(r, {b"a": (FILE, b"1"), b"b": (FILE, b"1"), b"d/c": (PROGRAM, b"1"), b"gone/x": (FILE, b"1"), b"l": (LINK, b"a")}))
    two = commit(r, nested(r, {b"a": (FILE, b"2"), b"b": (FILE, b"1"), b"d/c": (FILE, b"1"), b"e/new": (FILE, b"2"), b"l": (LINK, b"b")}))
    place, path = f"{root}/srv/out/e", "/srv/out/e"
    def at(name, **more):
        return {path: {"url": "/srv/git/e.git", "allow_file": True, "commit": name, **more}}
    applied(at(one))
    judge(r, one, place)
    def edited(change, undo):
        change()
        declare(at(one))
        status, said = run("apply", site, "--root", root)
        if status != 4:
            fail("an edit is not refused", status, said)
        declare(at(two))
        status, said = run("apply", site, "--root", root)
        if status != 4 or os.path.exists(f"{place}/e"):
            fail("an edit is not refused for the next commit", status, said)
        undo()
        settled(at(one))
    def write(path, text):
        with open(path, "w") as file:
            file.write(text)
    edited(lambda: write(f"{place}/a", "x"), lambda: write(f"{place}/a", "1"))
    # A mode is no edit: it comes back.
    os.chmod(f"{place}/a", 0o755)
    applied(at(one))
    judge(r, one, place)
    edited(lambda: (os.unlink(f"{place}/l"), os.symlink("x", f"{place}/l")), lambda: (os.unlink(f"{place}/l"), os.symlink("a", f"{place}/l")))
    # A stranger stays, and one in the way of the next commit is refused.
    write(f"{place}/mine", "mine")
    write(f"{place}/d/mine", "mine")
    write(f"{place}/gone/mine", "mine")
    settled(at(one))
    write(f"{place}/e", "mine")
    declare(at(two))
    status, said = run("apply", site, "--root", root)
    if status != 4 or open(f"{place}/e").read() != "mine" or open(f"{place}/a").read() != "1":
        fail("a stranger in the way", status, said)
    os.unlink(f"{place}/e")
    applied(at(two))
    settled(at(two))
    for name in ("mine", "d/mine", "gone/mine"):
        if open(f"{place}/{name}").read() != "mine":
            fail("a stranger went")
        os.unlink(f"{place}/{name}")
    os.rmdir(f"{place}/gone")
    judge(r, two, place)
    # What is missing comes back; with `replace` an edit goes.
    os.unlink(f"{place}/a")
    shutil.rmtree(f"{place}/d")
    applied(at(two))
    judge(r, two, place)
    write(f"{place}/a", "x")
    applied(at(two, replace=True))
    judge(r, two, place)
    settled(at(two))
    # Nothing is asked of a repository that is gone, while all is in place.
    os.rename(r, r + ".away")
    settled(at(two))
    os.rename(r + ".away", r)
    print("edits, strangers and commits")


def kills():
    r = bare("k.git")
    one = commit(r, nested(r, {b"d%d/f%d" % (n % 7, n): (FILE, b"%d" % n * 100) for n in range(120)}))
    two = commit(r, nested(r, {b"d%d/f%d" % (n % 5, n): (FILE, b"%d" % n * (100 if n % 2 else 90)) for n in range(120)}))
    place, random_ = f"{root}/srv/out/k", random.Random(7)
    counted = 0
    for turn in range(9):
        name = (one, two)[turn % 2]
        resources = {"/srv/out/k": {"url": "/srv/git/k.git", "allow_file": True, "commit": name}}
        declare(resources)
        process = subprocess.Popen([lodestar, "apply", site, "--root", root], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"PATH": ENV["PATH"]})
        time.sleep(random_.uniform(0.01, 0.25))
        counted += process.poll() is None
        process.kill()
        process.wait()
        if turn % 3 == 1:
            continue
        applied(resources)
        judge(r, name, place)
        settled(resources)
        left = [path for path in leaves(place) if os.path.basename(path).startswith(".lodestar")]
        if left:
            fail("left", left)
    print(f"{counted} kills")


def remotes():
    """Over https and ssh: mirrors."""
    r = bare("remote.git")
    one = commit(r, nested(r, {b"a": (FILE, b"1"), b"d/b": (PROGRAM, b"x" * 100000)}))
    two = commit(r, nested(r, {b"a": (FILE, b"2"), b"d/b": (PROGRAM, b"x" * 100000)}), b"parent %s\n" % one.encode())
    git("-C", r, "tag", "-a", "-m", "x", "v1", one)
    git("-C", r, "update-server-info")
    shutil.move(r, f"{work}/remote.git")
    r = f"{work}/remote.git"
    for kind, url, stop in (https(r), ssh(r)):
        place, path = f"{root}/srv/out/{kind}", f"/srv/out/{kind}"
        def at(**more):
            return {path: {"url": url, **more}}
        applied(at(ref="v1"))
        judge(r, one, place)
        settled(at(ref="v1"))
        settled(at(commit=one))
        # A plan fetches, and changes nothing of what it plans.
        declare(at(ref="main"))
        status, said = run("plan", site, "--root", root)
        if status != 0 or "nothing to do" in said or judge(r, one, place) != 2:
            fail("a plan", status, said)
        applied(at(ref="main"))
        judge(r, two, place)
        settled(at(ref="refs/heads/main"))
        settled(at(ref="HEAD"))
        mirrors = [f"{root}/var/lib/lodestar/source/{name}" for name in os.listdir(f"{root}/var/lib/lodestar/source") if name.startswith("remote-") and name.endswith(".git")]
        for mirror in mirrors:
            git("-C", mirror, "fsck", "--strict", "--full")
        # A damaged mirror is put aside.
        applied(at(commit=one))
        for folder, _, names in os.walk(f"{root}/var/lib/lodestar/source"):
            for name in names:
                if name.endswith(".pack"):
                    os.chmod(f"{folder}/{name}", 0o600)
                    with open(f"{folder}/{name}", "r+b") as file:
                        file.seek(30)
                        file.write(b"\0" * 30)
        applied(at(commit=two))
        judge(r, two, place)
        if kind == "https":
            # A redirect is not followed.
            declare({**at(commit=two), "/srv/out/away": {"url": url.replace("remote.git", "away.git"), "ref": "main"}})
            status, said = run("apply", site, "--root", root)
            if status != 4 or os.path.lexists(f"{root}/srv/out/away"):
                fail("a redirect", status, said)
        stop()
        settled(at(commit=two))
        # Without the remote side nobody knows where a branch is.
        declare(at(ref="main"))
        status, said = run("plan", site, "--root", root)
        if status != 0 or "?" not in said:
            fail("a plan without the remote side", status, said)
        status, said = run("apply", site, "--root", root)
        if status != 4:
            fail("an apply without the remote side", status, said)
        judge(r, two, place)
        print(f"{kind}: commits, a branch and a tag, by a mirror")


def free():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def waited(port):
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    fail("nothing listens on", port)


def bound(path, text):
    """Another content of a file of the machine, in this mount namespace."""
    place = f"{work}/bound{len(os.listdir(work))}"
    with open(place, "w") as file:
        file.write(text)
    subprocess.run(["mount", "--bind", place, path], check=True)


def https(r):
    port, key = free(), f"{work}/tls"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{key}.key", "-out", f"{key}.pem",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    with open("/etc/ssl/certs/ca-certificates.crt") as old:
        bound("/etc/ssl/certs/ca-certificates.crt", old.read() + open(f"{key}.pem").read())
    process = subprocess.Popen([sys.executable, os.path.join(os.path.dirname(__file__), "git-judge-https.py"), work, key, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(process.kill)
    waited(port)
    return "https", f"https://localhost:{port}/remote.git", lambda: (process.kill(), process.wait())


def ssh(r):
    port, sshd = free(), os.environ["SSHD"]
    library = os.path.dirname(os.path.dirname(os.path.dirname(sshd))) if "lodestar-sshd" in sshd else ""
    home = f"{work}/ssh"
    os.makedirs(home)
    subprocess.run(["mount", "-t", "tmpfs", "none", "/root"], check=True)
    os.makedirs("/root/.ssh", mode=0o700)
    for name in (f"{home}/host", "/root/.ssh/id_ed25519"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", name], check=True)
    shutil.copy("/root/.ssh/id_ed25519.pub", f"{home}/authorized")
    host = " ".join(open(f"{home}/host.pub").read().split()[:2])
    with open("/root/.ssh/known_hosts", "w") as file:
        file.write(f"[127.0.0.1]:{port} {host}\n")
    with open(f"{home}/config", "w") as file:
        file.write(
            f"Port {port}\nListenAddress 127.0.0.1\nHostKey {home}/host\nAuthorizedKeysFile {home}/authorized\nStrictModes no\nUsePAM no\n"
            f"PidFile none\nPermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n")
    if "sshd:" not in open("/etc/passwd").read():
        bound("/etc/passwd", open("/etc/passwd").read() + "sshd:x:998:65534::/run/sshd:/usr/sbin/nologin\n")
    os.makedirs("/run/sshd", exist_ok=True)
    libraries = f"{library}/usr/lib/x86_64-linux-gnu:{library}/lib/x86_64-linux-gnu" if library else ""
    process = subprocess.Popen([sshd, "-D", "-e", "-f", f"{home}/config"], env={"LD_LIBRARY_PATH": libraries, "PATH": ENV["PATH"]}, stdout=subprocess.DEVNULL, stderr=open(f"{home}/log", "w"))
    atexit.register(process.kill)
    waited(port)
    return "ssh", f"ssh://root@127.0.0.1:{port}{r}", lambda: (process.kill(), process.wait())


for part in (generatedRepositories, refusals, harmless, texts, edits, kills, remotes):
    if len(sys.argv) > 4 and part.__name__ not in sys.argv[4:]:
        continue
    begun = time.time()
    part()
    if "TIMES" in os.environ:
        print(f"  {part.__name__}: {time.time() - begun:.1f} s")
if baits():
    fail("run", baits())
