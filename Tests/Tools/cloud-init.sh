#!/usr/bin/env bash
# Tries Examples/bootstrap as written on roots of Debian that boot (systemd-nspawn, a network of their own): cloud-init's user data with the NoCloud
# data source, a preseed's late_command, the image with a seed that has no network.
#   cloud-init.sh LODESTAR [ROOT]     (ROOT: Debian with cloud-init and curl; made where there is none. LIBRARIES=1 for a LODESTAR that is not static;
#                                      PACKAGE names a package that was made of it)
set -euo pipefail
lodestar=$(realpath -e "$1") base=${2:-/var/tmp/lodestar-cloud-root}
[ -e "$base" ] || mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus,hostname,ca-certificates,cloud-init,curl,wget bookworm "$base"
cd "$(dirname "$(realpath "$0")")/../.."
. Tests/Tools/boot.sh
work=$(mktemp -d /var/tmp/lodestar-cloud-init.XXXX) root=$work/root
trap cleanup EXIT
fail() { echo "FAILED $*"; tail -n 30 "$work/console" 2> /dev/null; exit 1; }
within() { # within SECONDS CLAIM COMMAND...
  local end=$((SECONDS + $1)) claim=$2
  shift 2
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { inside journalctl -n 60 --no-pager; fail "$claim: not in time"; }
    sleep 0.3
  done
}
down() { kill "$machine"; wait "$machine" 2> /dev/null || true; machine=; }
fresh() {
  rm -rf --one-file-system "$root"
  cp -a --reflink=auto "$base" "$root"
  : > "$root/etc/machine-id"
  cp "$work/web/ca.pem" "$root/usr/local/share/ca-certificates/test.crt"
  chroot "$root" update-ca-certificates > /dev/null 2>&1
  if [ -n "${LIBRARIES:-}" ]; then ldd "$lodestar" | grep -o '/[^ ]*' | sort -u | xargs -I{} cp -Ln --parents {} "$root/"; fi
}
cat > "$work/server.py" <<'P'
import functools, http.server, ssl, sys
web = sys.argv[1]
server = http.server.ThreadingHTTPServer(("127.0.0.1", 8443), functools.partial(http.server.SimpleHTTPRequestHandler, directory=web))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{web}/tls.pem", f"{web}/tls.key")
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
P
with_server() { # the root serves the web to itself, from its boot on where `enabled` is said
  cp -r "$work/web" "$work/server.py" "$root/srv/"
  printf '[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/usr/bin/python3 /srv/server.py /srv/web\n[Install]\nWantedBy=sysinit.target\n' > "$root/etc/systemd/system/web.service"
  [ "${1:-}" != enabled ] || { mkdir -p "$root/etc/systemd/system/sysinit.target.wants"; ln -sf ../web.service "$root/etc/systemd/system/sysinit.target.wants/"; }
}
here() { sed -E 's#https://(site|packages|install)\.example\.org/#https://localhost:8443/#g' "$1" | sed "s#ssh-ed25519 AAAA[^ ]*#$(cut -d' ' -f1,2 "$work/key.pub")#"; }

mkdir -p "$work/web" "$work/site/manifests"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/web/tls.key" -out "$work/web/tls.pem" -days 2 \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost 2> /dev/null
cp "$work/web/tls.pem" "$work/web/ca.pem"
ssh-keygen -q -t ed25519 -N '' -C '' -f "$work/key"
echo "ana@example.org $(cat "$work/key.pub")" > "$work/web/allowed_signers"
echo 'site: cloud' > "$work/site/site.yaml"
echo 'file: {/etc/followed: {content: "from the web\n"}}' > "$work/site/manifests/all.yaml"
git init -q -b main "$work/site"; git -C "$work/site" add -A; git -C "$work/site" -c user.name=a -c user.email=a@b commit -q -m one
"$lodestar" bundle "$work/site#main" --out "$work/web/prod.site.tar" --sign "$work/key" > /dev/null
cp "${PACKAGE:-$(.ci/package/make-deb.sh "$lodestar" "$work/dist")}" "$work/web/lodestar_0.1.0_amd64.deb"
cp "$work/web/lodestar_0.1.0_amd64.deb" "$work/web/lodestar.deb"

# 1. cloud-init: the package comes from the web, the bundle too.
fresh
mkdir -p "$root/var/lib/cloud/seed/nocloud" "$root/etc/cloud/cloud.cfg.d"
here Examples/bootstrap/user-data > "$root/var/lib/cloud/seed/nocloud/user-data"
echo "instance-id: judged" > "$root/var/lib/cloud/seed/nocloud/meta-data"
echo "network: {config: disabled}" > "$root/etc/cloud/cloud.cfg.d/99-no-network.cfg"
with_server enabled
boot --private-network
within 120 "cloud-init" grep -q "from the web" "$root/etc/followed"
within 30 "the mark goes" test ! -e "$root/var/lib/lodestar/bootstrap-pending"
expect "the agent" "$(inside systemctl is-active lodestar-agent)" active
inside lodestar source status | grep 'prod.site.tar: current' > /dev/null || fail "$(inside lodestar source status)"
before=$(inside lodestar history | wc -l)
down
rm "$root/etc/systemd/system/sysinit.target.wants/web.service"
boot --private-network
within 60 "without a network" sh -c "nsenter -t $leader -m -p -u -i -n lodestar status | grep -q 'last: in place'"
expect "a second boot changes nothing" "$(inside lodestar history | wc -l)" "$before"
down

# 2. A preseed: late_command as debconf hands it to sh, /target being the installed root.
fresh
printf 'source: {bundle: "https://localhost:8443/prod.site.tar", trust: {signers: /etc/lodestar/allowed_signers}}\n' > "$work/web/bootstrap.yaml"
here Examples/bootstrap/preseed.cfg | sed -n '/late_command/,$p' | sed -E 's/.*late_command string//; s/\\$//' > "$work/late"
cat > "$work/installer" <<'P'
ip link set lo up
python3 "$2/server.py" "$2/web" > /dev/null 2>&1 &
mount -t tmpfs none /mnt; mkdir /mnt/target; mount --bind "$1" /mnt/target
for _ in $(seq 100); do (: < /dev/tcp/127.0.0.1/8443) 2> /dev/null && break; sleep 0.2; done
in_target() { chroot /mnt/target env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
eval "$(sed "s#/target#/mnt/target#g; s#in-target#in_target#g; s#wget -q#wget -q --ca-certificate=$2/web/ca.pem#" "$2/late")"
P
unshare -n -m -p -f --kill-child bash -eu "$work/installer" "$root" "$work" > "$work/console" 2>&1 || fail "late_command"
with_server enabled
boot --private-network
within 90 "the preseed" grep -q "from the web" "$root/etc/followed"
within 30 "its mark goes" test ! -e "$root/var/lib/lodestar/bootstrap-pending"
down

# 3. An image with a seed, and nobody answers.
fresh
Examples/bootstrap/image.sh "$root" "$work/web/lodestar.deb" "$work/web/allowed_signers" https://localhost:8443/prod.site.tar "$work/web/prod.site.tar" > "$work/console" 2>&1 || fail "the image"
with_server
boot --private-network
within 60 "the seed" grep -q "from the web" "$root/etc/followed"
expect "the mark stays" "$(test -e "$root/var/lib/lodestar/bootstrap-pending" && echo yes)" yes
inside systemctl start web
within 90 "the web" test ! -e "$root/var/lib/lodestar/bootstrap-pending"
down
echo "cloud-init: three ways to a host that follows"
