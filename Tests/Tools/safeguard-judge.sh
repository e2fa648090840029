#!/usr/bin/env bash
# Files that let nobody in where they are wrong, by each type that can write them, in a disposable root with sudo and sshd: a wrong one never
# takes its place, a right one does, and visudo and sshd agree with what is there in the end.
#   safeguard-judge.sh LODESTAR ROOT
set -euo pipefail
lodestar=$(realpath -e "$1") template=$(realpath -e "$2")
if [ "${3:-}" != inside ]; then "$(dirname "$0")/access-root.sh" "$template"; exec unshare -m "$0" "$lodestar" "$template" inside; fi
work=$(mktemp -d)
mount -t tmpfs none "$work"
trap 'umount -lR "$work"; rmdir "$work"' EXIT
mkdir -p "$work"/{upper,work,root,site/manifests,site/files}
root=$work/root site=$work/site
mount -t overlay overlay -o "lowerdir=$template-access:$template,upperdir=$work/upper,workdir=$work/work" "$root"
echo 'site: judge' > "$site/site.yaml"
echo "127.0.0.1 $(uname -n)" >> "$root/etc/hosts"
count=0
state() { (cd "$root/etc" && find sudoers sudoers.d ssh pam.d -printf '%p %m %l\n' -type f -exec sha256sum {} + | sort); }
manifest() { cat > "$site/manifests/a.yaml"; }
run() { said=$("$lodestar" apply "$site" --root "$root" --allow-removals 2>&1); }
# The manifest on standard input is refused with a text, and nothing changes.
refused() {
  manifest; before=$(state); count=$((count + 1))
  if run; then echo "taken: $(cat "$site/manifests/a.yaml"): $said"; exit 1; fi
  [[ $said == *"$1"* ]] || { echo "expected '$1' for $(cat "$site/manifests/a.yaml"): $said"; exit 1; }
  [ "$(state)" == "$before" ] || { echo "something changed: $(cat "$site/manifests/a.yaml")"; diff <(echo "$before") <(state); exit 1; }
}
taken() {
  manifest; count=$((count + 1))
  run || { echo "refused: $(cat "$site/manifests/a.yaml"): $said"; exit 1; }
  chroot "$root" visudo -c > "$work/said" 2>&1 || ! [[ $(cat "$work/said") == *error* ]] || { cat "$work/said"; exit 1; }
  said=$("$lodestar" plan "$site" --root "$root" 2>&1) && [[ $said == *"nothing to do"* ]] || { echo "second plan: $said"; exit 1; }
  [ "${1:-}" == keep ] && return
  manifest <<< 'file: {/srv/marker: {content: ""}}'
  run || { echo "not removed: $said"; exit 1; }
}
echo 'ana ALL=(ALL' > "$root/srv/broken"; echo 'ana ALL=(ALL) ALL' > "$root/srv/good"; chmod 440 "$root"/srv/{broken,good}
(cd "$work" && mkdir tree && echo 'nonsense' > tree/ops && chmod 640 tree/ops && tar cf site/files/bad.tar -C tree . && echo 'ana ALL=(ALL) ALL' > tree/ops && tar cf site/files/good.tar -C tree .)

