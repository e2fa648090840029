#!/usr/bin/env bash
# Judges the Debian package: the same bytes whoever packs it, lintian without an error, and apt-get install, upgrade, remove and purge, in
# roots that are not running (the test root, and each OTHER-ROOT) and in a booted one, with an agent that upgrades itself.
#   package-judge.sh LODESTAR TEST-ROOT [OTHER-ROOT...]       (LODESTAR: the static binary)
set -euo pipefail
lodestar=$(realpath -e "$1") base=$(realpath -e "$2")
shift 2
cd "$(dirname "$(realpath "$0")")/../.."
if ldd "$lodestar" > /dev/null 2>&1; then echo "error: expected the static program, found one with libraries"; exit 64; fi
command -v lintian > /dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq lintian > /dev/null
. Tests/Tools/boot.sh
prepare_root package "$lodestar" "$base"
rm "$root/usr/local/bin/lodestar"
fail() { echo "FAILED $*"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected $3, found $2"; }

# The same bytes from anywhere, with any umask, zone, language and order of files.
first=$(.ci/package/make-deb.sh "$lodestar" "$work/one")
copy=$work/copy
git clone -q . "$copy" && rm -rf "$copy"/{.ci,Examples,Docs,CHANGELOG.md} && cp -r .ci Examples Docs CHANGELOG.md "$copy"/
epoch=$(git log -1 --format=%ct)
other=$(cd / && umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=$epoch "$copy/.ci/package/make-deb.sh" "$lodestar" "$work/two")
cmp "$first" "$other" || fail "two packages of the same input differ"
# Another time is in it.
changed=$(SOURCE_DATE_EPOCH=1 .ci/package/make-deb.sh "$lodestar" "$work/three")
! cmp -s "$first" "$changed" || fail "the time of the commit is nowhere in the package"
lintian --fail-on error "$first" > "$work/lintian" 2>&1 || { cat "$work/lintian"; fail "lintian"; }
is "what it needs" "$(dpkg-deb -f "$first" Depends Pre-Depends)" ""

# The next version, with another program.
repacked() { # repacked VERSION
  rm -rf "$work/next" && dpkg-deb -R "$first" "$work/next"
  sed -i "s/^Version: .*/Version: $1/" "$work/next/DEBIAN/control"
  dpkg-deb --root-owner-group -Zgzip -z1 -b "$work/next" "$work/lodestar_$1.deb" > /dev/null
  echo "$work/lodestar_$1.deb"
}
next=$(repacked 0.1.1) third=$(repacked 0.1.2)

judge_root() { # judge_root ROOT: not running
  local root=$1
  in_root() { chroot "$root" env -i DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
  apt() { in_root apt-get -qq -o Dpkg::Use-Pty=0 "$@" > "$work/apt" 2>&1 < /dev/null || { cat "$work/apt"; fail "apt-get $*"; }; }
  wants() { test -L "$root/etc/systemd/system/multi-user.target.wants/$1.service" && echo yes || echo no; }
  cp "$first" "$next" "$third" "$root/root/"
  apt install --no-install-recommends -y "/root/$(basename "$first")"
  is "the program" "$(in_root lodestar --version)" "$("$lodestar" --version)"
  is "the agent is enabled" "$(wants lodestar-agent)" yes
  is "the first boot is enabled" "$(wants lodestar-bootstrap)" yes
  is "the state" "$(stat -c '%a %U' "$root/var/lib/lodestar")" "700 root"
  test -e "$root/var/lib/lodestar/bootstrap-pending" || fail "no mark of the first boot"
  is "files of the package" "$(in_root dpkg --verify lodestar)" ""
  # What people did stays in an upgrade, and nothing is asked.
  rm "$root/var/lib/lodestar/bootstrap-pending" "$root/etc/systemd/system/multi-user.target.wants/lodestar-bootstrap.service"
  mkdir -p "$root/etc/lodestar"
  echo 'converge: {mode: report}' > "$root/etc/lodestar/agent.yaml"
  echo secret > "$root/etc/lodestar/identity"
  apt install --no-install-recommends -y /root/lodestar_0.1.1.deb
  is "the new version" "$(in_root dpkg-query -W -f '${Version}' lodestar)" 0.1.1
  test ! -e "$root/var/lib/lodestar/bootstrap-pending" || fail "an upgrade is no first boot"
  is "what was disabled stays so" "$(wants lodestar-bootstrap)" no
  is "settings" "$(cat "$root/etc/lodestar/agent.yaml")" "converge: {mode: report}"
  # Removed: what is known stays. Installed again, it is as it was.
  echo known > "$root/var/lib/lodestar/state.db"
  apt remove -y lodestar
  test ! -e "$root/usr/bin/lodestar" || fail "the program is still there"
  test -e "$root/var/lib/lodestar/state.db" || fail "a removal took the state"
  apt install --no-install-recommends -y /root/lodestar_0.1.2.deb
  is "enabled again" "$(wants lodestar-agent)" yes
  is "disabled still" "$(wants lodestar-bootstrap)" no
  # Purged: nothing of it is left but what people wrote.
  apt purge -y lodestar
  test ! -e "$root/var/lib/lodestar" || fail "a purge left the state"
  is "what is left" "$(cd "$root" && find etc usr lib/systemd var -xdev -iname '*lodestar*' -not -path 'etc/lodestar' | sort | tr '\n' ' ')" ""
  is "what people wrote" "$(ls "$root/etc/lodestar" | tr '\n' ' ')" "agent.yaml identity "
  rm -r "$root/etc/lodestar"
  is "broken links" "$(cd "$root/etc/systemd" && find . -type l | grep -c lodestar || true)" 0
  apt install --no-install-recommends -y "/root/$(basename "$first")"
  apt purge -y lodestar
  test ! -e "$root/etc/lodestar" || fail "a purge left an empty folder"
}

judge_root "$root"
for other in "$@"; do
  mkdir -p "$work/over"/{upper,work,root}
  mount -t tmpfs none "$work/over" && mkdir -p "$work/over"/{upper,work,root}
  mount -t overlay overlay -o "lowerdir=$(realpath "$other"),upperdir=$work/over/upper,workdir=$work/over/work" "$work/over/root"
  (judge_root "$work/over/root"; . "$work/over/root/etc/os-release"; echo "installed, upgraded, removed, purged: $PRETTY_NAME") || { umount -R "$work/over"; exit 1; }
  umount -R "$work/over"
done

# Booted: the agent starts, an upgrade keeps jobs, one job is the upgrade itself, and who was stopped stays so.
boot
apt() { inside env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" > "$work/apt" 2>&1 < /dev/null || { cat "$work/apt"; fail "apt-get $*"; }; }
within() { # within SECONDS CLAIM COMMAND...
  local end=$((SECONDS + $1)) claim=$2
  shift 2
  until "$@" > /dev/null 2>&1; do [ $SECONDS -lt $end ] || expect "$claim" "not in time" "in time"; sleep 0.2; done
}
apt install --no-install-recommends -y "/root/$(basename "$first")"
within 10 "the agent answers" inside lodestar status
mkdir -p "$root/root/site/manifests"
echo "site: packaged" > "$root/root/site/site.yaml"
cat > "$root/root/site/manifests/all.yaml" <<'Y'
schedule:
  long: {after: 1h, run: "sleep 6; echo ended > /run/long"}
  upgrade: {after: 1h, run: "apt-get -qq install -y --no-install-recommends /root/lodestar_0.1.1.deb; echo $? > /run/upgraded", env: {DEBIAN_FRONTEND: noninteractive, PATH: /usr/sbin:/usr/bin:/sbin:/bin}}
Y
inside lodestar apply /root/site > /dev/null
within 10 "the schedules are known" inside lodestar schedule run long
pid=$(inside systemctl show -p MainPID --value lodestar-agent)
inside lodestar schedule run upgrade > /dev/null
within 60 "the agent upgrades itself" inside test -e /run/upgraded
expect "the upgrade" "$(inside cat /run/upgraded)" 0
expect "the new version" "$(inside dpkg-query -W -f '${Version}' lodestar)" 0.1.1
expect "another agent" "$([ "$(inside systemctl show -p MainPID --value lodestar-agent)" != "$pid" ] && echo yes)" yes
within 15 "the job that ran meanwhile ends" inside test -e /run/long
within 10 "the new agent answers" inside lodestar status
inside systemctl disable --now lodestar-agent 2> /dev/null
apt install --no-install-recommends -y /root/lodestar_0.1.2.deb
expect "who was stopped and disabled stays so" "$(inside systemctl is-active lodestar-agent || true)" inactive
inside systemctl enable --now lodestar-agent 2> /dev/null
apt remove -y lodestar
expect "no agent after a removal" "$(inside systemctl is-active lodestar-agent || true)" inactive
apt purge -y lodestar
expect "no unit that failed" "$(inside systemctl --failed --no-legend | grep -c lodestar || true)" 0
expect "no process" "$(inside sh -c 'ls -l /proc/[0-9]*/exe 2> /dev/null | grep -c bin/lodestar || true')" 0
echo "the package: the same bytes, installed, upgraded by its own agent, removed, purged"
