#!/usr/bin/env bash
# Judges `known_host` by ssh-keygen -F and -H in a disposable root.
#   known_host-judge.sh LODESTAR ROOT
. "$(dirname "$0")/judge-root.sh"
file=$root/etc/ssh/ssh_known_hosts
fail() { echo "$*"; cat "$file"; exit 1; }
run() {
  said=$("$lodestar" apply "$work/site" --root "$root" --allow-removals 2>&1) || fail "apply: $said"
  said=$("$lodestar" plan "$work/site" --root "$root" 2>&1) || fail "plan: $said"
  [[ $said == *"nothing to do"* ]] || fail "second plan: $said"
}
for n in 1 2 3; do ssh-keygen -q -t ed25519 -N '' -C "key $n" -f "$work/k$n"; done
ssh-keygen -q -t ecdsa -N '' -C "key 4" -f "$work/k4"
key() { cut -d' ' -f1,2 "$work/k$1.pub"; }
# The keys that ssh finds for a name, by their numbers.
found() {
  { ssh-keygen -F "$1" -f "${2:-$file}" || true; } | grep -v -e '^#' -e '^@revoked' | sed 's/^@[^ ]* //' | cut -d' ' -f2,3 | while read -r line; do
    for n in 1 2 3 4; do [ "$line" != "$(key $n)" ] || echo "$n"; done
  done | sort | xargs
}
judge() { [ "$(found "$1" "${3:-}")" == "$2" ] || fail "$1 has the keys $(found "$1" "${3:-}"), not $2"; }

chroot "$root" useradd -m ana
# What is there: hashed by ssh-keygen, several names in a line, patterns, marks, other keys.
{ echo "a.example.org,shared $(key 1) old"; echo "[b.example.org]:2222 $(key 2)"; echo "192.0.2.7 $(key 3)"; } > "$work/plain"
cp "$work/plain" "$work/hashed"; ssh-keygen -q -H -f "$work/hashed" > /dev/null 2>&1; rm -f "$work/hashed.old"
{
  printf '# caf\xe9\r\n\n'
  cat "$work/hashed"
  echo "c.example.org,d.example.org,10.0.0.1 $(key 1) shared key"
  echo "*.example.net,!x.example.net $(key 3)"
  echo "@cert-authority *.example.com $(key 3)"
  echo "@revoked * $(key 4)"
} > "$file"
LC_ALL=C grep -a -e caf -e 'example.net' -e '^@' "$file" > "$work/kept"
cat > "$work/site/manifests/a.yaml" <<YAML
known_host:
  A.example.org: {keys: {exactly: ["$(key 1)", "$(key 2)"]}}
  "[b.example.org]:2222": {hashed: true, keys: {exactly: ["$(key 2)"]}}
  "[192.0.2.7]:22": {aliases: [e.example.org], hashed: false, keys: {at_least: ["$(key 3) comment"]}}
  c.example.org: {keys: {exactly: ["$(key 2)"]}}
  f.example.org: {aliases: ["2001:DB8::1", "[f]:99"], hashed: true, keys: {exactly: ["$(key 1)", "$(key 2)"]}}
  "*.example.io": {cert_authority: true, keys: {at_least: ["$(key 2)"]}}
  g.example.org: {user: ana, keys: {exactly: ["$(key 1)"]}}
YAML
run
judge a.example.org "1 2"; judge shared "1"; judge '[b.example.org]:2222' 2; judge b.example.org ""
judge 192.0.2.7 3; judge e.example.org 3; judge c.example.org 2; judge d.example.org 1; judge 10.0.0.1 1
judge f.example.org "1 2"; judge 2001:db8::1 "1 2"; judge '[f]:99' "1 2"; judge f ""; judge x.example.io 2
judge g.example.org 1 "$root/home/ana/.ssh/known_hosts"
[ "$(chroot "$root" stat -c '%a %U %G' /home/ana/.ssh /home/ana/.ssh/known_hosts | xargs)" == "700 ana ana 600 ana ana" ] || fail "the account's file"
[ "$(stat -c '%a %U' "$file")" == "644 root" ] || fail "mode"
[ "$(LC_ALL=C grep -acxFf "$work/kept" "$file")" -eq "$(wc -l < "$work/kept")" ] || fail "lines are lost"
! grep -q f.example.org "$file" || fail "a name that is to be hashed is readable"
grep -q '^192.0.2.7,e.example.org ' "$file" || grep -q '^192.0.2.7 ' "$file" || fail "a name that is not to be hashed is hashed"

# ssh-keygen -H hashes with a salt of its own: that is no difference.
ssh-keygen -q -H -f "$file" > /dev/null 2>&1; rm -f "$file.old"
sed -i 's/, hashed: false//' "$work/site/manifests/a.yaml"
said=$("$lodestar" plan "$work/site" --root "$root" 2>&1) || fail "plan: $said"
[[ $said == *"nothing to do"* ]] || fail "hashed by ssh-keygen: $said"

# A revoked key is refused; what is no longer declared is gone.
echo "known_host: {z.example.org: {keys: {exactly: [\"$(key 4)\"]}}}" > "$work/site/manifests/b.yaml"
said=$("$lodestar" apply "$work/site" --root "$root" 2>&1) && fail "revoked: $said"
[[ $said == *revokes* ]] || fail "no reason: $said"
rm "$work/site/manifests/b.yaml"
echo 'file: {/etc/marker: {content: x}}' > "$work/site/manifests/a.yaml"
run
judge f.example.org ""; judge x.example.io ""; judge e.example.org 3; judge d.example.org 1; judge g.example.org "" "$root/home/ana/.ssh/known_hosts"
judge '[b.example.org]:2222' 2
echo "ssh-keygen finds the hosts and keys that are declared"
