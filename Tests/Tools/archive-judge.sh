#!/usr/bin/env bash
# Judges `archive` by tar(1) --compare, unzip(1) and Python, on archives of tar, pax, zip and Python in all forms; hostile ones must
# write nothing.
#   archive-judge.sh LODESTAR TEST-ROOT
. "$(dirname "$0")/judge-root.sh"
tool=$(dirname "$(realpath "$0")")/archive-judge.py
export SOURCE_DATE_EPOCH=0
mkdir -p "$work/good" "$work/site/files"
echo 'safety: {max_removals: 1000}' >> "$work/site/site.yaml"
fail() { printf '%s\n' "$@"; exit 1; }
run() { said=$("$lodestar" "$@" "$work/site" --root "$root" 2>&1); }
settled() { run plan && [[ $said == *"nothing to do"* ]] || fail "second plan: $said"; }
compared() { # ARCHIVE DIRECTORY: what tar, or unzip, finds that differs
  case $1 in
  *.zip) unzip -tqq "$1" ;;
  *)
    # Times are those of unpacking, and hard links become files of their own.
    LC_ALL=C tar -C "$2" --compare -f "$1" 2>&1 | grep -v -e ': Mod time differs$' -e '^\.: ' -e ': Not linked to ' || true
    ;;
  esac
}

# Good ones: everything is as it was packed, and nothing else.
python3 "$tool" make "$work/good" > "$work/count"
count=$(cat "$work/count")
(( count >= 60 )) || fail "only $count archives"
cp "$work/good"/good-*.{tar,tar.*,zip} "$work/site/files/"
echo 'archive:' > "$work/site/manifests/a.yaml"
for file in "$work/site/files"/good-*; do
  name=$(basename "$file"); echo "  /srv/${name%%.*}: {source: $name}" >> "$work/site/manifests/a.yaml"
done
run apply || fail "apply: $said"
settled
python3 "$tool" check-all "$root/srv" "$work/good" || fail "not as it was packed"
for file in "$work/site/files"/good-*; do
  name=$(basename "$file"); name=${name%%.*}
  differences=$(compared "$file" "$root/srv/$name") || true
  [ -z "$differences" ] || fail "$file: $differences"
done

# Hostile ones: each is refused, and there is nothing, in the directory and outside of it.
mkdir "$work/bad"
python3 -W ignore "$tool" hostile "$work/bad"
rm "$work/site/files"/* && cp "$work/bad"/bad-* "$work/site/files/"
echo 'archive:' > "$work/site/manifests/a.yaml"
for file in "$work/bad"/bad-*; do
  name=$(basename "$file"); echo "  /srv/$name: {source: \"$name\", on_undeclare: release}" >> "$work/site/manifests/a.yaml"
done
sed -i '1i file: {/etc/marker: {content: x}}' "$work/site/manifests/a.yaml"
run apply && fail "hostile archives were applied: $said" || true
hostile=0
for file in "$work/bad"/bad-*; do
  name=$(basename "$file"); hostile=$((hostile + 1))
  [ ! -e "$root/srv/$name" ] || fail "$name was unpacked: $(find "$root/srv/$name")"
  [[ $said == *"archive:/srv/$name"*"cannot unpack the archive"* ]] || fail "$name is not refused: $said"
done
(( hostile >= 40 )) || fail "only $hostile hostile archives"
rm -f "$root/etc/marker"
found=$(find "$root" -name '*escaped*' 2> /dev/null; find /tmp /etc /var/tmp / -maxdepth 1 -name escaped 2> /dev/null)
[ -z "$found" ] || fail "escaped: $found"
# The control: what believes them writes outside.
mkdir -p "$work/control/in" && tar -C "$work/control/in" -xPf "$work/bad/bad-parent.tar"
[ -e "$work/control/escaped" ] || fail "the control wrote nothing outside"

# One directory through many versions: what each brought goes with it, what others made stays. Killed on the way, the next run
# completes it.
rm "$work/site/files"/* && cp "$work/good"/good-*.{tar,tar.*,zip} "$work/site/files/"
mkdir -p "$root/srv/up/theirs" && echo theirs > "$root/srv/up/theirs/file"
kills=0 step=0
for file in "$work/site/files"/good-0[0-9][28].*; do
  name=$(basename "$file"); step=$((step + 1))
  echo "archive: {/srv/up: {source: $name}}" > "$work/site/manifests/a.yaml"
  for moment in 0.0$((RANDOM % 10)) 0.$((RANDOM % 6)); do
    { timeout -s KILL "$moment" "$lodestar" apply "$work/site" --root "$root" > /dev/null; } 2> /dev/null || kills=$((kills + 1))
  done
  run apply || fail "$name: $said"
  settled
  [ "$(cat "$root/srv/up/theirs/file")" = theirs ] || fail "$name: what others made is gone"
  mv "$root/srv/up/theirs" "$work/theirs"
  python3 "$tool" check "$root/srv/up" "$work/good/${name%%.*}.json" || fail "$name is not what is there"
  mv "$work/theirs" "$root/srv/up/theirs"
done
(( kills > 5 )) || fail "only $kills runs were killed"

# Un-declared, only what others made is left.
echo 'file: {/etc/marker: {content: x}}' > "$work/site/manifests/a.yaml"
run apply || fail "un-declared: $said"
left=$(cd "$root/srv" && find . -path './up*' | sort | tr '\n' ' ')
[ "$left" = "./up ./up/theirs ./up/theirs/file " ] || fail "left: $left"
left=$(find "$root/var/lib/lodestar" -path '*/trees/*')
[[ $left != *up* ]] || fail "a record is left: $left"
echo "$count archives as tar, unzip and Python have them, $hostile hostile ones refused, $step versions, $kills kills"
