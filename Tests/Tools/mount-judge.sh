#!/usr/bin/env bash
# Judges `mount` by mount(8) and findmnt(8): ours mounts and writes fstab in one mount namespace, `mount -a` mounts by that
# file in another one; both must have the same mounts.
#   mount-judge.sh LODESTAR
set -euo pipefail
lodestar=$(realpath -e "$1")
if [ "${2:-}" != inside ]; then exec unshare -m "$0" "$lodestar" inside; fi
work=$(mktemp -d)
mount -t tmpfs none "$work"
loops=()
cleanup() {
  umount -l /media 2> /dev/null || true
  for l in "${loops[@]}"; do losetup -d "$l" 2> /dev/null || true; done
  umount -l "$work"
  rmdir "$work"
}
trap cleanup EXIT
mkdir -p "$work"/{upper,work,site/manifests,source/deep}
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$work/upper,workdir=$work/work" /etc
mkdir -p /var/lib/lodestar && mount -t tmpfs -o mode=0700 none /var/lib/lodestar
mount -t tmpfs none /media && mkdir -p /media/{data,file,temp,"a space",bound,lower,upper,later,outer}
for n in 1 2; do
  truncate -s 16M "$work/image$n"
  mkfs.ext4 -q -L "judge$n" "$work/image$n"
done
loop=$(losetup -f --show "$work/image1") && loops+=("$loop")
echo "# kept" > /etc/fstab
echo 'site: judge' > "$work/site/site.yaml"
converge() { # CHANGED
  cat > "$work/site/manifests/a.yaml"
  said=$("$lodestar" apply "$work/site" 2>&1) || { echo "apply: $said"; exit 1; }
  [[ $said == *"$1"* ]] || { echo "apply, not $1: $said"; exit 1; }
  said=$("$lodestar" plan "$work/site" 2>&1) || { echo "plan: $said"; exit 1; }
  [[ $said == *"nothing to do"* ]] || { echo "second plan: $said"; exit 1; }
  findmnt --verify --tab-file /etc/fstab > "$work/verify" 2>&1 || { cat "$work/verify" /etc/fstab; exit 1; }
  mounted > "$work/ours"
  # Another namespace, in which everything is mounted by the file.
  unshare -m bash -euc 'for p in $(findmnt -rno TARGET | grep ^/media/ | tac); do umount "$(printf "%b" "$p")"; done; mount -a; '"$(declare -f mounted)"'; mounted' > "$work/theirs"
  diff "$work/ours" "$work/theirs" || { echo "mount -a makes something else of the file"; cat /etc/fstab; exit 1; }
}
# Each mount once, with the flags that the kernel shows and its place in its file system.
mounted() { findmnt -rno TARGET,FSTYPE,FSROOT,VFS-OPTIONS,FS-OPTIONS | grep '^/media/' | sort; }
device() { findmnt -rno SOURCE "$1"; }
expect() { [[ $2 == "$3" ]] || { printf '%s: expected\n%s\nfound\n%s\n' "$1" "$3" "$2"; exit 1; }; }

converge "7 changed" <<Y
mount:
  /media/data: {device: $loop, type: ext4, options: [noatime, nodev], pass: 2}
  /media/file: {device: $work/image2, options: "loop,ro"}
  /media/temp: {device: tmpfs, type: tmpfs, options: [size=1m, mode=0750, nosuid]}
  /media/a space: {device: tmpfs, type: tmpfs}
  /media/bound: {device: $work/source, type: none, options: [bind, ro]}
  /media/later: {device: tmpfs, type: tmpfs, mounted: false, at_boot: false}
  /media/bound/deep: {device: tmpfs, type: tmpfs}
Y
expect "the mounts" "$(wc -l < "$work/ours")" 6
expect "a bind mount" "$(findmnt -rno VFS-OPTIONS /media/bound | grep -o '^ro')" ro
expect "what is not mounted" "$(findmnt /media/later || true)" ""
expect "comments" "$(head -n 1 /etc/fstab)" "# kept"
expect "a blank" "$(grep -c '^tmpfs /media/a\\040space tmpfs' /etc/fstab)" 1
loops+=($(losetup -j "$work/image2" -O NAME -n))

# Drift: unmounted, other options, another device on top.
umount /media/data; mount -o remount,suid /media/temp
sed -i '/a.040space/d' /etc/fstab
said=$("$lodestar" apply "$work/site" 2>&1)
[[ $said == *"3 changed"* ]] || { echo "drift: $said"; exit 1; }
expect "remounted" "$(findmnt -rno VFS-OPTIONS /media/temp | grep -o nosuid)" nosuid

# Other names of one device, changed options, another device; what is no longer declared goes, its directory stays.
uuid=$(blkid -s UUID -o value "$loop")
mkdir -p /media/bound/deep 2> /dev/null || true
echo kept > "$work/source/kept"
cat > "$work/site/manifests/a.yaml" <<Y
mount:
  /media/data: {device: UUID=$uuid, type: ext4, options: [nodev, noexec]}
  /media/temp: {device: ramfs, type: ramfs}
  /media/a space: {device: tmpfs, type: tmpfs}
  /media/bound: {device: $work/source/deep, type: none, options: bind}
Y
# What is no longer declared goes last, and keeps the place above it busy once.
said=$("$lodestar" apply "$work/site" 2>&1) && { echo "not busy: $said"; exit 1; }
[[ $said == *"target is busy"* && $said == *"mount:/media/bound/deep"* ]] || { echo "no reason: $said"; exit 1; }
cp "$work/site/manifests/a.yaml" "$work/again" && converge "1 changed" < "$work/again"
expect "the mounts" "$(wc -l < "$work/ours")" 4
expect "its options" "$(findmnt -rno VFS-OPTIONS /media/data)" "rw,nodev,noexec,relatime"
expect "another type" "$(findmnt -rno FSTYPE /media/temp)" ramfs
expect "the directory" "$(test -d /media/file && echo there)" there
expect "what is below" "$(cat "$work/source/kept")" kept

# A line of somebody else's is taken over, and stays when its declaration goes.
printf 'tmpfs\t/media/outer\ttmpfs  size=2m,nosuid\n' >> /etc/fstab
mount /media/outer
converge "changed" <<Y
mount:
  /media/outer: {device: tmpfs, type: tmpfs, options: [nosuid, size=2m]}
Y
expect "its line" "$(grep -c $'^tmpfs\t/media/outer\ttmpfs  size=2m,nosuid$' /etc/fstab)" 1
converge "" <<< 'file: {/etc/marker: {content: x}}'
expect "what was there before" "$(findmnt -rno TARGET | grep ^/media/)" /media/outer

# What the kernel does not take is not written (Ansible 59183).
cp /etc/fstab "$work/before"
echo "mount: {/media/temp: {device: tmpfs, type: tmpfs, options: size=nonsense}}" > "$work/site/manifests/a.yaml"
said=$("$lodestar" apply "$work/site" 2>&1) && { echo "taken: $said"; exit 1; }
[[ $said == *"mount -t tmpfs"* ]] || { echo "no reason: $said"; exit 1; }
diff "$work/before" /etc/fstab || { echo "a refused mount is in fstab"; exit 1; }
echo "ours, mount(8) and findmnt(8) agree"
