#!/usr/bin/env bash
# What must not lock anybody out, on a booted system with sshd and sudo: ana logs in by her key and becomes root, before and after.
#   access-booted.sh LODESTAR TEST-ROOT
set -euo pipefail
lodestar=$(realpath "$1") base=$(realpath "$2")
cd "$(dirname "$0")/../.."
Tests/Tools/access-root.sh "$base"
. Tests/Tools/boot.sh
# The program starts itself again: it has to be the program, not its loader.
bundle() {
  install -m 755 "$1" "$root/usr/local/bin/lodestar"
  ldd "$1" | grep -o '/[^ ]*' | while read -r file; do [ -e "$root$file" ] || install -D "$(realpath "$file")" "$root$file"; done
}
prepare_root access "$lodestar" "$base"
cp -a "$base-access/." "$root/"
for name in ana bob; do ssh-keygen -q -t ed25519 -N '' -C $name -f "$root/root/$name"; done
chroot "$root" useradd -m -s /bin/bash ana
chroot "$root" useradd -m -s /bin/bash bob
install -d -o 0 -g 0 "$root/site/manifests"
mkdir -p "$root/home/ana/.ssh"; cp "$root/root/ana.pub" "$root/home/ana/.ssh/authorized_keys"
chroot "$root" chown -R ana:ana /home/ana/.ssh; chmod 700 "$root/home/ana/.ssh"
chroot "$root" sh -c 'echo "ana:$(openssl passwd -6 secret 2> /dev/null || perl -e "print crypt(q(secret), q(\$6\$salt))")" | chpasswd -e' || true
echo 'ana ALL=(ALL) NOPASSWD: ALL' > "$root/etc/sudoers.d/ana"; chmod 440 "$root/etc/sudoers.d/ana"
echo 'site: access' > "$root/site/site.yaml"
start() { boot --private-network; for _ in $(seq 100); do inside systemctl is-active -q ssh && return; sleep 0.1; done; echo "sshd does not start"; exit 1; }
printf 'PasswordAuthentication no\nKbdInteractiveAuthentication no\n' > "$root/etc/ssh/sshd_config.d/10-keys.conf"
start
manifest() { cat > "$root/site/manifests/a.yaml"; }
can() { inside ssh -n -i "/root/$1" -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "$1@127.0.0.1" ${2:-sudo -n id -u} 2> /dev/null || true; }
is_back() { for _ in $(seq 150); do [ "$(can ana)" == 0 ] && return; sleep 0.2; done; echo "$1: ana does not get in"; inside journalctl -n 40 --no-pager; exit 1; }
status() { set +e; inside lodestar "$@" > "$work/out" 2>&1; echo $?; set -e; }
nothing_waits() { [ ! -e "$root/var/lib/lodestar/confirm.json" ] && [ ! -e "$root/etc/systemd/system/lodestar-confirm.service" ] || { echo "$1: something still waits"; exit 1; }; }
expect "ana is an administrator" "$(can ana)" 0

# Wrong files never take their places.
manifest <<< 'file: {/etc/sudoers.d/ops: {content: "ana ALL=(ALL\n", mode: "0440"}}'
expect "wrong sudoers" "$(status apply /site) $(can ana)" "4 0"
manifest <<< 'file: {/etc/ssh/sshd_config.d/a.conf: {content: "PermitRotLogin no\n", notify: [service:ssh]}}
service: {ssh: {running: true, refresh: reload}}'
expect "wrong sshd drop-in" "$(status apply /site) $(can ana)" "4 0"
manifest <<< 'file: {/etc/pam.d/sudo: {content: "auth required pam_deny.so\n"}}'
expect "PAM without a validator" "$(status apply /site) $(can ana)" "65 0"

# Whoever is the last one stays.
manifest <<< 'user: {ana: {locked: true}}'
expect "the last administrator" "$(status apply /site) $(can ana)" "78 0"
manifest <<< 'user: {ana: {state: absent}}'
expect "the last administrator's account" "$(status apply /site) $(can ana)" "78 0"
manifest <<< 'user: {ana: {authorized_keys: {exactly: []}}}'
expect "the last key" "$(status apply /site) $(can ana)" "78 0"
manifest <<< 'file: {/etc/sudoers.d/ana: {state: absent}}'
expect "the last rule of sudo" "$(status apply /site) $(can ana)" "78 0"
manifest <<< 'file: {/etc/ssh/sshd_config.d/a.conf: {content: "AllowUsers bob\n"}}'
expect "sshd's list of users" "$(status apply /site) $(can ana)" "78 0"

manifest <<< 'service: {ssh: {running: false}}'
expect "a stopped sshd" "$(status apply /site) $(can ana)" "78 0"
manifest <<< 'service: {ssh: {enabled: false}}'
expect "no sshd at the next boot" "$(status apply /site) $(can ana)" "78 0"
manifest <<< 'service: {ssh: {masked: true}}'
expect "a masked sshd" "$(status apply /site) $(can ana)" "78 0"
manifest <<< 'package: {openssh-server: {state: absent}}'
expect "no sshd at all" "$(status apply /site) $(can ana)" "78 0"
manifest <<< 'directory: {/home/ana: {mode: "0777"}}'
expect "a home that others may write" "$(status apply /site) $(can ana)" "78 0"

