#!/usr/bin/env bash
# Judges `ssh_trust` by OpenSSH: three hosts, each with a root, a network namespace and an sshd of its own.
#   ssh_trust-judge.sh LODESTAR TEST-ROOT
set -euo pipefail
lodestar=$(realpath -e "$1") template=$(realpath -e "$2")
if [ "${3:-}" != inside ]; then exec unshare -mn --propagation private "$0" "$lodestar" "$template" inside; fi
cd "$(dirname "$0")"
. ./sshd-root.sh
work=$(mktemp -d)
mount -t tmpfs none "$work"
mkdir -p "$work/site/manifests" "$work/site/inventory" "$work/site/facts"
echo "site: judge" > "$work/site/site.yaml"
declare -A daemon root id address
finish() {
  for host in "${!daemon[@]}"; do kill "${daemon[$host]}" 2> /dev/null || true; done
  umount -lR "$work"; rmdir "$work"
}
trap finish EXIT
fail() { echo "$*" >&2; exit 1; }

# Hosts.
mkdir -p /run/netns; mount -t tmpfs none /run/netns
ip link set lo up; echo 1 > /proc/sys/net/ipv4/ip_forward
on() { local host=$1; shift; ip netns exec "$host" chroot "${root[$host]}" "$@"; }
listen() {
  if [ -n "${daemon[$1]:-}" ]; then kill "${daemon[$1]}"; while kill -0 "${daemon[$1]}" 2> /dev/null; do sleep 0.05; done; fi
  ip netns exec "$1" chroot "${root[$1]}" /usr/sbin/sshd -D -E /var/log/sshd.log & daemon[$1]=$!
  for _ in {1..100}; do (ip netns exec "$1" bash -c "echo > /dev/tcp/${address[$1]}/22") 2> /dev/null && return; sleep 0.05; done
  fail "sshd of $1 does not listen: $(tail -3 "${root[$1]}/var/log/sshd.log")"
}
number=0
for host in a b c; do
  number=$((number + 1)) address[$host]=10.9.$number.2 id[$host]=$(printf '%032x' $number) root[$host]=$work/$host/root
  mkdir -p "$work/$host"/{upper,work,root}
  mount -t overlay overlay -o "lowerdir=$template,upperdir=$work/$host/upper,workdir=$work/$host/work" "${root[$host]}"
  mkdir -p "${root[$host]}/etc/hostinfo"
  mount -t proc proc "${root[$host]}/proc"; mount --rbind /dev "${root[$host]}/dev"
  ip netns add $host; ip link add up$host type veth peer name eth0 netns $host
  ip address add 10.9.$number.1/24 dev up$host; ip link set up$host up
  ip -n $host link set lo up; ip -n $host link set eth0 up
  ip -n $host address add "${address[$host]}/24" dev eth0; ip -n $host route add default via 10.9.$number.1
  echo "host-$host" > "${root[$host]}/etc/hostname"; echo "${id[$host]}" > "${root[$host]}/etc/machine-id"
  printf '10.9.1.2 host-a.example.org host-a\n10.9.2.2 host-b.example.org host-b\n10.9.3.2 host-c.example.org host-c\n' >> "${root[$host]}/etc/hosts"
  echo "ip: ${address[$host]}" > "${root[$host]}/etc/hostinfo/identity.yaml"
  install_sshd "${root[$host]}"
  for user in deploy app other; do chroot "${root[$host]}" useradd -m -s /bin/sh $user; done
  listen $host
done

