#!/usr/bin/env python3
"""Judges `lodestar access` by real logins and a real sudo, on generated accounts, keys and configurations of sshd and sudo.

    access-judge.py LODESTAR ROOT [CASES] [SEED]

In a disposable root over ROOT, in which it installs sudo and sshd (kept as a layer for the next time), each case runs an sshd on
a loopback of its own. Of each account: a login by its key, one by its password, `sudo -n` as root and sudo with the password have to
go as said.
"""
import json, os, random, subprocess, sys, tempfile, time

lodestar, template = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
cases = int(sys.argv[3]) if len(sys.argv) > 3 else 12
seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
if os.environ.get("INSIDE") != "1":
    os.environ["INSIDE"] = "1"
    subprocess.run([os.path.join(os.path.dirname(os.path.abspath(__file__)), "access-root.sh"), template], check=True)
    os.execvp("unshare", ["unshare", "-mn", sys.executable, *sys.argv])

def sh(*words, check=True, **options):
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, **options)
    if check and done.returncode: sys.exit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return done

work = tempfile.mkdtemp()
sh("mount", "-t", "tmpfs", "-o", "mode=755", "none", work)
for name in ("upper", "work", "root"): os.mkdir(f"{work}/{name}")
root, layer = f"{work}/root", f"{template}-access"
sh("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={layer}:{template},upperdir={work}/upper,workdir={work}/work", root)
sh("mount", "-t", "proc", "proc", f"{root}/proc"); sh("mount", "--bind", "/dev", f"{root}/dev"); sh("ip", "link", "set", "lo", "up")
def put(path, text, mode=0o644, owner=0):
    path = root + path
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.lexists(path): os.remove(path)
    with open(path, "w") as file: file.write(text)
    os.chmod(path, mode); os.chown(path, owner, owner)

