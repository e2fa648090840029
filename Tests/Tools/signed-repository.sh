#!/usr/bin/env bash
# Adds to the root of tiny-repository.sh an archive that is signed, and keys:
#   /signed              suite stable, component main: tiny-signed 1.0, tiny-lib 3.0
#   /keys/good.asc       the key that signed it; good.gpg is the same without armor
#   /keys/other.asc      another one
#   signed-repository.sh ROOT
set -euo pipefail
root=${1:?usage: signed-repository.sh ROOT}
"$(dirname "$0")/tiny-repository.sh" "$root"
work=$(mktemp -d)
export GNUPGHOME=$work/gnupg
mkdir -m 0700 "$GNUPGHOME"
trap 'gpgconf --kill all; rm -rf "$work"' EXIT

for name in good other; do
  gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key "$name <$name@example.org>" ed25519 sign never 2> /dev/null
  mkdir -p "$root/keys"
  gpg --batch --armor --export "$name@example.org" > "$root/keys/$name.asc"
done
gpg --batch --export good@example.org > "$root/keys/good.gpg"

architecture=$(dpkg --print-architecture)
lists=main/binary-$architecture
mkdir -p "$root/signed/pool" "$root/signed/dists/stable/$lists"
for package in tiny-signed=1.0 tiny-lib=3.0; do
  name=${package%=*} version=${package#*=}
  mkdir -p "$work/$name/DEBIAN"
  printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: a tiny package\n' \
    "$name" "$version" > "$work/$name/DEBIAN/control"
  deb=$root/signed/pool/${name}_$version.deb
  dpkg-deb --root-owner-group --build "$work/$name" "$deb" > /dev/null
  dpkg-deb -f "$deb"
  printf 'Filename: pool/%s\nSize: %s\nSHA256: %s\n\n' "$(basename "$deb")" "$(stat -c %s "$deb")" "$(sha256sum < "$deb" | cut -d' ' -f1)"
done > "$root/signed/dists/stable/$lists/Packages"
cd "$root/signed/dists/stable"
{ printf 'Suite: stable\nCodename: stable\nComponents: main\nArchitectures: %s\nDate: %s\nSHA256:\n' "$architecture" "$(date -Ru)"
  printf ' %s %s %s\n' "$(sha256sum < "$lists/Packages" | cut -d' ' -f1)" "$(stat -c %s "$lists/Packages")" "$lists/Packages"; } > Release
gpg --batch --quiet --local-user good@example.org --clearsign --output InRelease Release
