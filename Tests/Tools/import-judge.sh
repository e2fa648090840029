#!/usr/bin/env bash
# Judges `lodestar import` by roots that other tools configured: what it writes is a site whose plan finds everything in place,
# what people did stands in it, and what nobody may read does not.
#   import-judge.sh LODESTAR ROOT        (ROOT: a root of Tests/Tools/make-root.sh; it is not changed)
set -euo pipefail
lodestar=$(realpath -e "$1")
template=$(realpath -e "$2")
if [ "${3:-}" != inside ]; then exec unshare -m "$0" "$lodestar" "$template" inside; fi
work=$(mktemp -d)
trap 'umount -lR "$work"; rmdir "$work"' EXIT
mount -t tmpfs none "$work"

# A fresh root, with what a function does in it.
fresh() {
    mkdir -p "$work/$1/upper" "$work/$1/work" "$work/$1/root"
    mount -t overlay overlay -o "lowerdir=$template,upperdir=$work/$1/upper,workdir=$work/$1/work" "$work/$1/root"
    root=$work/$1/root
}

# The machine that the tests run on, as a root that does not run.
machine() {
    mkdir -p "$work/machine/upper/var/lib" "$work/machine/work" "$work/machine/root"
    mknod "$work/machine/upper/var/lib/lodestar" c 0 0
    mount -t overlay overlay -o "lowerdir=/,upperdir=$work/machine/upper,workdir=$work/machine/work" "$work/machine/root"
    root=$work/machine/root
}

# Imports $root, plans the site, and looks for texts: those that must stand in it, and behind a bare `--` those that must not.
judge() {
    local name=$1 site=$work/$1/site wanted=yes
    shift
    "$lodestar" import all --root "$root" --out "$site" > /dev/null 2>&1
    if ! "$lodestar" plan "$site" --root "$root" --detailed-exit-code > "$work/plan" 2>&1; then
        echo "import-judge.sh: $name: the plan is not empty"
        cat "$work/plan"
        exit 1
    fi
    # The printed manifest says the same.
    if [ "$name" = accounts ] || [ "$name" = drop-ins ]; then
        mkdir -p "$work/$name/printed/manifests"
        cp "$site/site.yaml" "$work/$name/printed"
        "$lodestar" import all --root "$root" > "$work/$name/printed/manifests/all.yaml" 2> /dev/null
        "$lodestar" plan "$work/$name/printed" --root "$root" --detailed-exit-code > /dev/null
    fi
    for text in "$@"; do
        if [ "$text" = -- ]; then
            wanted=no
        elif [ "$(grep -rqF -- "$text" "$site" && echo yes || echo no)" != "$wanted" ]; then
            echo "import-judge.sh: $name: expected \`$text\` in the site: $wanted"
            find "$site" -type f | xargs head -n 50
            exit 1
        fi
    done
    echo "$name: $(find "$site" -name "*.yaml" | xargs cat | wc -l) lines"
}

fresh untouched
judge untouched -- 'user:' 'systemd-networkd' 'motd'

machine
judge machine

fresh accounts
chroot "$root" groupadd --gid 2000 team
chroot "$root" useradd --create-home --uid 2001 --groups team,adm --comment 'Ana B' --shell /bin/bash ana
chroot "$root" useradd --create-home --uid 2002 --no-user-group --gid team --expiredate 2030-01-01 bob
chroot "$root" useradd --no-create-home --uid 2003 --home-dir /srv/bot bot
chroot "$root" usermod --append --groups team www-data
echo 'ana:correct horse' | chroot "$root" chpasswd -c SHA512
chroot "$root" chage --maxdays 90 ana
chroot "$root" usermod --lock --expiredate 1 bot
mkdir -p -m 0700 "$root/home/ana/.ssh" "$root/root/.ssh"
key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6'
echo "from=\"192.0.2.0/24\" $key ana@laptop" > "$root/home/ana/.ssh/authorized_keys"
echo "$key root@bastion" > "$root/root/.ssh/authorized_keys"
chown -R 2001:2001 "$root/home/ana/.ssh"
judge accounts 'ana' 'Ana B' 'team' '2030-01-01' 'www-data' 'root@bastion' 'max_age: 90' 'locked: true' \
    'manage_home: false' -- '$6$' 'correct horse' 'ssh-ed25519 AAAA  '

fresh cron
chroot "$root" useradd --create-home --uid 2001 ana
printf 'MAILTO=ops\n*/5 * * * * /opt/ops/poll "%%H" # each\n' > "$work/table"
cp "$work/table" "$root/tmp/table"
chroot "$root" crontab -u ana /tmp/table
printf '0 3 * * * root /opt/backup\n' > "$root/etc/cron.d/backup"
printf '#!/bin/sh\necho ${{ not an expression }}\n' > "$root/etc/cron.daily/report"
chmod 755 "$root/etc/cron.daily/report"
judge cron '/var/spool/cron/crontabs/ana' 'group: crontab' '/opt/backup' 'not an expression' '0755'