# The site.
inventory() { printf 'hosts:\n' > "$work/site/inventory/hosts.yaml"; for line in "$@"; do echo "  $line" >> "$work/site/inventory/hosts.yaml"; done; }
labels() { inventory "\"${id[a]}\": {labels: {from: $1, to: no}}" "\"${id[b]}\": {labels: {from: $2, to: yes}}" "\"${id[c]}\": {labels: {from: no, to: yes}}"; }
declare_() { cat > "$work/site/manifests/a.yaml"; }
echo 'file: {/etc/marker: {content: x}}' > "$work/site/manifests/always.yaml"
trust() {
  declare_ <<< "ssh_trust:
  deploy:
    from: {user: deploy, hosts: 'labels.from == \"yes\"'}
    to: {user: app, hosts: 'labels.to == \"yes\"'}
    $1"
}
lodestar() { local host=$1 verb=$2; shift 2; ip netns exec "$host" "$lodestar" "$verb" "$work/site" --root "${root[$host]}" "$@" 2>&1; }
converge() {
  for host in "$@"; do
    said=$(lodestar "$host" apply) || fail "apply on $host: $said"
    planned=$(lodestar "$host" plan) || fail "plan on $host: $planned"
    [[ $planned == *"nothing to do"* ]] || fail "second plan on $host: $planned"
  done
}
report() { for host in "$@"; do ip netns exec "$host" "$lodestar" facts --root "${root[$host]}" --format json > "$work/site/facts/${id[$host]}.json" || true; done; }
# login HOST USER TARGET [OPTION...]: what a program of that user does, which asks nobody.
login() {
  local host=$1 user=$2 target=$3; shift 3
  on "$host" setpriv --reuid "$user" --regid "$user" --init-groups env -i HOME="/home/$user" PATH=/usr/bin:/bin \
    timeout 20 ssh -o BatchMode=yes -o ConnectTimeout=10 "$@" "$target" 'echo in as $(id -un) at $(cat /etc/hostname)' 2>&1
}

# reaches HOST USER TARGET, fails HOST USER TARGET [WHY]
reaches() { said=$(login "$@") || fail "$*: $said; $(tail -n 5 "${root[a]}"/../../?/root/var/log/sshd.log)"; [[ $said == "in as ${3%@*} at "* ]] || fail "$*: $said"; }
fails() { local why=${4:-Permission denied}; if said=$(login "$1" "$2" "$3"); then fail "$1 $2 can log in to $3"; fi; [[ $said == *"$why"* ]] || fail "$1 $2 -> $3 fails otherwise: $said"; }

# By keys: not before the hosts' facts are known and each side has been converged with them.
labels yes yes
trust ""
report a b c
converge a b c
[[ $planned == *"2 of 2 hosts have not reported their key"* ]] || fail "no note of what is missing: $planned"
fails a deploy app@host-b
for host in a b; do
  key=${root[$host]}/home/deploy/.ssh/id_deploy
  [ "$(stat -c '%a %U' "$key")" == "$(stat -c '600 %U' "${root[$host]}/home/deploy")" ] || fail "the private key: $(stat -c '%a %U' "$key")"
  [ "$(chroot "${root[$host]}" ssh-keygen -y -f /home/deploy/.ssh/id_deploy)" == "$(cat "$key.pub")" ] || fail "ssh-keygen makes another public key of it"
done
cmp -s "${root[a]}/home/deploy/.ssh/id_deploy" "${root[b]}/home/deploy/.ssh/id_deploy" && fail "two hosts have one key"
report a b c
converge a
fails a deploy app@host-b
converge b c
for target in host-b host-b.example.org 10.9.2.2 host-c; do reaches a deploy app@$target; done
reaches b deploy app@host-c
echo "by keys: who may log in does, after the converges that the facts need"

# Nobody else: other hosts, other accounts, other targets.
fails c deploy app@host-b "Host key verification failed"
fails a other app@host-b
fails a deploy other@host-b
fails a deploy app@host-a "Host key verification failed"

# `restrict` holds.
said=$(on a setpriv --reuid deploy --regid deploy --init-groups env -i HOME=/home/deploy PATH=/usr/bin timeout 20 ssh -o BatchMode=yes -W 10.9.3.2:22 app@host-b 2>&1 < /dev/null) && fail "a forwarding goes through: $said"
[[ $said == *"administratively prohibited"* ]] || fail "the forwarding fails otherwise: $said"

# A stolen key counts from anywhere, but with `addresses` only from its own host.
for host in a c; do chroot "${root[$host]}" mkdir -p -m 700 /home/other/.ssh; done
cp "${root[a]}/home/deploy/.ssh/id_deploy" "${root[c]}/home/other/.ssh/id_ed25519"
cp "${root[a]}/etc/ssh/ssh_known_hosts" "${root[c]}/home/other/.ssh/known_hosts"
chroot "${root[c]}" chown -R other:other /home/other/.ssh; chmod 600 "${root[c]}/home/other/.ssh/id_ed25519"
reaches c other app@host-b
trust "addresses: true"
converge a b c
fails c other app@host-b
reaches a deploy app@host-b

