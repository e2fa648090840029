#!/usr/bin/env bash
# Puts a repository of tiny packages into a Debian root and makes it apt's only source:
#   tinyd 1.0 and 2.0   a daemon: user, configuration file, unit; its postinst starts it by invoke-rc.d
#   tiny-mta            provides mail-transport-agent and tiny-virtual
#   tiny-other-mta      provides mail-transport-agent
#   tiny-broken         its postinst fails
#   tiny-rival          conflicts with tinyd
#   tiny-user           depends on tinyd
#   tiny-lib 1.0, 2.0   2.0 breaks tiny-user
#   tiny-repository.sh ROOT
set -euo pipefail
root=${1:?usage: tiny-repository.sh ROOT}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$root/repository"

package() { # package NAME VERSION [FIELD...]: packs $work/NAME
  local name=$1 version=$2 dir=$work/$1
  shift 2
  mkdir -p "$dir/DEBIAN"
  { printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\n' "$name" "$version"
    for field in "$@"; do echo "$field"; done
    printf 'Description: a tiny package\n'; } > "$dir/DEBIAN/control"
  dpkg-deb --root-owner-group --build "$dir" "$root/repository/${name}_$version.deb" > /dev/null
}

for version in 1.0 2.0; do
  rm -rf "$work/tinyd"
  mkdir -p "$work/tinyd"/{DEBIAN,etc/tinyd,etc/init.d,usr/lib/systemd/system}
  echo "version = $version" > "$work/tinyd/etc/tinyd/tinyd.conf"
  echo /etc/tinyd/tinyd.conf > "$work/tinyd/DEBIAN/conffiles"
  printf '[Service]\nExecStart=/bin/sleep inf\n[Install]\nWantedBy=multi-user.target\n' > "$work/tinyd/usr/lib/systemd/system/tinyd.service"
  printf '#!/bin/sh\necho "started $1" >> /started\n' > "$work/tinyd/etc/init.d/tinyd"
  cat > "$work/tinyd/DEBIAN/postinst" <<'SH'
#!/bin/sh
set -e
id _tinyd > /dev/null 2>&1 || useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin _tinyd
/usr/sbin/policy-rc.d tinyd start > /dev/null 2>&1 || [ $? = 101 ] && [ -x /usr/sbin/policy-rc.d ] || /etc/init.d/tinyd start
SH
  chmod 755 "$work/tinyd/DEBIAN/postinst" "$work/tinyd/etc/init.d/tinyd"
  package tinyd $version
done
package tiny-mta 1.0 "Provides: mail-transport-agent, tiny-virtual"
package tiny-other-mta 1.0 "Provides: mail-transport-agent"
package tiny-rival 1.0 "Conflicts: tinyd"
package tiny-user 1.0 "Depends: tinyd"
package tiny-lib 1.0
package tiny-lib 2.0 "Breaks: tiny-user"
mkdir -p "$work/tiny-broken/DEBIAN"
printf '#!/bin/sh\necho it breaks here >&2\nexit 3\n' > "$work/tiny-broken/DEBIAN/postinst"
chmod 755 "$work/tiny-broken/DEBIAN/postinst"
package tiny-broken 1.0

for deb in "$root"/repository/*.deb; do
  dpkg-deb -f "$deb"
  printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$(basename "$deb")" "$(stat -c %s "$deb")" "$(sha256sum < "$deb" | cut -d' ' -f1)"
done > "$root/repository/Packages"
# What dpkg writes here need not outlive the test.
mkdir -p "$root/etc/dpkg/dpkg.cfg.d"
echo force-unsafe-io > "$root/etc/dpkg/dpkg.cfg.d/tests"
rm -rf "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/* "$root"/var/lib/apt/lists/*
echo 'deb [trusted=yes] file:/repository ./' > "$root/etc/apt/sources.list"
chroot "$root" apt-get -qq update
