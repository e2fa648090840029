#!/usr/bin/env bash
# Judges `host_entry` by getent(1) in a disposable root: the C library reads what was declared, and the rest as before.
#   host_entry-judge.sh LODESTAR ROOT
. "$(dirname "$0")/judge-root.sh"
fail() { echo "$*"; cat "$root/etc/hosts"; exit 1; }
addresses() { chroot "$root" getent -s hosts:files "ahosts$1" "$2" | awk '$2 == "STREAM" { print $1 }' | sort -u | xargs; }
run() {
  said=$("$lodestar" "$@" "$work/site" --root "$root" 2>&1) || fail "$1: $said"
}

printf '%s\n' '# kept' '127.0.0.1 localhost' '127.0.1.1 law.example.org law   # the host itself' '::1 localhost ip6-localhost' \
  $'10.0.0.9\tOLD.example.org  old1 old2\t# a comment' '10.0.0.8 other.example.org shared' 'fe80::1 other6' 'no-address x y' > "$root/etc/hosts"
printf '# caf\xe9\r\n\xff\xfe\n10.0.0.7 last' >> "$root/etc/hosts"
LC_ALL=C grep -avi old.example "$root/etc/hosts" | tr -d '\r' > "$work/kept"
{
  echo 'host_entry:'
  echo '  old.example.org: {ip: 10.0.0.10, aliases: [old2, old3]}'
  echo '  new.example.org: {ip: [192.0.2.1, "2001:db8::1"], aliases: [new]}'
  echo '  zero.example.org: {ip: 0.0.0.0}'
  echo '  same.example.org: {ip: 10.0.0.8, aliases: [shared]}'
  for n in $(seq 1 200); do echo "  h$n.example.org: {ip: [10.1.$((n / 100)).$((n % 100)), \"2001:db8::$(printf %x "$n"):0:1\"], aliases: [h$n, H-$n.x_y]}"; done
} > "$work/site/manifests/a.yaml"
run apply
run plan; [[ $said == *"nothing to do"* ]] || fail "second plan: $said"
[ "$(tr -d '\r' < "$root/etc/hosts" | LC_ALL=C grep -caxFf "$work/kept")" -eq "$(wc -l < "$work/kept")" ] || fail "lines are lost"

judge() { [ "$(addresses "$1" "$2")" == "$3" ] || fail "$2 is $(addresses "$1" "$2"), not $3"; }
judge v4 old.example.org 10.0.0.10; judge v4 old2 10.0.0.10; judge v4 OLD3 10.0.0.10; judge v4 old1 ""
judge v4 new 192.0.2.1; judge v6 new.example.org 2001:db8::1; judge v4 zero.example.org 0.0.0.0
judge v4 shared 10.0.0.8; judge v4 same.example.org 10.0.0.8; judge v4 law 127.0.1.1; judge v4 last 10.0.0.7; judge v6 other6 fe80::1
[ "$(chroot "$root" getent -s hosts:files hosts 10.0.0.10 | xargs)" == "10.0.0.10 old.example.org old2 old3" ] || fail "the order of aliases"
for n in 1 99 100 137 200; do
  judge v4 "h$n" "10.1.$((n / 100)).$((n % 100))"
  judge v6 "h-$n.x_y" "$(python3 -c "import ipaddress; print(ipaddress.ip_address('2001:db8::%x:0:1' % $n))")"
done
count=$(chroot "$root" getent -s hosts:files ahostsv4 $(seq -f h%g.example.org 200) | grep -c STREAM)
[ "$count" -eq 200 ] || fail "$count of 200 names"

# What is no longer declared is gone, what was there is released.
echo 'host_entry: {zero.example.org: {ip: 192.0.2.9}}' > "$work/site/manifests/a.yaml"
said=$("$lodestar" apply "$work/site" --root "$root" --allow-removals 2>&1) || fail "un-declared: $said"
judge v4 h7 ""; judge v6 new ""; judge v4 zero.example.org 192.0.2.9; judge v4 old3 10.0.0.10
echo "204 entries: getent reads them as declared, and the other lines as before"