# A host key that changed is noticed, and known again after its facts.
rm "${root[b]}"/etc/ssh/ssh_host_*; chroot "${root[b]}" ssh-keygen -A > /dev/null; listen b
fails a deploy app@host-b "Host key verification failed"
report b; converge a; reaches a deploy app@host-b

# A host of which only the facts are missing keeps its key; one that left the trust does not.
mv "$work/site/facts/${id[a]}.json" "$work/facts-of-a"
converge b c
reaches a deploy app@host-b
mv "$work/facts-of-a" "$work/site/facts/${id[a]}.json"
labels no yes
converge b c
fails a deploy app@host-b
reaches b deploy app@host-c
converge a
[ ! -e "${root[a]}/home/deploy/.ssh/id_deploy" ] && [ ! -e "${root[a]}/etc/ssh/ssh_config.d/60-lodestar-trust-deploy.conf" ] || fail "what a had is left"

# Two hosts that claim one name or one key are believed neither.
sed 's/"host-b/"host-c/g' "$work/site/facts/${id[b]}.json" > "$work/facts"; cp "$work/site/facts/${id[b]}.json" "$work/facts-of-b"
cp "$work/facts" "$work/site/facts/${id[b]}.json"
said=$("$lodestar" check "$work/site" 2>&1) && fail "two hosts of one name pass"
[[ $said == *"found host-c in the facts of ${id[b]} and of ${id[c]}"* ]] || fail "$said"
# Nor one that claims the name of a host outside of the trust, until the trust leaves that name out.
labels no yes
sed 's/"host-b/"host-a/g' "$work/facts-of-b" > "$work/site/facts/${id[b]}.json"
said=$("$lodestar" check "$work/site" 2>&1) && fail "the name of a host outside of the trust passes"
[[ $said == *"found host-a in the facts of ${id[a]} and of ${id[b]}"* ]] || fail "$said"
trust "names: ['host-[bc]*', '10.9.*']"
said=$("$lodestar" check "$work/site" 2>&1) && fail "a character class passes"
trust "names: ['host-b*', 'host-c*', '10.9.*']"
said=$("$lodestar" check "$work/site" 2>&1) || fail "$said"
trust ""
cp "$work/facts-of-b" "$work/site/facts/${id[b]}.json"

# The trust goes: nobody can, and nothing is left. Of a private key nothing was ever kept elsewhere.
secret=$(sed -n 4p "${root[b]}/home/deploy/.ssh/id_deploy")
declare_ <<< 'file: {}'
converge a b c
fails b deploy app@host-c "Host key verification failed"
for host in a b c; do
  left=$(cd "${root[$host]}" && find home/deploy etc/ssh/ssh_config.d -path '*ssh*' -type f; cat home/app/.ssh/authorized_keys etc/ssh/ssh_known_hosts 2> /dev/null || true)
  [ -z "$left" ] || fail "$host has left: $left"
done
for host in a b c; do
  ! grep -rqaF "$secret" "${root[$host]}/var/lib/lodestar" "$work/site" || fail "a private key is kept on $host"
done
echo "who has left, or is not meant, or lies, does not"

