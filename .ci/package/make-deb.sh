#!/usr/bin/env bash
# Packs the static binary with its units, completions, manual and documents: the same bytes for the same input.
#   make-deb.sh LODESTAR OUT-DIR        the time of all files is SOURCE_DATE_EPOCH, else that of the last commit
# Prints the path of the package.
set -euo pipefail
umask 022
export LC_ALL=C TZ=UTC
lodestar=$(realpath -e "$1") out=$(realpath -m "$2")
cd "$(dirname "$(realpath "$0")")/../.."
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH=$epoch
version=$("$lodestar" --version)
architecture=$(dpkg --print-architecture)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree"
share=$tree/usr/share doc=$tree/usr/share/doc/lodestar

install -D -m 755 "$lodestar" "$tree/usr/bin/lodestar"
install -d "$tree/lib/systemd/system"
sed 's|/usr/local/bin/lodestar|/usr/bin/lodestar|' Examples/agent/lodestar-agent.service > "$tree/lib/systemd/system/lodestar-agent.service"
install -m 644 .ci/package/debian/lodestar-bootstrap.service "$tree/lib/systemd/system/"
for shell in bash:bash-completion/completions/lodestar zsh:zsh/vendor-completions/_lodestar fish:fish/vendor_completions.d/lodestar.fish; do
  install -d "$share/$(dirname "${shell#*:}")"
  "$lodestar" --generate-completion-script "${shell%%:*}" | sed '1{/^#!/d}' > "$share/${shell#*:}"
done
install -d "$share/man/man1" "$share/lintian/overrides" "$doc/examples"
"$lodestar" --experimental-dump-help | .ci/package/manual.py "$(date -d "@$epoch" +%F)" "$version" | gzip -9n > "$share/man/man1/lodestar.1.gz"
install -m 644 .ci/package/debian/lintian-overrides "$share/lintian/overrides/lodestar"
install -m 644 Examples/agent/agent.yaml Examples/bootstrap/bootstrap.yaml "$doc/examples/"
install -m 644 Docs/agent.md Docs/bootstrap.md Docs/commands.md "$doc/"
{ printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: lodestar\n\nFiles: *\n'
  printf 'Copyright: %s the authors of Lodestar\nLicense: Apache-2.0\n' "$(date -d "@$epoch" +%Y)"
  printf ' On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.\n'; } > "$doc/copyright"
{ printf 'lodestar (%s) unstable; urgency=medium\n\n  * See CHANGELOG.gz.\n\n' "$version"
  printf ' -- Lodestar <lodestar@example.org>  %s\n' "$(date -R -d "@$epoch")"; } | gzip -9n > "$doc/changelog.gz"
gzip -9n < CHANGELOG.md > "$doc/CHANGELOG.gz"

install -d "$tree/DEBIAN"
(cd "$tree" && find usr lib -type f -print0 | sort -z | xargs -0 md5sum) > "$tree/DEBIAN/md5sums"
size=$(cd "$tree" && find usr lib -type f -printf '%s\n' | awk '{total += int(($1 + 1023) / 1024)} END {print total}')
sed "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/" .ci/package/debian/control > "$tree/DEBIAN/control"
install -m 755 .ci/package/debian/{postinst,prerm,postrm} "$tree/DEBIAN/"
find "$tree" -type d -exec chmod 755 {} +
find "$tree" -exec touch -h -d "@$epoch" {} +
mkdir -p "$out"
package=$out/lodestar_${version}_$architecture.deb
# One thread, and a compression that Debian 11 reads: several threads are other bytes.
dpkg-deb --root-owner-group --uniform-compression -Zxz -z6 --threads-max=1 --build "$tree" "$package" > /dev/null
echo "$package"
