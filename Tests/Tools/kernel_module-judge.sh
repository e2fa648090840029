#!/usr/bin/env bash
# Judges the files of `kernel_module` by modprobe(8) of the root itself (kmod), and those for boot by systemd's own search.
#   kernel_module-judge.sh LODESTAR TEST-ROOT
. "$(dirname "$0")/judge-root.sh"
command -v kmod > /dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends kmod > /dev/null
# kmod and its libraries, of the same release.
kmod=$(command -v kmod)
for file in "$kmod" $(ldd "$kmod" | grep -o '/[^ ]*'); do
  [ -e "$root$file" ] || { mkdir -p "$(dirname "$root$file")"; cp -L "$file" "$root$file"; }
done
ln -sf "$kmod" "$root/usr/sbin/modprobe"
mkdir -p "$root/usr/lib/modprobe.d" "$root/usr/lib/modules-load.d"
ours() { "$lodestar" "$@" "$work/site" --root "$root" 2>&1; }
says() { chroot "$root" modprobe -c 2> /dev/null | tr -s ' ' | grep -E "^(options|blacklist|install) ($1)( |\$)" | sort || true; }
boots() { chroot "$root" systemd-analyze cat-config modules-load.d 2> /dev/null | sed 's/#.*//' | grep -x "$1" || true; }
expect() { [[ $2 == "$3" ]] || { printf '%s: expected\n%s\nfound\n%s\n' "$1" "$3" "$2"; exit 1; }; }
converge() {
  cat > "$work/site/manifests/a.yaml"
  said=$(ours apply --allow-removals) || { echo "apply: $said"; exit 1; }
  said=$(ours plan) || { echo "plan: $said"; exit 1; }
  [[ $said == *"nothing to do"* ]] || { echo "second plan: $said"; exit 1; }
}

converge <<'Y'
kernel_module:
  nf-conntrack: {loaded: true, at_boot: true, options: {hashsize: 65536}}
  usb-storage: {blacklisted: true}
  snd_hda_intel: {options: {model: "auto,dell", power_save: 1, index: "-1"}}
Y
expect options "$(says nf_conntrack)" "options nf_conntrack hashsize=65536"
expect "a list of options" "$(says snd_hda_intel)" "options snd_hda_intel model=auto,dell power_save=1 index=-1"
expect blacklist "$(says usb_storage)" $'blacklist usb_storage\ninstall usb_storage /bin/false'
expect "at boot" "$(boots nf_conntrack)" nf_conntrack
expect "not at boot" "$(boots usb_storage)" ""

# What others say is in place: no files of ours.
printf 'options loop \\\n  max_loop=8\nblacklist pcspkr\ninstall pcspkr /bin/false\n' > "$root/usr/lib/modprobe.d/early.conf"
printf '# by hand\nloop\n' > "$root/usr/lib/modules-load.d/site.conf"
converge <<'Y'
kernel_module:
  loop: {at_boot: true, options: {max_loop: 8}}
  pcspkr: {blacklisted: true}
Y
expect "our files" "$(cd "$root/etc" && ls modprobe.d modules-load.d | grep lodestar || true)" ""
expect "their options" "$(says loop)" "options loop max_loop=8"
expect "what was undeclared" "$(says 'nf_conntrack|usb_storage|snd_hda_intel')" ""

# A later file wins over an earlier one of the same option: ours after theirs.
converge <<'Y'
kernel_module: {loop: {at_boot: true, options: {max_loop: 16}}}
Y
expect "the order" "$(chroot "$root" modprobe -c 2> /dev/null | tr -s ' ' | grep '^options loop ' | tr '\n' ';')" "options loop max_loop=8;options loop max_loop=16;"
# systemd has a file that comes after ours and says numdummies=0.
echo 'kernel_module: {dummy: {options: {numdummies: 2}}}' > "$work/site/manifests/a.yaml"
said=$(ours plan)
[[ $said == *"systemd.conf says otherwise, and has the last word"* ]] || { echo "no remark on the file that wins: $said"; exit 1; }
echo "ours, modprobe(8) and systemd agree"