fresh drop-ins
mkdir -p "$root/etc/ssh/sshd_config.d" "$root/etc/systemd/system/cron.service.d"
printf 'PermitRootLogin no\n' > "$root/etc/ssh/sshd_config.d/10-hard.conf"
printf '[Service]\nNice=5\n' > "$root/etc/systemd/system/cron.service.d/override.conf"
printf 'vm.swappiness = 10\n' > "$root/etc/sysctl.d/60-ours.conf"
printf 'hunter2\n' > "$root/etc/ssh/token"
chmod 600 "$root/etc/ssh/token"
printf 'EXTRA_OPTS="-L 4"\n' >> "$root/etc/default/cron"
printf '# ours\n@adm - nofile 4096\nwww-data hard nproc 99 # few\n' > "$root/etc/security/limits.d/ours.conf"
printf '* soft core zero\n' > "$root/etc/security/limits.d/odd.conf"
printf -- '-net.ipv4.ip_forward = 1\n' > "$root/etc/sysctl.d/61-odd.conf"
printf 'kernel.panic = 5\nnet/ipv4/conf/eth0.1/forwarding=1\n' > "$root/etc/sysctl.d/62-more.conf"
printf 'vm.swappiness = 20\n' > "$root/etc/sysctl.d/63-last.conf"
key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6'
printf 'Web.example.org,192.0.2.7 %s web\n@cert-authority *.example.net %s\n' "$key" "$key" > "$root/etc/ssh/ssh_known_hosts"
mkdir -p "$root/etc/web/enabled" "$root/etc/web/available"
echo on > "$root/etc/web/available/shop"
ln -s ../available/shop "$root/etc/web/enabled/shop"
head -c 300000 /dev/zero | tr '\0' x > "$root/etc/web/large"
judge drop-ins '/etc/web/enabled/shop: {target: "../available/shop"}' '/etc/web/large: it has more than 256 KiB' 'PermitRootLogin no' 'Nice=5' 'vm.swappiness: {value: "20"}' 'EXTRA_OPTS="-L 4"' '/etc/ssh/token' \
    '"nofile of @adm": {domain: "@adm", item: nofile, value: 4096}' 'type: hard, item: nproc, value: 99' '* soft core zero' \
    '-net.ipv4.ip_forward' 'kernel.panic: {value: "5"}' 'net.ipv4.conf.eth0/1.forwarding' 'web.example.org' 'cert_authority: true' \
    -- 'hunter2' '60-ours' '63-last' 'limits.d/ours' '/etc/ssh/ssh_known_hosts'

fresh sudo
mkdir -p "$root/etc/sudoers.d" "$root/usr/sbin"
chroot "$root" useradd --create-home --uid 2001 ana
chroot "$root" groupadd --gid 2000 ops
cat > "$root/etc/sudoers" << 'SUDOERS'
Defaults	env_reset
Defaults	secure_path="/usr/local/sbin:/usr/local/bin"
root	ALL=(ALL:ALL) ALL
%sudo	ALL=(ALL:ALL) ALL
%ops ALL=NOPASSWD: /usr/bin/systemctl restart web, /usr/bin/id ""
@includedir /etc/sudoers.d
SUDOERS
cat > "$root/etc/sudoers.d/web" << 'SUDOERS'
# what web needs
ana, %ops web1, 192.0.2.0/24 = (www-data : adm) NOPASSWD: NOEXEC: /usr/bin/tail -f /var/log/a\,b.log, \
    /usr/bin/less /var/log/*.log
ana ALL=(root) !/usr/bin/su
SUDOERS
printf 'ana ALL=(ALL) NOPASSWD: ALL\n' > "$root/etc/sudoers.d/90-ana"
printf 'ana ALL=(ALL) ALL\n' > "$root/etc/sudoers.d/passed.over"
chmod 440 "$root"/etc/sudoers "$root"/etc/sudoers.d/*
judge sudo '"90-ana": {users: [ana], run_as: ALL, commands: [ALL], no_password: true}' 'ops:' 'args: [restart, web]' \
    'no sudo_rule says `ana ALL=(root)!/usr/bin/su`' 'no sudo_rule says `Defaults env_reset`' 'path: /usr/bin/id, args: []' \
    'run_as: "www-data:adm"' 'hosts: [web1, "192.0.2.0/24"]' 'args: ["/var/log/*.log"], pattern: true' 'args: ["-f", "/var/log/a,b.log"]' -- passed.over

fresh packages
printf 'Package: *\nPin: release a=stable\nPin-Priority: 900\n' > "$root/etc/apt/preferences.d/stable"
printf 'APT::Install-Recommends "false";\n' > "$root/etc/apt/apt.conf.d/99ours"
echo 'cron hold' | chroot "$root" dpkg --set-selections
judge packages 'priority: 900' 'Install-Recommends' 'hold: true'

fresh services
printf '[Service]\nExecStart=/bin/sleep inf\n[Install]\nWantedBy=multi-user.target\n' > "$root/etc/systemd/system/ours.service"
systemctl --root="$root" --quiet enable ours.service systemd-networkd.service
systemctl --root="$root" --quiet disable cron.service
systemctl --root="$root" --quiet mask fstrim.timer
ln -sf /usr/share/zoneinfo/Asia/Shanghai "$root/etc/localtime"
echo Asia/Shanghai > "$root/etc/timezone"
echo web7 > "$root/etc/hostname"
judge services 'ours: {enabled: true}' 'systemd-networkd: {enabled: true}' 'cron: {enabled: false}' \
    'fstrim.timer: {masked: true}' 'zone: Asia/Shanghai' 'web7'

# What another site made and no type can import is named: a plan of the imported one takes it away.
fresh managed
mkdir -p "$work/other/manifests"
echo 'site: other' > "$work/other/site.yaml"
printf 'schedule:\n  pulse: {every: 1h, run: "true"}\nfile:\n  /etc/mine: {content: x}\n' > "$work/other/manifests/all.yaml"
"$lodestar" apply "$work/other" --root "$root" > /dev/null
"$lodestar" import all --root "$root" --out "$work/managed/site" > /dev/null 2>&1
grep -q 'schedule:pulse: another site declared it' "$work/managed/site/LEFT-OUT.md"
if grep 'file:/etc/mine' "$work/managed/site/LEFT-OUT.md"; then exit 1; fi
echo "managed: $(grep -c 'another site' "$work/managed/site/LEFT-OUT.md") named"
