#!/usr/bin/env bash
# The static programs where there is no /proc, and where /proc/self/exe cannot be read.
#   no-proc.sh LODESTAR HOSTINFO
set -euo pipefail
lodestar=$(realpath -e "$1") hostinfo=$(realpath -e "$2")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,etc,site/manifests}
cp "$lodestar" "$root/bin/lodestar"
cp "$hostinfo" "$root/bin/hostinfo"
echo 'root:x:0:0::/root:/bin/sh' > "$root/etc/passwd"
echo 'root:x:0:' > "$root/etc/group"
echo 'site: no-proc' > "$root/site/site.yaml"
echo 'file: {/etc/motd: {content: "hello\n"}}' > "$root/site/manifests/a.yaml"

expect() {
  local what=$1 wanted=$2
  shift 2
  local said
  said=$("$@" 2>&1) || { echo "$what: exit $?: $said"; exit 1; }
  [[ $said == *"$wanted"* ]] || { echo "$what: $said"; exit 1; }
}
expect eval 42 chroot "$root" /bin/lodestar eval '6 * 7'
expect plan '1 to add' chroot "$root" /bin/lodestar plan /site
expect apply '1 changed' chroot "$root" /bin/lodestar apply /site
expect 'second plan' 'nothing to do' chroot "$root" /bin/lodestar plan /site
expect facts '"' chroot "$root" /bin/lodestar facts --format json
expect hostinfo sn chroot "$root" /bin/hostinfo
for n in 1 2 3 4; do
  expect "readlink $n" 42 strace -qq -o /dev/null -e trace=readlink -e "inject=readlink:error=EIO:when=$n" "$lodestar" eval '6 * 7'
done
echo "without /proc: eval, plan, apply, facts and hostinfo work"