# Not confirmed: it comes back, is held, and nothing waits any more.
manifest <<< 'user: {ana: {authorized_keys: {exactly: []}}}'
expect "a lockout that is wanted" "$(status apply /site --allow-lockout --confirm 4s)" 0
expect "ana is out" "$(can ana)" ""
is_back "not confirmed"; sleep 1; nothing_waits "not confirmed"
expect "it is held" "$(status apply /site --allow-lockout) $(can ana)" "0 0"
manifest <<< 'file: {/etc/sudoers.d/ana: {state: absent}, /etc/ssh/sshd_config.d/a.conf: {content: "AllowUsers bob\n", notify: [service:ssh]}}
service: {ssh: {running: true, refresh: reload}}'
expect "both halves" "$(status apply /site --allow-lockout --confirm 4s)" 0
is_back "sudo and sshd not confirmed"; sleep 1; nothing_waits "sudo and sshd"
manifest <<< 'user: {ana: {state: absent}}'
hash=$(grep ^ana: "$root/etc/shadow" | cut -d: -f2)
expect "an account that goes" "$(status apply /site --allow-lockout --confirm 4s)" 0
is_back "an account"; sleep 1; nothing_waits "an account"
expect "its password too" "$(grep ^ana: "$root/etc/shadow" | cut -d: -f2)" "$hash"

# It cannot come back at first: it is tried again for as long as it takes.
manifest <<< 'file: {/etc/sudoers.d/ana: {state: absent}, /etc/later: {content: x}}'
expect "a folder that becomes immutable" "$(status apply /site --allow-lockout --confirm 3s)" 0
inside mount --bind /etc/sudoers.d /etc/sudoers.d; inside mount -o remount,ro,bind /etc/sudoers.d
sleep 12
[ -e "$root/var/lib/lodestar/confirm.json" ] || { echo "it was given up"; exit 1; }
inside umount /etc/sudoers.d
is_back "at last"; sleep 1; nothing_waits "at last"

# A link of the site to the folder, and what PAM denies to all.
manifest <<< 'link: {/srv/rules: {target: /etc/sudoers.d}}
file: {/srv/rules/ana: {state: absent}, /srv/rules/zz: {content: "ana ALL=(ALL) !ALL\n", mode: "0440"}}'
expect "by a link" "$(status apply /site) $(can ana)" "78 0"
manifest <<< 'file: {/etc/pam.d/sshd: {content: "account required pam_deny.so\n@include common-auth\n@include common-account\n@include common-session\n", validate: "true"}}'
expect "PAM denies all at once" "$(status apply /site) $(can ana)" "78 0"
manifest <<< 'line: {x: {path: /etc/pam.d/sshd, text: "account required pam_deny.so"}}'
expect "PAM denies all" "$(status apply /site) $(can ana)" "78 0"

# Confirmed: it stays; no second apply comes in between.
manifest <<< "user: {bob: {authorized_keys: {exactly: [\"$(cat "$root/root/bob.pub")\"]}}}"
expect "bob comes" "$(status apply /site --confirm 1h)" 0
grep -q 'waits for `lodestar confirm`' "$work/out" || { cat "$work/out"; exit 1; }
expect "a second apply" "$(status apply /site)" 75
expect "confirmed" "$(status confirm) $(can bob 'id -un')" "0 bob"
nothing_waits "confirmed"
expect "twice" "$(status confirm)" 1

# The process that applied is killed in the middle.
manifest <<< 'file: {/etc/sudoers.d/ana: {state: absent}}
command: {wait: {run: "touch /run/waits; sleep 300", require: [file:/etc/sudoers.d/ana]}}'
inside lodestar apply /site --allow-lockout --confirm 6s > "$work/out" 2>&1 &
for _ in $(seq 100); do [ -n "$(inside ls /run/waits 2> /dev/null || true)" ] && break; sleep 0.1; done
expect "ana is no root" "$(can ana)" ""
inside pkill -9 -f 'apply /site' ; wait $! || true
is_back "killed"; sleep 1; nothing_waits "killed"

# A reboot.
manifest <<< 'user: {ana: {authorized_keys: {exactly: []}, comment: rebooted}}'
expect "before a reboot" "$(status apply /site --allow-lockout --confirm 1h) $(can ana)" "0 "
inside sync
kill -9 "$machine"; wait "$machine" 2> /dev/null || true
sleep 1
printf 'PasswordAuthentication no\nKbdInteractiveAuthentication no\n' > "$root/etc/ssh/sshd_config.d/10-keys.conf"
start
is_back "rebooted"; nothing_waits "rebooted"
expect "nothing is half done" "$(grep ^ana: "$root/etc/passwd" | cut -d: -f5)" ""
echo "wrong files, lockouts, kills and a reboot: ana still logs in and becomes root"
