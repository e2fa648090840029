#!/usr/bin/env bash
# Makes the disposable Debian root that the tests of the real host copy: DIR is its place.
set -euo pipefail
dir=${1:?usage: make-root.sh DIR}
[ -e "$dir/.complete" ] && exit 0
command -v mmdebstrap >/dev/null || { apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq mmdebstrap; }
mkdir -p "$(dirname "$dir")"
rm -rf --one-file-system "$dir"
mmdebstrap --quiet --variant=minbase --include=cron,openssh-client,systemd,systemd-sysv,dbus,hostname bookworm "$dir"
echo 0123456789abcdef0123456789abcdef > "$dir/etc/machine-id"
echo law > "$dir/etc/hostname"
echo 127.0.0.1 localhost > "$dir/etc/hosts"
mkdir -p "$dir/opt/ops"
touch "$dir/.complete"
