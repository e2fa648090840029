#!/usr/bin/env bash
# From power-on, with nobody touching it: a root with the package boots (systemd-nspawn), follows what a file or the kernel's command line
# says, converges, and a second boot changes nothing; a network that comes late; a seed; a key that does not count; bundles.
#   first-boot.sh LODESTAR ROOT       (ROOT: Debian with systemd, git and ca-certificates; made where there is none. LODESTAR: the static
#                                     binary, or with LIBRARIES=1 one that brings its libraries from here; ONLY=bundles for these alone)
set -euo pipefail
[ -e "$2" ] || mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus,hostname,git,ca-certificates bookworm "$2"
lodestar=$(realpath -e "$1") base=$(realpath -e "$2")
cd "$(dirname "$(realpath "$0")")/../.."
. Tests/Tools/boot.sh
fail() { echo "FAILED $*"; tail -n 20 "$work/console" 2> /dev/null; exit 1; }
work=$(mktemp -d /var/tmp/lodestar-first-boot.XXXX)
server=
trap '[ -z "$server" ] || kill $server; cleanup' EXIT
package=$(.ci/package/make-deb.sh "$lodestar" "$work/dist")

# A repository, signed, served over https to who believes the certificate.
ssh-keygen -q -t ed25519 -N '' -C '' -f "$work/key"; ssh-keygen -q -t ed25519 -N '' -C '' -f "$work/other"
key=$(ssh-keygen -lf "$work/key.pub" | cut -d' ' -f2)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/tls.key" -out "$work/tls.pem" -days 2 \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost 2> /dev/null
g() { git -C "$work/clone" -c user.name=a -c user.email=a@b -c gpg.format=ssh -c "user.signingkey=${signing:-$work/key}" "$@"; }
git init -q -b main "$work/clone"
mkdir -p "$work/clone/manifests"
echo "site: first" > "$work/clone/site.yaml"
echo 'file: {/etc/followed: {content: "from the repository\n"}}' > "$work/clone/manifests/all.yaml"
g add -A; g commit -q -S -m one
git clone -q --bare "$work/clone" "$work/remote.git"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url=https://localhost:$port/remote.git
serve() { python3 Tests/Tools/git-judge-https.py "$work" "$work/tls" "$port" > /dev/null 2>&1 & server=$!; }

fresh() { # a root that was never booted, with the package
  [ -z "$machine" ] || down
  rm -rf --one-file-system "$work/root"; root=$work/root
  cp -a --reflink=auto "$base" "$root"
  rm -f "$root/usr/local/bin/lodestar"; : > "$root/etc/machine-id"
  cp "$package" "$root/root/lodestar.deb"
  cp "$work/tls.pem" "$root/usr/local/share/ca-certificates/test.crt"
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin /bin/sh -ec 'update-ca-certificates; DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends /root/lodestar.deb' > "$work/apt" 2>&1 ||
    { cat "$work/apt"; fail "the package"; }
  if [ -n "${LIBRARIES:-}" ]; then ldd "$lodestar" | grep -o '/[^ ]*' | sort -u | xargs -I{} cp -Ln --parents {} "$root/"; fi
  mkdir -p "$root/etc/lodestar"
}
down() { kill "$machine"; wait "$machine" 2> /dev/null || true; machine= init_words=(); }
within() { # within SECONDS CLAIM COMMAND...
  local end=$((SECONDS + $1)) claim=$2
  shift 2
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { inside journalctl -n 40 --no-pager -u 'lodestar*'; fail "$claim: not in time"; }
    sleep 0.3
  done
}
runs() { inside lodestar history | wc -l; }
marked() { test -e "$root/var/lib/lodestar/bootstrap-pending" && echo yes || echo no; }

if [ "${ONLY:-}" != bundles ]; then
# 1. A site on the host, named on the kernel's command line; the second boot changes nothing.
fresh
mkdir -p "$root/srv/site/manifests"
echo "site: local" > "$root/srv/site/site.yaml"
echo 'file: {/etc/followed: {content: "from the host\n"}}' > "$root/srv/site/manifests/all.yaml"
init_words=(lodestar.source=/srv/site)
boot
within 60 "a site of the host" grep -q "from the host" "$root/etc/followed"
within 30 "the mark goes" test ! -e "$root/var/lib/lodestar/bootstrap-pending"
expect "the agent" "$(inside systemctl is-active lodestar-agent)" active
grep -q '/srv/site' "$root/etc/lodestar/agent.yaml" || fail "agent.yaml"
within 20 "the agent follows it" sh -c "nsenter -t $leader -m -p -u -i -n lodestar status | grep -q 'converge: /srv/site'"
before=$(runs)
down
boot
within 30 "the agent answers" inside lodestar status
within 30 "its converge" sh -c "nsenter -t $leader -m -p -u -i -n lodestar status | grep -q 'last: in place'"
expect "a second boot changes nothing" "$(runs)" "$before"
expect "nor runs the bootstrap" "$(inside systemctl show -p ConditionResult --value lodestar-bootstrap)" no
echo "drift" > "$root/etc/followed"
inside systemctl reload lodestar-agent
within 20 "it stays so" grep -q "from the host" "$root/etc/followed"

