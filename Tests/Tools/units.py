#!/usr/bin/env python3
"""Judges services by systemctl: `systemctl --root` and `lodestar apply --root` do the same to two copies of one root,
which must then be equal, link by link. The units are those of Debian packages (downloaded once) and of units-hostile.py.
  units.py LODESTAR [PACKAGES]        (the first PACKAGES of units-packages.txt; 0: hostile ones only)
"""
import concurrent.futures, importlib.util, io, os, re, shutil, subprocess, sys, tarfile, tempfile

TOOLS = os.path.dirname(os.path.realpath(__file__))
CACHE = os.environ.get("LODESTAR_UNITS", "/var/tmp/lodestar-units")
LODESTAR = os.path.realpath(sys.argv[1])
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 40
ENVIRONMENT = dict(os.environ, SYSTEMCTL_SKIP_SYSV="1", LC_ALL="C.UTF-8", SYSTEMD_LOG_LEVEL="info")
DECLARED = {
    "enable": "enabled: true", "disable": "enabled: false", "mask": "masked: true", "unmask": "masked: false",
}
TYPES = "service|socket|timer|path|target|mount|swap|automount|slice|device|scope"
WORK = tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None, prefix="lodestar-units-")
faults = []


def packages():
    """Names and archives of the packages, downloaded by apt-get where the cache has none."""
    names = open(f"{TOOLS}/units-packages.txt").read().split()[:COUNT]
    place = f"{CACHE}/debs"
    os.makedirs(place, exist_ok=True)
    have = {name.split("_")[0]: f"{place}/{name}" for name in os.listdir(place) if name.endswith(".deb")}
    missing = [name for name in names if name not in have]
    for start in range(0, len(missing), 100):
        words = ["apt-get", "-q", "download"] + missing[start:start + 100]
        result = subprocess.run(words, cwd=place, capture_output=True, text=True)
        if result.returncode != 0:
            subprocess.run(["apt-get", "-q", "update"], capture_output=True)
            result = subprocess.run(words, cwd=place, capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"units.py: {result.stderr}")
    have = {name.split("_")[0]: f"{place}/{name}" for name in os.listdir(place) if name.endswith(".deb")}
    return [(name, have[name]) for name in names]