# Homes that an account has crafted: nothing outside of them changes, nothing is read through them, and nothing waits.
labels yes yes
trust ""
home=${root[b]}/home/app
outside() { (cd "${root[b]}" && sha256sum etc/shadow etc/passwd && stat -c '%n %a %U %G' etc etc/shadow home/other); }
kept=$(outside)
crafted() {
  local status=0
  said=$(ip netns exec b timeout 60 "$lodestar" apply "$work/site" --root "${root[b]}" 2>&1) || status=$?
  [ $status != 0 ] && [ $status != 124 ] || fail "$1: status $status: $said"
  [ "$(outside)" == "$kept" ] || fail "$1: something outside changed: $(outside)"
}
rm -rf "$home/.ssh"; ln -s /etc "$home/.ssh"; chroot "${root[b]}" chown -h app:app /home/app/.ssh
crafted "a link to /etc"; [ ! -e "${root[b]}/etc/authorized_keys" ] || fail "keys in /etc"
rm "$home/.ssh"; mkdir -m 700 "$home/.ssh"; mkfifo "$home/.ssh/authorized_keys"; chroot "${root[b]}" chown -R app:app /home/app/.ssh
crafted "a fifo"
rm "$home/.ssh/authorized_keys"; ln -s /etc/shadow "$home/.ssh/authorized_keys"
crafted "a link to /etc/shadow"
rm "$home/.ssh/authorized_keys"; ln "${root[b]}/etc/shadow" "$home/.ssh/authorized_keys"
crafted "a hard link to /etc/shadow"
[ "$(stat -c %U "$home/.ssh/authorized_keys")" == root ] || ! grep -q root: "$home/.ssh/authorized_keys" || fail "the account has /etc/shadow"
rm "$home/.ssh/authorized_keys"; chroot "${root[b]}" chown other:other /home/app/.ssh
said=$(lodestar b apply) || fail "a folder of somebody else's: $said"
[[ $said == *"sshd reads the keys as app, who cannot"* ]] && [ "$(outside)" == "$kept" ] || fail "a folder of somebody else's: $said"
fails b deploy app@host-b
rm -r "$home/.ssh"
deploy=${root[b]}/home/deploy
rm -rf "$deploy/.ssh"; mkdir -m 700 "$deploy/.ssh"; ln -s /etc/made "$deploy/.ssh/id_deploy"; chroot "${root[b]}" chown -Rh deploy:deploy /home/deploy/.ssh
crafted "a link for the private key"; [ ! -e "${root[b]}/etc/made" ] || fail "a key in /etc"
rm "$deploy/.ssh/id_deploy"; ln -s /etc/made "$deploy/.ssh/id_deploy.pub"
crafted "a link for the public key"; [ ! -e "${root[b]}/etc/made" ] || fail "a key in /etc"
rm "$deploy/.ssh/id_deploy.pub"; cp "${root[b]}/etc/ssh/ssh_host_ed25519_key" "$deploy/.ssh/id_deploy"
crafted "a private key of root's"
rm "$deploy/.ssh/id_deploy"; mkfifo "$deploy/.ssh/id_deploy.pub"; chroot "${root[b]}" chown deploy:deploy /home/deploy/.ssh/id_deploy.pub
crafted "a fifo for the public key"
said=$(ip netns exec b timeout 60 "$lodestar" facts ssh --root "${root[b]}" --format json 2>&1)
rm "$deploy/.ssh/id_deploy.pub"; ln -s ../../other/key.pub "$deploy/.ssh/id_deploy.pub"
cp "${root[b]}/etc/ssh/ssh_host_ed25519_key.pub" "${root[b]}/home/other/key.pub"
said=$("$lodestar" facts ssh --root "${root[b]}" --format json 2>&1)
[[ $said != *deploy* ]] || fail "a key of somebody else's is reported: $said"
rm "$deploy/.ssh/id_deploy.pub"
converge b
echo "crafted homes gain nothing"

# By an authority.
ssh-keygen -q -t ed25519 -N '' -f "$work/ca"
sign() { said=$("$lodestar" ssh sign --ca "$work/ca" "$work/site" "$@" 2>&1) || fail "sign: $said"; }
# The service manager of these hosts.
serve() { for host in "$@"; do listen "$host"; done; }

