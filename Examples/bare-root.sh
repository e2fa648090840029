#!/bin/sh
# Makes DIR a root without a system in it: what the examples' expected plans were made for.
set -eu
dir=${1:?usage: bare-root.sh DIR [MACHINE-ID [NAME]]}
mkdir -p "$dir/etc/systemd/system" "$dir/etc/cron.d" "$dir/home" "$dir/srv" "$dir/opt" "$dir/var/lib/dpkg" "$dir/var/spool/cron/crontabs" \
    "$dir/usr/local/bin" "$dir/root" "$dir/var/log"
echo "${2:-0123456789abcdef0123456789abcdef}" > "$dir/etc/machine-id"
echo "${3:-sandbox}" > "$dir/etc/hostname"
echo "127.0.0.1 localhost" > "$dir/etc/hosts"
echo "root:x:0:0:root:/root:/bin/bash" > "$dir/etc/passwd"
printf 'root:x:0:\nadm:x:4:\nsudo:x:27:\nshadow:x:42:\ncrontab:x:101:\n' > "$dir/etc/group"
echo "root:*:19000:0:99999:7:::" > "$dir/etc/shadow"
printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n' > "$dir/etc/os-release"
for p in base-files hostname tzdata cron; do
    printf 'Package: %s\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n' "$p"
done > "$dir/var/lib/dpkg/status"