# sudoers
refused 'syntax error' <<< 'file: {/etc/sudoers.d/ops: {content: "ana ALL=(ALL\n", mode: "0440"}}'
refused '/etc/sudoers.d/ops:2: ' <<< 'file: {/etc/sudoers.d/ops: {content: "ana ALL=(ALL) ALL\nnonsense\n", mode: "0440"}}'
refused 'others than root may write' <<< 'file: {/etc/sudoers.d/ops: {content: "ana ALL=(ALL) ALL\n", mode: "0666"}}'
refused 'syntax error' <<< 'file: {/etc/sudoers: {content: "ana ALL=(ALL\n"}}'
refused 'syntax error' <<< 'line: {x: {path: /etc/sudoers, text: "%ops ALL=(ALL"}}'
refused 'syntax error' <<< 'block: {x: {path: /etc/sudoers, text: "nonsense\n"}}'
refused 'syntax error' <<< 'link: {/etc/sudoers.d/ops: {target: /srv/broken}}'
refused 'leads to no file' <<< 'link: {/etc/sudoers.d/ops: {target: /srv/none}}'
refused 'who gets in hangs on it' <<< 'file: {/etc/sudoers: {state: absent}}'
refused 'syntax error' <<< 'archive: {/etc/sudoers.d: {source: bad.tar}}'
taken keep <<< 'file: {/etc/sudoers.d/ops: {content: "User_Alias OPS = ana\nOPS ALL=(ALL) ALL\n", mode: "0440"}}'
# The alias of the old text is no second one.
taken keep <<< 'file: {/etc/sudoers.d/ops: {content: "User_Alias OPS = ana, bob\nOPS ALL=(ALL) ALL\n", mode: "0440"}}'
refused 'already defined' <<< 'file: {/etc/sudoers.d/ops: {content: "User_Alias OPS = ana, bob\nOPS ALL=(ALL) ALL\n", mode: "0440"}, /etc/sudoers.d/more: {content: "User_Alias OPS = eve\n"}}'
taken <<< 'line: {x: {path: /etc/sudoers, text: "%ops ALL=(ALL) ALL"}}'
taken <<< 'link: {/etc/sudoers.d/ops: {target: /srv/good}}'
taken <<< 'archive: {/etc/sudoers.d: {source: good.tar}}'
taken <<< 'file: {/etc/sudoers.d/x.off: {content: "nonsense\n"}}'

# sshd
refused '/etc/ssh/sshd_config.d/a.conf:1: ' <<< 'file: {/etc/ssh/sshd_config.d/a.conf: {content: "PermitRotLogin no\n"}}'
refused 'sshd -t' <<< 'file: {/etc/ssh/sshd_config.d/a.conf: {content: "Match User ana\nUsePAM no\n"}}'
refused 'Subsystem' <<< 'file: {/etc/ssh/sshd_config.d/a.conf: {content: "Subsystem sftp internal-sftp\n"}}'
refused 'sshd -t' <<< 'file: {/etc/ssh/sshd_config.d/a.conf: {content: "AllowUsers \"ana\n"}}'
refused 'sshd -t' <<< 'line: {x: {path: /etc/ssh/sshd_config, text: "PermitRootLogin perhaps", match: "^#?PermitRootLogin"}}'
taken <<< 'file: {/etc/ssh/sshd_config.d/a.conf: {content: "PermitRootLogin no\nMatch User ana\n  X11Forwarding no\n"}}'
# What follows the Include is not in the Match block of the drop-in.
taken <<< 'file: {/etc/ssh/sshd_config.d/a.conf: {content: "Match User ana\n  X11Forwarding no\n"}, /etc/ssh/sshd_config.d/b.conf: {content: "UsePAM yes\n"}}'
mkdir -p "$root/run/sshd"
chroot "$root" /usr/sbin/sshd -t

