#!/usr/bin/env bash
# Makes the layer ROOT-access: what installing sudo and sshd adds to the disposable root ROOT.
#   access-root.sh ROOT
set -euo pipefail
template=$(realpath -e "$1") layer=$(realpath -e "$1")-access
[ ! -d "$layer" ] || exit 0
if [ "${2:-}" != inside ]; then exec unshare -m "$0" "$template" inside; fi
work=$(mktemp -d /var/tmp/lodestar-access-XXXXXX)
trap 'umount -lR "$work/root" 2> /dev/null || true; rm -rf --one-file-system "$work"' EXIT
mkdir -p "$work"/{upper,work,root}
mount -t overlay overlay -o "lowerdir=$template,upperdir=$work/upper,workdir=$work/work" "$work/root"
cp /etc/resolv.conf "$work/root/etc/resolv.conf"
chroot "$work/root" sh -ec 'apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends sudo openssh-server' > "$work/apt" 2>&1 || { cat "$work/apt"; exit 1; }
umount "$work/root"
mv -T "$work/upper" "$layer" || true
