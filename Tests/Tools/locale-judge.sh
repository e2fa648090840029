#!/usr/bin/env bash
# Judges `locale` by the C library of the root itself: `locale -a` lists what was made, and setlocale(3) takes LANG.
#   locale-judge.sh LODESTAR TEST-ROOT
. "$(dirname "$0")/judge-root.sh"
[ -e /usr/share/i18n/SUPPORTED ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq locales > /dev/null
ours() { "$lodestar" "$@" "$work/site" --root "$root" 2>&1; }
declare_locale() { echo "locale: {this: {lang: \"$1\"}}" > "$work/site/manifests/a.yaml"; }
variables() { sed '/^#/d; s/"//g' "$root/$1"; }

declare_locale de_DE.UTF-8
said=$(ours plan --detailed-exit-code) && { echo "no locales, and yet: $said"; exit 1; }
[[ $said == *"the package locales makes locales"* ]] || { echo "without the package: $said"; exit 1; }

# What the package locales has, of the same release.
install -m 755 /usr/sbin/locale-gen "$root/usr/sbin/locale-gen"
mkdir -p "$root/usr/share/i18n" && mount --bind /usr/share/i18n "$root/usr/share/i18n"
cp /usr/share/i18n/SUPPORTED "$root/tmp/SUPPORTED"
{ echo '# Comments stay.'; echo; sed 's/^/# /' /usr/share/i18n/SUPPORTED; } > "$root/etc/locale.gen"
cp "$root/etc/locale.gen" "$work/list"

check() { # LANG FILE CHARMAP
  declare_locale "$1"
  said=$(ours apply) || { echo "apply: $said"; exit 1; }
  chroot "$root" env -i PATH=/usr/bin LC_ALL=C locale -a > "$work/names"
  found=$(chroot "$root" env -i PATH=/usr/bin $(variables "$2") locale charmap 2>&1)
  [[ $found == "$3" ]] || { echo "$1: $2 makes the C library say $found, not $3"; exit 1; }
  found=$(chroot "$root" env -i PATH=/usr/bin $(variables "$2") perl -MPOSIX -e 'print setlocale(LC_CTYPE, "") // "none"' 2>&1)
  [[ $found == "$1" ]] || { echo "$1: setlocale says $found"; exit 1; }
  said=$(ours plan) || { echo "plan: $said"; exit 1; }
  [[ $said == *"nothing to do"* ]] || { echo "second plan: $said"; exit 1; }
}
printf '# ours\nLC_TIME=C.UTF-8\nLANG="C"\nLANG=POSIX\n' > "$root/etc/default/locale"
check de_DE.UTF-8 etc/default/locale UTF-8
grep -qx de_DE.utf8 "$work/names" || { echo "locale -a does not list it"; exit 1; }
[[ $(cat "$root/etc/default/locale") == $'# ours\nLC_TIME=C.UTF-8\nLANG="C"\nLANG=de_DE.UTF-8' ]] || { cat "$root/etc/default/locale"; exit 1; }
diff <(sed 's/^# \(de_DE.UTF-8 UTF-8\)$/\1/' "$work/list") "$root/etc/locale.gen" || { echo "more of locale.gen changed"; exit 1; }
# It stays beside the next one.
sed -i '/^LC_TIME/d' "$root/etc/default/locale"
check de_DE@euro etc/default/locale ISO-8859-15
grep -qx de_DE.utf8 "$work/names" || { echo "the former locale is gone"; exit 1; }
check C.UTF-8 etc/default/locale UTF-8
# As on Debian 13, and where nothing says anything.
rm "$root/etc/default/locale"; ln -s ../locale.conf "$root/etc/default/locale"
check de_DE.UTF-8 etc/locale.conf UTF-8
[[ -L $root/etc/default/locale ]] || { echo "the link is gone"; exit 1; }
rm "$root/etc/default/locale" "$root/etc/locale.conf"
check C.UTF-8 etc/default/locale UTF-8
[[ ! -e $root/etc/locale.conf ]] || { echo "a file too many"; exit 1; }
# A locale that somebody took away is made again.
rm -rf "$root"/usr/lib/locale/locale-archive
check de_DE.UTF-8 etc/default/locale UTF-8

for name in de_DE.UTF8x en_us.utf-8; do
  declare_locale "$name"
  for _ in 1 2; do
    said=$(ours plan --detailed-exit-code) && { echo "$name taken: $said"; exit 1; }
    [[ $said == *"no locale is called $name"* ]] || { echo "no reason: $said"; exit 1; }
    echo "LANG=$name" > "$root/etc/default/locale"
  done
done
[[ $said == *en_US.UTF-8* ]] || { echo "no hint: $said"; exit 1; }
echo "ours and the C library agree"