# From keys to certificates: who could log in can all the time.
trust ""
converge a b c; report a b c; converge a b c; reaches a deploy app@host-b
trust "mode: ca"
converge a b c; report a b c
[[ $planned == *"the site has no files/ssh/ca.pub"* ]] || fail "no note of the authority: $planned"
reaches a deploy app@host-b
sign
[[ $said == *"signed 8 keys"* ]] || fail "$said"
! cat "$work"/site/files/ssh/certificates/*/*-cert.pub | grep /tmp || fail "a path of the operator's in a certificate"
reaches a deploy app@host-b
# The hosts take the authority before those who log in have their certificates.
converge b c; serve b c
[[ $planned == *"2 of 2 hosts have not reported their certificate, and keep their keys"* ]] || fail "no note: $planned"
for host in a b; do reaches $host deploy app@host-c; done
converge a
reaches a deploy app@host-b
report a b c; converge a b c
for target in host-b host-b.example.org 10.9.2.2 host-c; do reaches a deploy app@$target; done
reaches b deploy app@host-c
[ ! -s "${root[b]}/home/app/.ssh/authorized_keys" ] && ! grep -qv '^@cert-authority' "${root[a]}/etc/ssh/ssh_known_hosts" || fail "keys beside certificates"
fails a other app@host-b
fails a deploy other@host-b
said=$(on a setpriv --reuid deploy --regid deploy --init-groups env -i HOME=/home/deploy PATH=/usr/bin timeout 20 ssh -o BatchMode=yes -W 10.9.3.2:22 app@host-b 2>&1 < /dev/null) && fail "a forwarding goes through: $said"
[[ $said == *"administratively prohibited"* ]] || fail "the forwarding fails otherwise: $said"
said=$(on b /usr/sbin/sshd -T)
[[ $said == *"trustedusercakeys /etc/ssh/lodestar-trust/ca.pub"* && $said == *"revokedkeys /etc/ssh/lodestar-trust/revoked.krl"* ]] || fail "sshd -T: $said"
[ "$(ssh-keygen -Lf "$work/site/files/ssh/certificates/${id[a]}/deploy-cert.pub" | tail -1 | xargs)" == permit-pty ] || fail "the certificate permits more"

# A new host needs one converge more than its certificate, and the others none.
inventory "\"${id[a]}\": {labels: {from: yes, to: no}}" "\"${id[b]}\": {labels: {from: yes, to: yes}}" "\"${id[c]}\": {labels: {from: yes, to: yes}}"
converge c; report c; sign; converge c
reaches c deploy app@host-b
echo "by an authority: who may log in does, after one converge"

# A private key that is not the authority's signs nothing.
ssh-keygen -q -t ed25519 -N '' -f "$work/wrong"; cp "$work/ca.pub" "$work/wrong.pub"
said=$("$lodestar" ssh sign --ca "$work/wrong" "$work/site" 2>&1) && fail "another key signs: $said"

# A key in an agent signs too.
said=$(ssh-agent bash -c 'ssh-add -q "$1" && mv "$1" "$1.away" && "$2" ssh sign --ca "$1.pub" "$3"' sign "$work/ca" "$lodestar" "$work/site" 2>&1) \
  || fail "the agent: $said"
mv "$work/ca.away" "$work/ca"; converge a; reaches a deploy app@host-b

# Only from its own address; a stolen certificate is worth nothing elsewhere.
steal() {
  cp "${root[a]}/home/deploy/.ssh/id_deploy" "${root[c]}/home/other/.ssh/id_ed25519"
  cp "${root[a]}/etc/ssh/lodestar-trust/deploy-cert.pub" "${root[c]}/home/other/.ssh/id_ed25519-cert.pub"
  cp "${root[a]}/etc/ssh/ssh_known_hosts" "${root[c]}/home/other/.ssh/known_hosts"
  chroot "${root[c]}" chown -R other:other /home/other/.ssh; chmod 600 "${root[c]}/home/other/.ssh/id_ed25519"
}
converge a; steal; reaches c other app@host-b
trust "mode: ca
    addresses: true"
sign; converge a b c; steal
fails c other app@host-b
reaches a deploy app@host-b

# The end of a validity is told in time.
sign --valid 2d; converge a
[[ $planned == *"deploy-cert.pub ends on "* ]] || fail "no warning: $planned"
sign; converge a b c; serve a b c
[[ $planned != *"ends on"* ]] || fail "a warning too many: $planned"

# A changed host key is noticed.
rm "${root[b]}"/etc/ssh/ssh_host_*; chroot "${root[b]}" ssh-keygen -A > /dev/null; listen b
fails a deploy app@host-b "Host key verification failed"
report b; sign; converge b; listen b
reaches a deploy app@host-b

# What is revoked counts nowhere, and is signed no more.
said=$("$lodestar" ssh revoke --host "${id[a]}" "$work/site" 2>&1) || fail "revoke: $said"
reaches a deploy app@host-b
converge b
fails a deploy app@host-b
reaches b deploy app@host-c
sign
[[ $said == *"the key of trust:deploy ${id[a]} is revoked, and not signed"* ]] || fail "$said"
serials=$(for file in "$work"/site/files/ssh/certificates/*/*-cert.pub; do ssh-keygen -Lf "$file" | sed -n 's/ *Serial: //p'; done)
[ "$(sort <<< "$serials" | uniq -d)" == "" ] || fail "a serial number twice"
serial=$(ssh-keygen -Lf "$work/site/files/ssh/certificates/${id[c]}/deploy-cert.pub" | sed -n 's/ *Serial: //p')
converge b c; reaches c deploy app@host-b
said=$("$lodestar" ssh revoke --serial 99999 "$work/site" 2>&1) && fail "a serial number that was never given"
[[ $said == *"found 99999, which was never given: nothing was revoked"* ]] || fail "$said"
"$lodestar" ssh revoke --serial "$serial" "$work/site" > /dev/null || fail "revoke --serial"
converge b; fails c deploy app@host-b
said=$("$lodestar" ssh sign --ca "${root[a]}/etc/ssh/ssh_host_ed25519_key" "$work/site" 2>&1) && fail "another authority signs"
[[ $said == *"found another authority"* ]] || fail "$said"