# 2. A file, a repository whose network comes late, and a seed meanwhile.
fresh
mkdir -p "$root/srv/seed/manifests"
echo "site: seed" > "$root/srv/seed/site.yaml"
echo 'file: {/etc/followed: {content: "from the seed\n"}, /etc/seeded: {content: x}}' > "$root/srv/seed/manifests/all.yaml"
printf 'source: {url: "%s", ref: main, trust: {keys: ["%s"]}}\nseed: /srv/seed\n' "$url" "$key" > "$root/etc/lodestar/bootstrap.yaml"
boot
within 60 "the seed goes first" grep -q "from the seed" "$root/etc/followed"
expect "the boot does not wait" "$(inside systemctl is-active multi-user.target)" active
expect "the mark stays" "$(marked)" yes
serve
within 120 "the repository comes" grep -q "from the repository" "$root/etc/followed"
within 60 "the mark goes" test ! -e "$root/var/lib/lodestar/bootstrap-pending"
expect "what only the seed had is gone" "$(test -e "$root/etc/seeded" && echo there || echo gone)" gone
expect "the agent" "$(inside systemctl is-active lodestar-agent)" active
before=$(runs)
kill $server; wait $server 2> /dev/null || true; server=
down
boot
within 60 "without a network" sh -c "nsenter -t $leader -m -p -u -i -n lodestar status | grep -q 'last: in place'"
expect "a second boot changes nothing" "$(runs)" "$before"

# 3. The kernel's command line with a key that does not count: nothing is applied, the mark stays, and the boot is whole.
serve
fresh
init_words=("lodestar.source=$url#main" "lodestar.key=$(ssh-keygen -lf "$work/other.pub" | cut -d' ' -f2)")
boot
within 60 "it is refused" sh -c "nsenter -t $leader -m -p -u -i -n systemctl show -p ExecMainStatus --value lodestar-bootstrap | grep -qx 79"
expect "nothing is applied" "$(test -e "$root/etc/followed" && echo there || echo none)" none
expect "the mark stays" "$(marked)" yes
# The next boot has the right one.
down
init_words=("lodestar.source=$url#main" "lodestar.key=$key")
boot
within 60 "the next boot" grep -q "from the repository" "$root/etc/followed"
within 30 "the mark goes" test ! -e "$root/var/lib/lodestar/bootstrap-pending"

# 4. Nothing is said: nothing is done. A file that others can write is not believed.
fresh
boot
within 30 "nothing to do" sh -c "nsenter -t $leader -m -p -u -i -n journalctl -u lodestar-bootstrap | grep -q 'nothing to bootstrap from'"
expect "the mark stays" "$(marked)" yes
down
printf 'source: /srv/site\n' > "$root/etc/lodestar/bootstrap.yaml"; chmod 666 "$root/etc/lodestar/bootstrap.yaml"
boot
within 30 "not believed" sh -c "nsenter -t $leader -m -p -u -i -n systemctl show -p ExecMainStatus --value lodestar-bootstrap | grep -qx 65"
[ -z "$server" ] || { kill $server; wait $server 2> /dev/null || true; server=; }
fi

# 5. A bundle that the kernel's command line names: no git, no repository, no network.
bundle() { "$lodestar" bundle "$work/clone#main" --out "$1" --sign "$work/${2:-key}" > /dev/null; }
fresh
bundle "$root/srv/prod.site.tar"
chmod 000 "$root/usr/bin/git"
init_words=(lodestar.source=/srv/prod.site.tar "lodestar.key=$key")
boot
within 60 "a bundle" grep -q "from the repository" "$root/etc/followed"
within 30 "the mark goes" test ! -e "$root/var/lib/lodestar/bootstrap-pending"
within 20 "the agent follows it" sh -c "nsenter -t $leader -m -p -u -i -n lodestar source status | grep -q '/srv/prod.site.tar: current'"
before=$(runs)
down
boot
within 30 "its converge" sh -c "nsenter -t $leader -m -p -u -i -n lodestar status | grep -q 'last: in place'"
expect "a second boot changes nothing" "$(runs)" "$before"

# 6. A seed that is a bundle while the repository is away; the repository goes on from the bundle's commit.
fresh
bundle "$root/usr/local/share/prod.site.tar"
printf 'source: {url: "%s", ref: main, trust: {keys: ["%s"]}}\nseed: /usr/local/share/prod.site.tar\n' "$url" "$key" > "$root/etc/lodestar/bootstrap.yaml"
boot
within 60 "the bundle goes first" grep -q "from the repository" "$root/etc/followed"
expect "the mark stays" "$(marked)" yes
[[ "$(inside lodestar history)" == *" one, signed by $key"* ]] || fail "the history: $(inside lodestar history)"
echo 'file: {/etc/followed: {content: "a later commit\n"}}' > "$work/clone/manifests/all.yaml"
g commit -q -a -S -m two; g push -q "$work/remote.git" main
serve
within 120 "it catches up" grep -q "a later commit" "$root/etc/followed"
within 60 "the mark goes" test ! -e "$root/var/lib/lodestar/bootstrap-pending"
kill $server; wait $server 2> /dev/null || true; server=

# 7. A seed that somebody else has signed is nothing to go on with.
fresh
bundle "$root/usr/local/share/prod.site.tar" other
printf 'source: {url: "%s", ref: main, trust: {keys: ["%s"]}}\nseed: /usr/local/share/prod.site.tar\n' "$url" "$key" > "$root/etc/lodestar/bootstrap.yaml"
boot
within 60 "it is refused" sh -c "nsenter -t $leader -m -p -u -i -n journalctl -u lodestar-bootstrap | grep -q 'nobody allows the key'"
expect "nothing is applied" "$(test -e "$root/etc/followed" && echo there || echo none)" none
serve
within 120 "the repository" grep -q "a later commit" "$root/etc/followed"
down
echo "first boot: a site of the host, a repository, a seed, a late network, a wrong key, nothing, bundles"
