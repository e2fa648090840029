# Boots a copy of the disposable root with systemd (systemd-nspawn); sourced by the tests that need one.
#   prepare_root NAME LODESTAR TEST-ROOT    sets $work and $root, with the binary in it; one that is not static brings its libraries
#   boot [OPTION...]                        boots it, with the words of the array `init_words` for its first process; afterwards `inside CMD` runs in it
#   expect CLAIM FOUND EXPECTED             fails with the journal's end
command -v systemd-nspawn > /dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq systemd-container
machine=
cleanup() {
  [ -z "$machine" ] || { kill "$machine" 2>/dev/null || true; wait "$machine" 2>/dev/null || true; }
  rm -rf --one-file-system "$work"
}
prepare_root() {
  work=$(mktemp -d "/var/tmp/lodestar-$1.XXXX")
  root=$work/root
  trap cleanup EXIT
  cp -a --reflink=auto "$3" "$root"
  if ldd "$2" > /dev/null 2>&1; then bundle "$2"; else install -m 755 "$2" "$root/usr/local/bin/lodestar"; fi
}
bundle() { # the libraries of the build, and the loader that finds them
  local place=/usr/local/lib/lodestar-build
  mkdir -p "$root$place"
  install -m 755 "$1" "$root$place/lodestar"
  ldd "$1" | grep -o '/[^ ]*' | sort -u | xargs -I{} cp -L {} "$root$place/"
  printf '#!/bin/sh\nexec %s/ld-linux-x86-64.so.2 --library-path %s %s/lodestar "$@"\n' $place $place $place \
    > "$root/usr/local/bin/lodestar"
  chmod 755 "$root/usr/local/bin/lodestar"
}
boot() {
  systemd-nspawn -q "$@" -D "$root" --boot --register=no --keep-unit --console=pipe ${init_words[@]+"${init_words[@]}"} > "$work/console" 2>&1 &
  machine=$!
  for _ in $(seq 100); do
    leader=$(pgrep -P "$machine" | head -n 1 || true)
    [ -n "$leader" ] && inside systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded' && break
    sleep 0.2
  done
}
inside() { nsenter -t "$leader" -m -p -u -i -n "$@"; }
expect() { [ "$2" = "$3" ] || { echo "FAILED $1: expected $3, found $2"; inside journalctl -n 30 --no-pager || true; exit 1; }; }
