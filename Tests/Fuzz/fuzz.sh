#!/usr/bin/env bash
# Fuzzes each parser of untrusted text with libFuzzer for some seconds.
#   fuzz.sh [SECONDS [NAME ...]]      a NAME is a file of this folder without its suffix
# A harness says in its first line which modules it needs. Seeds: Seeds/NAME/*, else everything in Seeds/NAME.list.
# What crashed stays in .build-fuzz/crashes/NAME; run .build-fuzz/NAME FILE to see it again.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
names=("$@")
if [ ${#names[@]} = 0 ]; then for f in Tests/Fuzz/*.swift; do names+=("$(basename "$f" .swift)"); done; fi
export SWIFT_BACKTRACE=enable=no
out=.build-fuzz
mkdir -p $out
modules=$(for n in "${names[@]}"; do sed -n '1s,^// modules: ,,p' "Tests/Fuzz/$n.swift"; done | tr ' ' '\n' | sort -u)
for module in $modules; do
  swift build -c release --scratch-path $out --target "$module" -Xswiftc -sanitize=fuzzer -Xswiftc -parse-as-library > "$out/build.log" 2>&1 ||
    { cat "$out/build.log"; exit 1; }
done
rm -f "$out/build.log"
built=$out/release
failed=0
for name in "${names[@]}"; do
  # Some names have blanks.
  mapfile -t objects < <(find "$built"/ -name '*.o' -path '*.build/*' ! -path '*lodestar.build*')
  swiftc -O -sanitize=fuzzer -parse-as-library -swift-version 6 -I "$built/Modules" \
    $(find Sources "$built/CShim.build" -name module.modulemap -printf '-Xcc -fmodule-map-file=%p ' 2> /dev/null) $(find Sources -path '*include' -printf '-I %p ') \
    "Tests/Fuzz/$name.swift" "${objects[@]}" -lyaml -lsqlite3 -lstdc++ -o "$out/$name"
  mkdir -p "$out/corpus/$name" "$out/crashes/$name"
  seeds=()
  [ -d "Tests/Fuzz/Seeds/$name" ] && seeds=("Tests/Fuzz/Seeds/$name")
  case $name in
    Manifest) n=0; while read -r f; do n=$((n + 1)); cp "$f" "$out/corpus/$name/seed-$n"; done < <(find Examples Tests/CompilerTests/Sites -name '*.yaml') ;;
    Expression) python3 - "$out/corpus/$name" <<'PY'
import json, sys
for i, line in enumerate(open("Tests/ExpressionsTests/Resources/cel-cases.jsonl")):
    open(f"{sys.argv[1]}/seed-{i}", "w").write(json.loads(line)["expr"])
PY
    ;;
  esac
  echo "== $name"
  if "$out/$name" -max_total_time="$seconds" -max_len=8192 -timeout=20 -rss_limit_mb=3000 -artifact_prefix="$out/crashes/$name/" \
    "$out/corpus/$name" "${seeds[@]}" > "$out/$name.log" 2>&1; then
    grep -E "^Done|stat::" "$out/$name.log" || tail -1 "$out/$name.log"
  else
    tail -30 "$out/$name.log"
    failed=1
  fi
done
exit $failed
