# Sourced by judges of the standard roles, after what they run in: `fail`, `is`, and for a disposable root (judge-root.sh) `in_root` and
# `reach_packages`, which lets apt in the root reach its mirrors and starts nothing.
fail() { echo "$*"; exit 1; }
is() { [ "$1" == "$2" ] || fail "expected $2, found $1"; }
in_root() { chroot "$root" "$@"; }
reach_packages() {
  printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"; chmod 755 "$root/usr/sbin/policy-rc.d"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  mount -t proc proc "$root/proc"
  chroot "$root" apt-get update -qq > "$work/apt" 2>&1 || fail "$(cat "$work/apt")"
}
# becomes SITE [OPTION...]: the root becomes what the site says, and then it is.
becomes() {
  local site=$1; shift
  said=$("$lodestar" plan "$site" "$@" 2>&1) || fail "plan: $said"
  said=$("$lodestar" apply "$site" "$@" 2>&1) || fail "apply: $said"
  said=$("$lodestar" plan "$site" "$@" 2>&1) || fail "second plan: $said"
  [[ $said == *"nothing to do"* ]] || fail "second plan: $said"
}