# PAM
refused 'expected `validate`' <<< 'file: {/etc/pam.d/app: {content: "auth required pam_unix.so\n"}}'
refused 'ended with status' <<< 'file: {/etc/pam.d/app: {content: "auth required pam_unix.so\n", validate: "grep -q deny %"}}'
refused 'no module pam_none.so' <<< 'line: {x: {path: /etc/pam.d/sshd, text: "auth required pam_none.so"}}'
refused 'expected auth' <<< 'block: {x: {path: /etc/pam.d/sshd, text: "aut required pam_unix.so\n"}}'
taken <<< 'line: {x: {path: /etc/pam.d/sshd, text: "session optional pam_umask.so"}}'
taken <<< 'file: {/etc/pam.d/app: {content: "auth required pam_unix.so\n", validate: "grep -q pam_unix %"}}'
for file in "$root"/etc/pam.d/*; do
  cp "$file" "$work/kept"; printf 'session [default=1 success=ignore] pam_unix.so\n' > "$work/last"
  manifest <<< "line: {x: {path: /etc/pam.d/$(basename "$file"), text: \"session [default=1 success=ignore] pam_unix.so\"}}"
  run || { echo "Debian's own $file is not understood: $said"; exit 1; }
  cp "$work/kept" "$file"; count=$((count + 1))
done

# By whatever way a file gets there: a link of the site to the folder, one to the file, a file that sudoers includes, a folder that a link takes the place of.
rm -f "$root/etc/sudoers.d/ops"
refused '/etc/sudoers.d/ops:1: ' <<< 'link: {/srv/first: {target: /etc/sudoers.d}}
file: {/srv/first/ops: {content: "ana ALL=(ALL\n", mode: "0440"}}'
ln -s ../etc/sudoers.d "$root/srv/rules"
refused '/etc/sudoers.d/ops:1: ' <<< 'file: {/srv/rules/ops: {content: "ana ALL=(ALL\n", mode: "0440"}}'
refused 'others than root may write' <<< 'file: {/srv/rules/ops: {content: "ana ALL=(ALL) ALL\n", mode: "0666"}}'
taken <<< 'file: {/srv/rules/ops: {content: "ana ALL=(ALL) ALL\n", mode: "0440"}}'
ln -s /etc "$root/srv/etc"
refused 'syntax error' <<< 'archive: {/srv/etc/sudoers.d: {source: bad.tar}}'
refused 'syntax error' <<< 'line: {x: {path: /srv/etc/sudoers, text: "%ops ALL=(ALL"}}'
refused 'syntax error' <<< 'block: {x: {path: /srv/etc/sudoers, text: "nonsense\n"}}'
refused 'sshd -t' <<< 'line: {x: {path: /srv/etc/ssh/sshd_config, text: "PermitRootLogin perhaps"}}'
refused 'sshd -t' <<< 'file: {/srv/etc/ssh/sshd_config.d/a.conf: {content: "PermitRotLogin no\n"}}'
refused 'no module pam_none.so' <<< 'line: {x: {path: /srv/etc/pam.d/sshd, text: "auth required pam_none.so"}}'
refused 'no module pam_none.so' <<< 'file: {/srv/etc/pam.d/app: {content: "auth required pam_none.so\n"}}'
refused 'who gets in hangs on it' <<< 'file: {/srv/etc/sudoers: {state: absent}}'
# The target of a link in the folder.
ln -s /srv/good "$root/etc/sudoers.d/linked"
refused 'syntax error' <<< 'file: {/srv/good: {content: "ana ALL=(ALL\n"}}'
refused 'syntax error' <<< 'line: {x: {path: /srv/good, text: "nonsense"}}'
refused 'syntax error' <<< 'link: {/srv/good: {target: broken, replace: true}}'
rm "$root/etc/sudoers.d/linked"
# What is included from elsewhere.
printf '@include /srv/more\n@includedir /srv/rules.d\n' >> "$root/etc/sudoers"; mkdir "$root/srv/rules.d"
refused '/srv/more:1: ' <<< 'file: {/srv/more: {content: "ana ALL=(ALL\n", mode: "0440"}}'
refused '/srv/rules.d/x:1: ' <<< 'file: {/srv/rules.d/x: {content: "ana ALL=(ALL\n", mode: "0440"}}'
taken <<< 'file: {/srv/more: {content: "ana ALL=(ALL) ALL\n", mode: "0440"}}'
sed -i '/srv/d' "$root/etc/sudoers"
taken keep <<< 'line: {x: {path: /etc/sudoers, text: "@include /srv/more"}}'
refused '/srv/more:1: ' <<< 'line: {x: {path: /etc/sudoers, text: "@include /srv/more"}}
file: {/srv/more: {content: "ana ALL=(ALL\n", mode: "0440", require: [line:x]}}'
sed -i '/srv/d' "$root/etc/sudoers"
sed -i '1i Include /srv/sshd.conf /srv/ssh*.d/*.conf' "$root/etc/ssh/sshd_config"; mkdir "$root/srv/sshd.d"
refused '/srv/sshd.conf:1: ' <<< 'file: {/srv/sshd.conf: {content: "PermitRotLogin no\n"}}'
refused '/srv/sshd.d/x.conf:1: ' <<< 'file: {/srv/sshd.d/x.conf: {content: "PermitRotLogin no\n"}}'
taken <<< 'file: {/srv/sshd.d/x.conf: {content: "PermitRootLogin no\n"}, /srv/sshd.d/x.off: {content: "nonsense\n"}}'
sed -i 1d "$root/etc/ssh/sshd_config"
# A folder that gives way to a link; what leads to a main file stays.
mkdir "$root/srv/wrong"; cp "$root/srv/broken" "$root/srv/wrong/ops"; mv "$root/etc/sudoers.d" "$root/srv/kept"; mkdir "$root/etc/sudoers.d"
refused 'syntax error' <<< 'link: {/etc/sudoers.d: {target: /srv/wrong, replace: true}}'
taken keep <<< 'link: {/etc/sudoers.d: {target: /srv/kept, replace: true}}'
refused '/etc/sudoers.d/ops:1: ' <<< 'link: {/etc/sudoers.d: {target: /srv/kept}}
file: {/srv/kept/ops: {content: "ana ALL=(ALL\n", mode: "0440"}}'
refused 'syntax error' <<< 'link: {/etc/sudoers.d: {target: /srv/wrong}}'
rm "$root/etc/sudoers.d"; mv "$root/srv/kept" "$root/etc/sudoers.d"
mv "$root/etc/pam.d" "$root/srv/pam"; ln -s /srv/pam "$root/etc/pam.d"; mkdir "$root/srv/none"
refused 'who gets in hangs on it' <<< 'link: {/etc/pam.d: {target: /srv/none}}'
refused 'no module pam_none.so' <<< 'line: {x: {path: /srv/pam/sshd, text: "auth required pam_none.so"}}'
refused 'who gets in hangs on it' <<< 'link: {/etc/pam.d: {state: absent}}'
rm "$root/etc/pam.d"; mv "$root/srv/pam" "$root/etc/pam.d"

# An undo after which nobody can get in is refused as a plan is.
key=AAAAC3NzaC1lZDI1NTE5AAAAIMmmJbm5a+7HEsnpZiby6a2mIeABVJ2a+BtAC9wVKa1b
manifest <<YAML
user: {adm: {uid: 5002, shell: /bin/bash, password: "*", authorized_keys: {exactly: ["ssh-ed25519 $key"]}}}
sudo_rule: {adm: {users: [adm], commands: [ALL], no_password: true}}
YAML
run || { echo "an administrator: $said"; exit 1; }
number=$("$lodestar" history --root "$root" --format json | python3 -c 'import json, sys; print(max(run["run"] for run in json.load(sys.stdin)))')
status=0; "$lodestar" undo "$number" --root "$root" > "$work/said" 2>&1 || status=$?
[ "$status" == 78 ] && [ -e "$root/etc/sudoers.d/lodestar-adm" ] || { echo "an undo that locks out: $status $(cat "$work/said")"; exit 1; }
"$lodestar" undo "$number" --root "$root" --allow-lockout > "$work/said" 2>&1 || { cat "$work/said"; exit 1; }
[ ! -e "$root/etc/sudoers.d/lodestar-adm" ] || { echo "the undo left the rule"; exit 1; }
count=$((count + 2))

# Without the program nothing is taken, unless a package of the plan brings it.
mv "$root/usr/sbin/visudo" "$root/usr/sbin/sshd" "$work"
refused 'there is no /usr/sbin/visudo' <<< 'file: {/etc/sudoers.d/new: {content: "ana ALL=(ALL) ALL\n"}}'
refused 'the package openssh-server brings it' <<< 'file: {/etc/ssh/sshd_config.d/new.conf: {content: "PermitRootLogin no\n"}}'
echo "$count wrong and right files of sudo, sshd and PAM went as visudo and sshd say"