put("/etc/hosts", f"127.0.0.1 {os.uname().nodename} localhost\n"); put("/etc/hostname", os.uname().nodename + "\n")
os.makedirs(f"{root}/run/sshd", exist_ok=True)
for name in ("ana", "bob", "eve", "dev", "ca", "revoked"): sh("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", f"{work}/{name}")
sh("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{work}/root-key")
key = lambda name: open(f"{work}/{'root-key' if name == 'root' else name}.pub").read().strip()
password = sh("openssl", "passwd", "-6", "secret").stdout.strip()
put("/bin/answer", "#!/bin/sh\necho secret\n", 0o755)
with open(f"{work}/answer", "w") as file: file.write("#!/bin/sh\necho secret\n")
os.chmod(f"{work}/answer", 0o755)
passwd, shadow, group = (open(f"{root}/etc/{name}").read() for name in ("passwd", "shadow", "group"))
today = int(time.time() // 86400)
users = {"root": 0, "ana": 3001, "bob": 3002, "eve": 3003, "dev": 3004}
some = lambda r, words, most: r.sample(words, r.randint(1, most))

def accounts(r):
    homes = {name: "/root" if name == "root" else f"/home/{name}" for name in users}
    lines, hashes, hidden = "", "", ""
    groups = {name: [u for u in users if u != "root" and r.random() < 0.35] for name in ("sudo", "ops", "staff")}
    for name, uid in users.items():
        shell = r.choice(["/bin/bash"] * 6 + ["/usr/sbin/nologin", "/bin/gone", "/bin/false", ""])
        field = r.choice([password] * 4 + ["!" + password, "*", "!", "*", ""])
        expires = r.choice([""] * 5 + [str(today - 1), str(today), str(today + 9)])
        age = r.choice(["99999:7::"] * 5 + ["30:7:5:"])
        hashes += f"{name}:{field}:{today - 40}:0:{age}{expires}:\n"
        if uid: lines += f"{name}:x:{uid}:{uid}::{homes[name]}:{shell}\n"
        else: hidden = f"root:x:0:0:root:/root:{r.choice(['/bin/bash'] * 5 + ['/usr/sbin/nologin'])}\n"
    put("/etc/passwd", hidden + "".join(l + "\n" for l in passwd.splitlines() if not l.startswith("root:")) + lines)
    put("/etc/shadow", hashes + "".join(l + "\n" for l in shadow.splitlines() if not l.startswith("root:")), 0o600)
    text = "".join(l + "\n" for l in group.splitlines() if l.split(":")[0] not in groups)
    text += "".join(f"{n}:x:{u}:\n" for n, u in users.items() if u)
    text += "".join(f"{n}:x:{4000 + i}:{','.join(m)}\n" for i, (n, m) in enumerate(groups.items()))
    put("/etc/group", text)
    for name, uid in users.items():
        home = root + homes[name]
        os.makedirs(home, exist_ok=True); os.chown(home, uid, uid); os.chmod(home, r.choice([0o755] * 5 + [0o775]))
        sh("rm", "-rf", home + "/.ssh")
        option = r.choice([""] * 5 + ['from="127.0.0.1" ', 'from="10.9.9.9" ', 'command="/bin/true" ', "restrict ", 'expiry-time="20200101" ', 'expiry-time="29990101" '])
        if r.random() < 0.8:
            put(f"{homes[name]}/.ssh/authorized_keys", f"# keys\n{option}{key(name)}\n", r.choice([0o600] * 5 + [0o666]), uid)
            os.chown(home + "/.ssh", uid, uid); os.chmod(home + "/.ssh", 0o700)
        put(f"/etc/ssh/keys/{name}", key(name) + "\n")
    put("/etc/ssh/revoked", key(r.choice(list(users))) + "\n")
    if r.random() < 0.05: put("/etc/nologin", "closed\n")
    elif os.path.exists(f"{root}/etc/nologin"): os.remove(f"{root}/etc/nologin")

def settings(r, matched):
    yes = ["yes", "no"]
    choices = [
        lambda: f"PermitRootLogin {r.choice(['yes', 'no', 'prohibit-password', 'without-password', 'forced-commands-only'])}",
        lambda: f"PasswordAuthentication {r.choice(yes)}", lambda: f"PubkeyAuthentication {r.choice(['yes', 'yes', 'no'])}",
        lambda: f"KbdInteractiveAuthentication {'no' if matched else r.choice(yes)}",
        lambda: f"AllowUsers {' '.join(some(r, ['ana', 'b*', 'eve', 'root', 'dev', 'ana@127.0.0.1', 'eve@10.*'], 4))}",
        lambda: f"DenyUsers {' '.join(some(r, ['ana', 'b?b', 'eve'], 1))}",
        lambda: f"AllowGroups {' '.join(some(r, ['sudo', 'ops', 'root', 'staff', 'ana'], 4))}",
        lambda: f"DenyGroups {' '.join(some(r, ['ops', 'staff', 'eve'], 1))}",
        lambda: f"AuthorizedKeysFile {r.choice(['.ssh/authorized_keys', '/etc/ssh/keys/%u', 'none', '%h/.ssh/authorized_keys /etc/ssh/keys/%u'])}",
        lambda: f"AuthenticationMethods {r.choice(['any', 'publickey', 'publickey,password', 'publickey,keyboard-interactive publickey', 'password publickey,password'])}",
        lambda: f"RevokedKeys {r.choice(['/etc/ssh/revoked', '/etc/ssh/revoked', 'none', '/etc/ssh/absent'])}",
    ]
    if not matched: choices += [lambda: f"UsePAM {r.choice(['yes', 'yes', 'no'])}", lambda: f"StrictModes {r.choice(['yes', 'no'])}"]
    return [c() for c in r.sample(choices, r.randint(0, 3))]

def sshd(r):
    def file(first):
        lines = settings(r, False)
        for _ in range(r.choice([0, 0, 1, 2])):
            lines.append("Match " + r.choice(["User ana", "User b*,!bob", "Group ops", "Group staff User eve", "User root", "all", "Group sudo,ops"]))
            lines += ["  " + l for l in settings(r, True)]
        return lines
    # Where empty passwords are taken, the failure of the empty one stays in PAM's mind, and keyboard-interactive fails later on.
    empty = r.random() < 0.3
    put("/etc/ssh/sshd_config", "\n".join([f"PermitEmptyPasswords {'yes' if empty else 'no'}"] + ["KbdInteractiveAuthentication no"] * empty + ["Include /etc/ssh/sshd_config.d/*.conf"] * (r.random() < 0.8) + ["UsePAM yes"] * (r.random() < 0.8) + file(True)) + "\n")
    sh("rm", "-rf", f"{root}/etc/ssh/sshd_config.d")
    os.mkdir(f"{root}/etc/ssh/sshd_config.d")
    for n in range(r.choice([0, 1, 2])): put(f"/etc/ssh/sshd_config.d/{n}0-x.{r.choice(['conf', 'conf', 'off'])}", "\n".join(file(False)) + "\n")

def sudoers(r):
    def commands():
        return r.choice(["ALL", "/usr/bin/id", "IDS", "ALL, !/usr/bin/id", "ALL, !IDS", "/usr/bin/id, /usr/bin/whoami", "!/usr/bin/id", "/bin/bash"])
    def rule():
        who = r.choice(["ana", "bob", "%sudo", "%ops", "%#4002", "#3003", "TEAM", "ALL", "ana, !bob, %staff", "ALL, !eve", "!TEAM, eve", "dev"])
        host = r.choice(["ALL"] * 5 + ["HERE", "elsewhere", "!elsewhere, ALL", os.uname().nodename])
        run = r.choice(["(ALL)", "(ALL:ALL)", "", "(root)", "(ROOTS)", "(bob)", "(:ops)", "(ALL, !root)", "(#0)"])
        return f"{who} {host} = {run} {r.choice(['', 'NOPASSWD: ', 'NOPASSWD:SETENV: ', 'PASSWD: '])}{commands()}" + (f", {r.choice(['NOPASSWD: ', 'PASSWD: ', ''])}{commands()}" if r.random() < .3 else "")
    head = ["Defaults env_reset", "User_Alias TEAM = ana, %staff", "Runas_Alias ROOTS = root, bob", f"Host_Alias HERE = {os.uname().nodename}", "Cmnd_Alias IDS = /usr/bin/id, /usr/bin/whoami"]
    head += r.sample(["Defaults:ana !authenticate", "Defaults !authenticate", "Defaults:%ops authenticate", "Defaults rootpw", "Defaults runas_default=bob", "Defaults exempt_group=ops", "# a comment"], r.choice([0, 0, 1, 2]))
    body = [rule() for _ in range(r.randint(0, 4))]
    put("/etc/sudoers", "\n".join(head + ["root ALL=(ALL:ALL) ALL"] + body + [r.choice(["@includedir /etc/sudoers.d", "#includedir sudoers.d", ""])]) + "\n", 0o440)
    sh("rm", "-rf", f"{root}/etc/sudoers.d"); os.mkdir(f"{root}/etc/sudoers.d")
    for n in range(r.choice([0, 1, 2])):
        put(f"/etc/sudoers.d/{r.choice(['a', 'b', 'c.d', 'e~'])}", "\\\n".join([rule().replace(" = ", " = \\\n ")]) + "\n", r.choice([0o440, 0o440, 0o644, 0o666]), r.choice([0, 0, 0, 3001]))

def login(name, *options):
    done = sh("setsid", "ssh", "-F", "none", "-p", "2222", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=5",
              "-o", "NumberOfPasswordPrompts=1", "-o", "PreferredAuthentications=publickey,password,keyboard-interactive", *options, f"{name}@127.0.0.1", "echo in", check=False,
              env={"PATH": os.environ["PATH"], "SSH_ASKPASS": f"{work}/answer", "SSH_ASKPASS_REQUIRE": "force", "HOME": work})
    return done.returncode == 0

def sudo(name, program, *options):
    global last
    groups = ",".join(sh("chroot", root, "id", "-G", name).stdout.split())
    words = ["chroot", f"--userspec={users[name]}:{users[name]}", f"--groups={groups}", root, "sudo", *options, "-u", "root", program]
    done = subprocess.run(words, capture_output=True, text=True, input="secret\n")
    last = done.stderr
    return done.returncode == 0

checked, faults, last = 0, 0, ""
for case in range(seed, seed + cases):
    r = random.Random(case)
    accounts(r); sshd(r); sudoers(r)
    if sh("chroot", root, "visudo", "-c", check=False).returncode and "parse error" in sh("chroot", root, "visudo", "-c", check=False).stderr: continue
    if sh("chroot", root, "/usr/sbin/sshd", "-t", check=False).returncode: continue
    said = json.loads(sh(lodestar, "access", "--root", root, "--format", "json").stdout)
    server = subprocess.Popen(["chroot", root, "/usr/sbin/sshd", "-D", "-e", "-p", "2222"], stderr=open(f"{work}/log", "w"))
    for _ in range(100):
        if "listening" in open(f"{work}/log").read(): break
        time.sleep(0.02)
    for name in users:
        ways = [w for w in said["ways"] if w["account"] == name]
        here = lambda w: "only from" not in w["detail"] or "127.0.0.1" in w["detail"]
        remote = [w for w in ways if w["goal"] == "login" and w["reach"] == "remote" and here(w)]
        identity = f"{work}/{'root-key' if name == 'root' else name}"
        results = {
            "key": ([w for w in remote if w["kind"] == "key"], lambda: login(name, "-i", identity, "-o", "IdentitiesOnly=yes")),
            "password": ([w for w in remote if w["kind"] == "password"], lambda: login(name, "-o", "PubkeyAuthentication=no")),
        }
        if results["password"][0] and not results["key"][0]: results["key"] = (results["password"][0], results["key"][1])
        if name != "root":
            grants = [w for w in ways if w["kind"] == "sudo" and "without a password" in w["detail"]]
            rest = [w for w in ways if w["kind"] == "sudo"]
            def granted(ways, program):
                own = [w for w in rest if w["detail"].startswith(f"sudo {program},")]
                return own[0] in ways if own else any(w["detail"].startswith("sudo ALL") and f"!{program}" not in w["detail"] and
                           not (" but " in w["detail"] and program in w["detail"].split(" but ")[1]) for w in ways)
            for program in ("/usr/bin/id", "/usr/bin/whoami"):
                results[f"sudo -n {program}"] = (granted(grants, program), lambda p=program: sudo(name, p, "-n"))
            results["sudo /usr/bin/id"] = (granted(rest, "/usr/bin/id"), lambda: sudo(name, "/usr/bin/id", "-S", "-k"))
        for what, (expected, run) in results.items():
            checked += 1
            found = run()
            if found != bool(expected):
                faults += 1
                print(f"case {case}: {name} by {what}: lodestar says {'yes' if expected else 'no'}, it is {'yes' if found else 'no'} {last if 'sudo' in what else ''}")
                if faults > 3: break
    server.terminate(); server.wait()
    sh("pkill", "-P", str(server.pid), check=False)
    if faults:
        for path in ("sshd_config", "sudoers"): print(f"--- {path}\n" + open(f"{root}/etc/{'ssh/' if path[1] == 's' else ''}{path}").read())
        for folder in ("ssh/sshd_config.d", "sudoers.d"):
            for name in sorted(os.listdir(f"{root}/etc/{folder}")): print(f"--- {folder}/{name} {oct(os.stat(f'{root}/etc/{folder}/{name}').st_mode)} {os.stat(f'{root}/etc/{folder}/{name}').st_uid}\n" + open(f"{root}/etc/{folder}/{name}").read())
        print(json.dumps(said, indent=1)[:6000]); print(open(f"{work}/log").read()[-1500:])
        print("\n".join(l for f in ("passwd", "shadow", "group") for l in open(f"{root}/etc/{f}").read().splitlines() if l.split(":")[0] in list(users) + ["ops", "staff", "sudo"]))
        sys.exit(1)
os.chdir("/")
print(f"access agrees with sshd and sudo on {checked} logins and commands of {cases} hosts")
