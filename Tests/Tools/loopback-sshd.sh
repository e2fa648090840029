#!/usr/bin/env bash
# Prints the path of an sshd for tests: the system's, or one from Debian's packages that is kept in /var/tmp/lodestar-sshd and
# never installed. Its libraries are beside it.
set -euo pipefail
if [ -x /usr/sbin/sshd ]; then echo /usr/sbin/sshd; exit 0; fi
kept=/var/tmp/lodestar-sshd
if [ ! -d "$kept" ]; then
  work=$(mktemp -d /var/tmp/lodestar-sshd-XXXXXX)
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && apt-get download -qq openssh-server libwrap0 > /dev/null 2>&1 && for deb in *.deb; do dpkg -x "$deb" root; done)
  mv -T "$work/root" "$kept" 2> /dev/null || true
fi
[ -x "$kept/usr/sbin/sshd" ] || { echo "no sshd, and none could be downloaded" >&2; exit 1; }
echo "$kept/usr/sbin/sshd"
