#!/bin/sh
# Makes a root that follows a source from its first boot, with a seeded bundle for a host without a network: for image builders, containers that
# boot, and chroots.
#   image.sh ROOT lodestar_VERSION_amd64.deb allowed_signers https://site.example.org/prod.site.tar [prod.site.tar]
set -eu
root=$1 package=$2 signers=$3 source=$4 seed=${5:-}
cp "$package" "$root/tmp/lodestar.deb"
chroot "$root" dpkg -i /tmp/lodestar.deb
rm "$root/tmp/lodestar.deb"
install -D -m 644 "$signers" "$root/etc/lodestar/allowed_signers"
{
  case $source in *.site.tar) word=bundle ;; *) word=url ;; esac
  echo "source: {$word: \"$source\", trust: {signers: /etc/lodestar/allowed_signers}}"
  if [ -n "$seed" ]; then echo "seed: /usr/local/share/prod.site.tar"; fi
} > "$root/etc/lodestar/bootstrap.yaml"
if [ -n "$seed" ]; then install -D -m 644 "$seed" "$root/usr/local/share/prod.site.tar"; fi