# A host that has an authority of its own keeps it.
echo 'TrustedUserCAKeys /etc/ssh/own.pub' > "${root[c]}/etc/ssh/sshd_config.d/90-own.conf"
said=$(lodestar c apply) && fail "the host's own authority is taken out: $said"
[[ $said == *"/etc/ssh/sshd_config.d/90-own.conf sets trustedusercakeys to"* ]] || fail "$said"
rm "${root[c]}/etc/ssh/sshd_config.d/90-own.conf"

# A configuration that sshd does not take never counts.
declare_ <<< 'sshd_config: {70-bad: {settings: {PermitRootLogin: perhaps}}}'
said=$(lodestar a apply) && fail "a bad setting is active"
[[ $said == *"sshd"*"ended with status 255"* || $said == *"unsupported option"* ]] && [ ! -e "${root[a]}/etc/ssh/sshd_config.d/70-bad.conf" ] || fail "$said"

# The standard role, as sshd reads it.
declare_ <<< 'role: {std/ssh: {with: {allow_groups: [deploy, app]}}}'
echo 'PasswordAuthentication yes' > "${root[a]}/etc/ssh/sshd_config.d/50-cloud-init.conf"
converge a
said=$(on a /usr/sbin/sshd -T | tr '\n' ' ')
for setting in "passwordauthentication no" "kbdinteractiveauthentication no" "permitrootlogin without-password" "maxauthtries 4" \
  "logingracetime 30" "x11forwarding no" "allowagentforwarding no" "loglevel VERBOSE" "allowgroups deploy allowgroups app"; do
  [[ " $said" == *" $setting "* ]] || fail "std/ssh has not $setting: $said"
done
mv "${root[a]}"/etc/ssh/sshd_config.d/{50,00}-cloud-init.conf
said=$(lodestar a apply) && fail "another file has the last word: $said"
[[ $said == *"00-cloud-init.conf sets passwordauthentication to"* ]] || fail "$said"
rm "${root[a]}/etc/ssh/sshd_config.d/00-cloud-init.conf"

declare_ <<< 'file: {}'
converge a b c; serve a b c
fails b deploy app@host-c "Host key verification failed"
for host in a b c; do
  left=$(cd "${root[$host]}" && find home/deploy etc/ssh/ssh_config.d etc/ssh/sshd_config.d etc/ssh/lodestar-trust -path '*ssh*' -type f 2> /dev/null || true)
  [ -z "$left" ] || fail "$host has left: $left"
done
echo "what is revoked, stolen, changed or gone does not"
