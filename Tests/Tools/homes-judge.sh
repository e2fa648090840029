#!/usr/bin/env bash
# Judges `script`, `check` and `monitor` where their files are in a home whose owner has crafted it: nothing outside of the home changes,
# nothing of root's can be read in it afterwards, and nothing waits. (`ssh_trust` has its own in ssh_trust-judge.sh.)
#   homes-judge.sh LODESTAR TEST-ROOT
. "$(dirname "$0")/judge-root.sh"
. "$(dirname "$0")/role-judge.sh"
mount -t proc proc "$root/proc"; mount --rbind /dev "$root/dev"
chroot "$root" useradd -m -u 3500 -s /bin/sh app
chroot "$root" useradd -m -u 3501 -s /bin/sh other
home=$root/home/app
mkdir -p "$work/site/files" "$work/agent/bin"
cp /bin/true "$work/agent/bin/agent"; tar -C "$work" -cf "$work/site/files/agent.tar" agent
cat > "$work/site/manifests/a.yaml" <<'YAML'
script:
  tool: {content: "#!/bin/sh\necho tool\n", path: /home/app/place/tool}
check:
  one: {run: "printf 'one_a 1\nshadow 2\n'", format: prometheus, user: root, directory: /home/app/place}
  two: {run: "printf '7\n# TYPE evil gauge\nevil 1\n'", format: value, user: root, directory: /home/app/place}
monitor:
  agent:
    user: other
    archive: {source: agent.tar, strip: 1}
    command: [/opt/agent/current/bin/agent]
    config: {/home/app/place/agent.conf: {content: "secret\n", mode: "0600"}}
YAML
files="tool lodestar-check-one.prom lodestar-check-two.prom agent.conf"
canary=$(sha256sum < "$root/etc/shadow")
outside() { (cd "$root" && stat -c '%n %a %U %G %Y' etc/shadow home/other && sha256sum etc/shadow etc/passwd && ls -AR etc home/other); }
count=0
# crafted WHAT: what lodestar makes of it, and whether anybody gained something.
crafted() {
  chroot "$root" chown -h app:app /home/app/place
  [ ! -d "$home/place" ] || [ -L "$home/place" ] || [ -n "${theirs:-}" ] || find "$home/place" -mindepth 1 ! -links +1 -exec chown -h 3500:3500 {} +
  local before status
  before=$(outside)
  for verb in plan apply; do
    status=0; timeout 60 "$lodestar" $verb "$work/site" --root "$root" > "$work/said" 2>&1 || status=$?
    [ $status != 124 ] || fail "$1: $verb waits"
    # A signal, or a fault of the program itself.
    [ $status -lt 128 ] || fail "$1: $verb ended with $status: $(cat "$work/said")"
  done
  for check in one two; do
    status=0; timeout 60 "$lodestar" check-run $check --root "$root" > "$work/run" 2>&1 || status=$?
    [ $status != 124 ] && [ $status -lt 128 ] || fail "$1: check-run $check: $status $(cat "$work/run")"
  done
  [ "$(outside)" == "$before" ] || fail "$1: something outside changed: $(diff <(echo "$before") <(outside))"
  # Not even the shadow of it: a copy in the home, or an open mode.
  ! find "$home" -type f -links 1 -exec sha256sum {} + 2> /dev/null | grep -F "${canary%% *}" || fail "$1: a copy of /etc/shadow"
  [ ! -e "$root/home/other/made" ] || fail "$1: something is made elsewhere"
  rm -rf "$home/place"
  count=$((count + 1))
}
mkdir "$home/place"; chown 3500:3500 "$home/place"
becomes "$work/site" --root "$root"
for file in $files; do [ -s "$home/place/$file" ] || fail "an honest home has no $file"; done
rm -rf "$home/place"
for target in /etc/shadow /etc/new /home/other/made; do
  for file in $files; do
    mkdir "$home/place"; ln -s "$target" "$home/place/$file"; crafted "a link to $target for $file"
  done
done
for file in $files; do
  mkdir "$home/place"; mkfifo "$home/place/$file"; crafted "a FIFO for $file"
  mkdir "$home/place"; ln "$root/etc/shadow" "$home/place/$file"; crafted "a hard link to /etc/shadow for $file"
  mkdir -p "$home/place/$file/full"; crafted "a full folder for $file"
  mkdir "$home/place"; echo theirs > "$home/place/$file"; chown 3501:3501 "$home/place/$file"; theirs=1 crafted "a file of somebody else's for $file"
  mkdir "$home/place"; echo mine > "$home/place/$file"; chmod 0 "$home/place/$file"; crafted "a closed file for $file"
done
for target in /etc /home/other ../other /proc/1/root/etc; do ln -s "$target" "$home/place"; crafted "a link to $target for the folder"; done
mkdir "$home/real"; ln -s real "$home/place"; crafted "a link within the home"; rm -rf "$home/real"
mkdir -m 0 "$home/place"; crafted "a closed folder"
mkdir "$home/place"; chown 3501:3501 "$home/place"; theirs=1; crafted "a folder of somebody else's"; unset theirs
mkfifo "$home/place"; crafted "a FIFO for the folder"
# What a check says is about itself alone.
mkdir "$home/place"; chown 3500:3500 "$home/place"
"$lodestar" apply "$work/site" --root "$root" > "$work/said" 2>&1 || fail "$(cat "$work/said")"
for check in one two; do
  "$lodestar" check-run $check --root "$root" > /dev/null 2>&1 || fail "check-run $check"
  is "$(grep -c "^lodestar_check_status{check=\"$check\"} 3$" "$home/place/lodestar-check-$check.prom")" 1
  ! grep -E '^(shadow|evil|one_a)' "$home/place/lodestar-check-$check.prom" || fail "another's metric"
done
echo "$count crafted homes gain nothing by script, check and monitor"
