# What the tests of monitors share; sourced after boot.sh and prepare_root.
#   toy FILE [MODE]          compiles the agent of the tests
#   repository [MODE...]     makes apt's only source one with Debian's node exporter, what it needs, and broken versions of it
compiler=$(command -v gcc || command -v clang)
toy() { "$compiler" -O1 -static -o "$1" ${2:+-DMODE="\"$2\""} Tests/Tools/toy-agent.c; }
cache=/var/tmp/lodestar-monitor-debs
repository() {
  local deb mode
  if [ ! -e "$cache/.complete" ]; then
    mkdir -p "$cache"
    (cd "$cache" && apt-get -qq -o APT::Sandbox::User=root download prometheus-node-exporter adduser init-system-helpers shellcheck)
    dpkg-deb -x "$cache"/shellcheck_*.deb "$cache/tools"
    rm "$cache"/shellcheck_*.deb
    touch "$cache/.complete"
  fi
  mkdir -p "$root/repository"
  cp "$cache"/*.deb "$root/repository/"
  for mode in "$@"; do
    rm -rf "$work/deb"
    dpkg-deb -R "$cache"/prometheus-node-exporter_*.deb "$work/deb"
    toy "$work/deb/usr/bin/prometheus-node-exporter" "$mode"
    sed -i "s/^Version: .*/Version: 9-$mode/" "$work/deb/DEBIAN/control"
    dpkg-deb -Znone -b "$work/deb" "$root/repository/node-$mode.deb" > /dev/null
  done
  for deb in "$root"/repository/*.deb; do
    dpkg-deb -f "$deb"
    printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$(basename "$deb")" "$(stat -c %s "$deb")" "$(sha256sum < "$deb" | cut -d' ' -f1)"
  done > "$root/repository/Packages"
  echo force-unsafe-io > "$root/etc/dpkg/dpkg.cfg.d/tests"
  rm -rf "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/* "$root"/var/lib/apt/lists/*
  echo 'deb [trusted=yes] file:/repository ./' > "$root/etc/apt/sources.list"
  chroot "$root" apt-get -qq update
}
