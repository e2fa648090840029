#!/usr/bin/env bash
# Judges `sudo_rule` by visudo(8) and `sudo -l` in a disposable root, in which it installs sudo (kept as a layer for the
# next time): what is declared is allowed, what differs in one character is not, and no broken file takes its place.
#   sudo_rule-judge.sh LODESTAR ROOT
set -euo pipefail
lodestar=$(realpath -e "$1") template=$(realpath -e "$2")
work=$(mktemp -d /var/tmp/lodestar-judge-XXXXXX)
root=$work/root layer=$template-sudo
trap 'umount -lR "$root" 2> /dev/null || true; rm -rf --one-file-system "$work"' EXIT
mkdir -p "$work"/{upper,work,root,site/manifests}
mounted() { mount -t overlay overlay -o "lowerdir=$1,upperdir=$work/upper,workdir=$work/work" "$root"; }
if [ ! -d "$layer" ]; then
  mounted "$template"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  chroot "$root" sh -ec 'apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends sudo' > "$work/apt" 2>&1 \
    || { cat "$work/apt"; exit 1; }
  umount "$root"
  mv -T "$work/upper" "$layer" || true
  rm -rf "$work/work"; mkdir -p "$work"/{upper,work}
fi
mounted "$layer:$template"
mount -t proc proc "$root/proc"
echo "127.0.0.1 $(uname -n)" >> "$root/etc/hosts"
fail() { echo "$*"; head -50 "$root"/etc/sudoers.d/*; exit 1; }
run() {
  said=$("$lodestar" apply "$work/site" --root "$root" --allow-removals 2>&1) || fail "apply: $said"
  said=$("$lodestar" plan "$work/site" --root "$root" 2>&1) || fail "plan: $said"
  [[ $said == *"nothing to do"* ]] || fail "second plan: $said"
}
allowed() { chroot "$root" sudo -l -U "$@" > "$work/said" 2>&1 || fail "not allowed: $* ($(cat "$work/said"))"; }
refused() { ! chroot "$root" sudo -l -U "$@" > "$work/said" 2>&1 || fail "allowed: $*"; }

echo 'site: judge' > "$work/site/site.yaml"
for name in ana an.a bea OPS; do chroot "$root" useradd --badname "$name"; done
chroot "$root" groupadd crew; chroot "$root" usermod -aG crew bea
for name in a 'b,c:d=e' 'f g' 'h#i' j; do printf '#!/bin/sh\n' > "$root/usr/bin/$name"; chmod 755 "$root/usr/bin/$name"; done
cat > "$work/site/manifests/a.yaml" <<'YAML'
sudo_rule:
  special:
    users: [ana, an.a, OPS]
    no_password: true
    options: [NOEXEC]
    commands:
      - {path: /usr/bin/a, args: ["x,y:z=1", "*?[a]", "^x$", "!a", '"q"', "'w'", "#c", "(d)", "%e", "@f", "~", "$g", "{h}", ";", "&", "|"]}
      - {path: /usr/bin/a, args: ["^a$"]}
      - {path: "/usr/bin/b,c:d=e", args: []}
      - "/usr/bin/h#i"
      - {path: "/usr/bin/f g", args: [one]}
  crew.d: {groups: [crew], run_as: "ana:crew", commands: [{path: /usr/bin/j, args: ["/var/log/*.log"], pattern: true}]}
  edit~: {users: [bea], commands: [sudoedit /etc/motd, /usr/bin/a]}
  elsewhere: {users: [bea], hosts: [other.example.org, 203.0.113.0/24, "2001:db8::1"], commands: [/usr/bin/h#i]}
YAML
run
chroot "$root" visudo -c > "$work/said" 2>&1 || fail "visudo: $(cat "$work/said")"
[ "$(grep -c 'lodestar.*parsed OK' "$work/said")" -eq 4 ] || fail "sudo passes over a file: $(cat "$work/said")"
[ "$(stat -c '%a %U %G' "$root"/etc/sudoers.d/lodestar-* | sort -u)" == "440 root root" ] || fail "modes"
odd=("x,y:z=1" "*?[a]" '^x$' '!a' '"q"' "'w'" '#c' '(d)' '%e' '@f' '~' '$g' '{h}' ';' '&' '|')
for user in ana an.a OPS; do allowed $user /usr/bin/a "${odd[@]}"; done
refused bea /usr/bin/j; refused ana /usr/bin/j
for n in "${!odd[@]}"; do
  other=("${odd[@]}"); other[n]="${odd[n]}x"; refused ana /usr/bin/a "${other[@]}"
  other[n]="${odd[n]/[*?]/x}"; [ "${other[n]}" == "${odd[n]}" ] || refused ana /usr/bin/a "${other[@]}"
done
allowed ana /usr/bin/a '^a$'; refused ana /usr/bin/a a; refused ana /usr/bin/a
allowed ana '/usr/bin/b,c:d=e'; refused ana '/usr/bin/b,c:d=e' x
allowed ana '/usr/bin/h#i'; allowed ana '/usr/bin/h#i' any arguments
allowed ana '/usr/bin/f g' one; refused ana '/usr/bin/f g' two
chroot "$root" sudo -l -U ana | grep -q 'NOPASSWD: NOEXEC:\|NOEXEC: NOPASSWD:' || fail "tags: $(chroot "$root" sudo -l -U ana)"
allowed bea -u ana /usr/bin/j /var/log/x/y.log; refused bea -u root /usr/bin/j /var/log/a.log; refused bea -u ana /usr/bin/j /etc/shadow
chroot "$root" sudo -l -U bea | grep -qF '(ana : crew)' || fail "run_as: $(chroot "$root" sudo -l -U bea)"
chroot "$root" sudo -l -U bea | grep -qF 'sudoedit /etc/motd' || fail "sudoedit"
refused bea '/usr/bin/h#i'

# A rule that another file says already is not written; one beside a broken file is refused, and nothing takes its place.
cp "$root/etc/sudoers.d/lodestar-special" "$root/etc/sudoers.d/ana"
rm "$root/etc/sudoers.d/lodestar-special"
said=$("$lodestar" plan "$work/site" --root "$root" 2>&1) || fail "plan: $said"
[[ $said == *"nothing to do"* ]] || fail "the same rule in another file: $said"
echo 'bea ALL=(root) NOPASWD: ALL' > "$root/etc/sudoers.d/broken"
echo 'sudo_rule: {more: {users: [bea], commands: [ALL]}}' > "$work/site/manifests/b.yaml"
said=$("$lodestar" apply "$work/site" --root "$root" 2>&1) && fail "taken beside a broken file: $said"
[[ $said == *visudo* ]] || fail "no reason: $said"
[ ! -e "$root/etc/sudoers.d/lodestar-more" ] || fail "it is there"
rm "$root/etc/sudoers.d/broken" "$work/site/manifests/b.yaml"
echo 'file: {/etc/marker: {content: x}}' > "$work/site/manifests/a.yaml"
run
! ls "$root"/etc/sudoers.d/lodestar-* > /dev/null 2>&1 || fail "rules are left"
echo "visudo and sudo -l agree with the rules"