def extract(archive, root):
    """The units of a package, in a root whose /lib is /usr/lib."""
    skeleton(root)
    data = subprocess.run(["dpkg-deb", "--fsys-tarfile", archive], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            member.name = re.sub(r"^(\./)?lib/", "usr/lib/", member.name).removeprefix("./")
            if re.match(r"(usr/lib|etc)/systemd/system(/|$)|etc/init.d/", member.name):
                tar.extract(member, root)


def skeleton(root):
    for folder in ("etc/systemd/system", "usr/lib/systemd/system", "run", "var/lib"):
        os.makedirs(f"{root}/{folder}", exist_ok=True)
    if not os.path.lexists(f"{root}/lib"):
        os.symlink("usr/lib", f"{root}/lib")


def tree(root):
    """What stands where systemd looks: links with their targets, files with their content, directories."""
    found = {}
    for place in ("etc/systemd", "run/systemd", "usr/lib/systemd", "usr/local/lib/systemd"):
        for folder, directories, files in os.walk(f"{root}/{place}"):
            for name in directories + files:
                path = f"{folder}/{name}"
                key = path[len(root):]
                if os.path.islink(path):
                    found[key] = "-> " + os.readlink(path)
                elif os.path.isdir(path):
                    found[key] = "directory"
                else:
                    found[key] = open(path, "rb").read()
    return found


def difference(left, right):
    return [
        f"{key}: {str(left.get(key))[:90]} | {str(right.get(key))[:90]}"
        for key in sorted(left.keys() | right.keys()) if left.get(key) != right.get(key)
    ]


def systemctl(root, verb, unit):
    words = ["systemctl", f"--root={root}", verb, unit]
    result = subprocess.run(words, capture_output=True, text=True, env=ENVIRONMENT)
    return result.returncode, (result.stdout + result.stderr).strip()


def is_enabled(root, unit):
    """The state in one word; empty where systemctl cannot tell."""
    words = ["systemctl", f"--root={root}", "is-enabled", unit]
    return subprocess.run(words, capture_output=True, text=True, env=ENVIRONMENT).stdout.strip()


class Pair:
    """One root twice: `theirs` for systemctl, `ours` for lodestar."""

    def __init__(self, place, source):
        self.place, self.theirs, self.ours = place, f"{place}/theirs", f"{place}/ours"
        for copy in (self.theirs, self.ours):
            shutil.copytree(source, copy, symlinks=True)
        os.makedirs(f"{place}/site/manifests")
        open(f"{place}/site/site.yaml", "w").write("site: units\n")

    def lodestar(self, unit, properties):
        open(f"{self.place}/site/manifests/all.yaml", "w").write(f"service:\n  '{unit}': {{{properties}}}\n")
        words = [LODESTAR, "apply", f"{self.place}/site", "--root", self.ours, "--detailed-exit-code"]
        result = subprocess.run(words, capture_output=True, text=True)
        return result.returncode, (result.stdout + result.stderr).strip()

    def step(self, label, unit, verb, expected=None):
        """One verb on both copies. `expected` says what ours does where it does otherwise on purpose."""
        before = tree(self.ours)
        state = is_enabled(self.theirs, unit)
        status, said = systemctl(self.theirs, verb, unit)
        wanted = expected or self.wanted(verb, state, status, said)
        ours, ours_said = self.lodestar(unit, DECLARED[verb])
        after = tree(self.ours)

        def complain(text):
            faults.append(f"{label}: {verb} {unit} (was {state}): {text}")
            faults.append("    systemctl %d: %s" % (status, said.replace("\n", " / ")[:300]))
            faults.append("    lodestar %d: %s" % (ours, ours_said.replace("\n", " / ")[:300]))

        if expected or (wanted == "refused" and status == 0):
            # Both start from the same state again.
            shutil.rmtree(self.theirs)
            shutil.copytree(self.ours, self.theirs, symlinks=True)
        if wanted == "refused":
            if ours != 4: complain("expected a refusal")
            if after != before: complain(f"refused, and yet changed: {difference(before, after)}")
            return
        if ours not in (0, 2): return complain("failed")
        if (ours == 2) != (after != before): complain(f"says changed: {ours == 2}; is: {difference(before, after)}")
        if wanted == "same" and tree(self.theirs) != after:
            complain(f"theirs | ours: {difference(tree(self.theirs), after)}")
        if wanted == "unchanged" and ours != 0: complain("expected to be in place")
        if self.lodestar(unit, DECLARED[verb])[0] != 0: complain("not at rest")
        if verb == "enable" and not expected:
            reached = is_enabled(self.ours, unit)
            if reached not in ("enabled", "indirect", "alias"): complain(f"is-enabled says {reached}")

    @staticmethod
    def wanted(verb, state, status, said):
        if status != 0 or re.search("Failed to enable (?!auxiliary)", said): return "refused"
        if verb == "enable" and "no installation config" in said:
            return "same" if state == "enabled" else "refused"
        return "same"


def units_of(root):
    names = set()
    for place in ("usr/lib/systemd/system", "etc/systemd/system"):
        for name in os.listdir(f"{root}/{place}"):
            if re.search(rf"\.({TYPES})$", name): names.add(name)
    for name in sorted(names):
        if "@." in name: names.add(name.replace("@.", "@one."))
    return sorted(names)


def package(name, archive):
    source = f"{WORK}/{name}"
    extract(archive, source)
    count = 0
    for unit in units_of(source):
        count += 1
        place = f"{WORK}/{name}-{count}"
        pair = Pair(place, source)
        for verb in ("disable", "enable", "disable"):
            pair.step(name, unit, verb)
        if not os.path.lexists(f"{source}/etc/systemd/system/{unit}"):
            pair.step(name, unit, "mask")
            pair.step(name, unit, "enable", "refused")
            pair.step(name, unit, "unmask")
        # What a preset enabled is disabled the same way.
        for copy in (pair.theirs, pair.ours):
            os.makedirs(f"{copy}/etc/systemd/system-preset", exist_ok=True)
            open(f"{copy}/etc/systemd/system-preset/00-all.preset", "w").write("enable *\n")
            systemctl(copy, "preset", unit)
        pair.step(name, unit, "enable")
        pair.step(name, unit, "disable")
        shutil.rmtree(place)
    shutil.rmtree(source)
    return count


def hostile():
    specification = importlib.util.spec_from_file_location("hostile", f"{TOOLS}/units-hostile.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return list(enumerate(module.CASES))


def case(number, label, files, steps):
    source = f"{WORK}/hostile-{number}"
    skeleton(source)
    for path, content in files.items():
        place = f"{source}/{path}"
        os.makedirs(place if content is None else os.path.dirname(place), exist_ok=True)
        if isinstance(content, bytes):
            open(place, "wb").write(content)
        elif content is not None and content.startswith("-> "):
            os.symlink(content[3:], place)
        elif content is not None:
            open(place, "w").write(content)
    pair = Pair(f"{source}-pair", source)
    for step in steps:
        pair.step(label, *step)


try:
    cases = hostile()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda entry: case(entry[0], *entry[1]), cases))
        units = sum(pool.map(lambda entry: package(*entry), packages()))
    print("\n".join(faults))
    print(f"units: {units} units of {COUNT} packages, {len(cases)} hostile ones: "
          + ("each as systemctl does it" if not faults else f"{len(faults) // 3} faults"))
    sys.exit(1 if faults else 0)
finally:
    shutil.rmtree(WORK, ignore_errors=True)
