#!/usr/bin/env bash
# An unprivileged user swaps their .ssh, and a directory of theirs, for links into root's places and for another directory of
# root's as fast as they can, while applies write below them. Nothing may be written through a link, and in root's directory
# nothing may become the user's, or writable for them.
#   swaps.sh LODESTAR [APPLIES]
set -uo pipefail
lodestar=$(realpath "${1:?usage: swaps.sh LODESTAR [APPLIES]}") applies=${2:-500}
cd "$(dirname "$0")/../.."
work=$(mktemp -d /var/tmp/lodestar-swaps.XXXX)
attacker=
trap '[ -z "$attacker" ] || kill "$attacker" 2> /dev/null; rm -rf --one-file-system "$work"' EXIT
chmod 755 "$work"
cat > "$work/swap.c" <<'C'
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static volatile sig_atomic_t ended;
static void end(int number) { (void)number; ended = 1; }
int main(int count, char **words) { /* swap UID HOME: exchanges HOME/.ssh with HOME/.link, HOME/www with HOME/.www */
    long swaps = 0;
    if (count != 3 || setgroups(0, NULL) || setgid(atoi(words[1])) || setuid(atoi(words[1])) || chdir(words[2])) return 1;
    signal(SIGTERM, end);
    while (!ended) {
        swaps += !renameat2(AT_FDCWD, ".ssh", AT_FDCWD, ".link", RENAME_EXCHANGE);
        swaps += !renameat2(AT_FDCWD, "www", AT_FDCWD, ".www", RENAME_EXCHANGE);
        if (swaps % 3 == 0) swaps += !renameat2(AT_FDCWD, ".ssh", AT_FDCWD, "hooks", RENAME_EXCHANGE);
        if (swaps % 5 == 0) swaps += !renameat2(AT_FDCWD, "www", AT_FDCWD, "hooks", RENAME_EXCHANGE);
        if (swaps % 1024 < 2) usleep(4000); /* now and then an apply gets through, and is raced further */
    }
    printf("%ld\n", swaps);
    return 0;
}
C
gcc -O1 -o "$work/swap" "$work/swap.c" || exit 1
root=$work/root
Examples/bare-root.sh "$root"
chmod 640 "$root/etc/shadow"
mkdir -p "$work/site/manifests" "$root/treasure/ssh" "$root/treasure/www"
echo "site: swaps" > "$work/site/site.yaml"
key="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6"
manifest() { # manifest N: another text each time, so that each apply writes
  cat > "$work/site/manifests/all.yaml" <<Y
user:
  mallory: {uid: 4000, authorized_keys: {exactly: ["$key run-$1", "${key/Z1Qs6/Z1Q${1: -1}A} x"]}}
directory:
  /home/mallory/www: {owner: mallory}
file:
  /home/mallory/www/index: {content: "$1\n", owner: mallory}
Y
}
manifest 0
"$lodestar" apply "$work/site" --root "$root" > /dev/null || exit 1
ln -s "$root/treasure/ssh" "$root/home/mallory/.link"
ln -s "$root/treasure/www" "$root/home/mallory/.www"
chown -h 4000:4000 "$root/home/mallory/.link" "$root/home/mallory/.www"
mkdir -m 755 "$root/home/mallory/hooks"; (umask 077; echo secret > "$root/home/mallory/hooks/treasure")
before=$(find "$root/treasure" "$root/etc/shadow" -printf '%p %m %U %G %s\n' | sort)
"$work/swap" 4000 "$root/home/mallory" > "$work/swaps" &
attacker=$!
written=0
for ((n = 1; n <= applies; n++)); do
  manifest "$n"
  "$lodestar" apply "$work/site" --root "$root" > "$work/out" 2>&1 && written=$((written + 1))
done
kill "$attacker"; wait "$attacker"; attacker=
after=$(find "$root/treasure" "$root/etc/shadow" -printf '%p %m %U %G %s\n' | sort)
[ "$before" = "$after" ] || { echo "ESCAPED:"; diff <(echo "$before") <(echo "$after"); exit 1; }
hooks=$(dirname "$(find "$root/home/mallory" -name treasure)")
open=$(find "$hooks" ! -uid 0 -o -perm /022 ! -type l)
[ -z "$open" ] || { echo "GIVEN AWAY:"; ls -la "$hooks"; exit 1; }
[ "$(stat -c '%a %u' "$hooks/treasure")" = "600 0" ] || { echo "THE TREASURE IS OPEN"; exit 1; }
[ "$written" -gt 0 ] || { echo "no apply ever wrote: the attack was not met"; exit 1; }
echo "$(cat "$work/swaps") swaps during $applies applies, of which $written wrote: 0 escapes"
