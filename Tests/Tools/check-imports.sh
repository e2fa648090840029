#!/usr/bin/env bash
# Every import of a target stands in Package.swift, and every dependency there is imported; modules of the system have their
# rooms; nothing traps outside tests. Prints what breaks a rule.
set -uo pipefail
cd "$(dirname "$0")/../.."
# The one rule that Package.swift cannot hold: which targets may speak to the system.
declare -A system=(
  [Glibc]="LinuxAgent LinuxHostinfo LinuxHost OperatorFiles SystemCalls" [FoundationEssentials]="Secrets" [Synchronization]="Git SystemCalls lodestar"
)
status=0
complain() { echo "$1"; status=1; }
arrows=$(Tests/Tools/package.py arrows) || exit 1
while read -r target folder allowed; do
  # What C includes the compiler checks itself.
  compgen -G "$folder/*.c" > /dev/null && continue
  imported=" "
  while IFS=: read -r file line text; do
    module=${text##* }
    imported+="$module "
    case " $allowed " in *" $module "*) continue ;; esac
    case " ${system[$module]:-} " in *" $target "*) continue ;; esac
    complain "$file:$line: error: $target may not import $module"
  done < <(grep -rnE '^((public|internal|private|package|@[a-zA-Z_]+) )*import ' "$folder" --include='*.swift')
  for module in $allowed; do
    case "$imported" in *" $module "*) ;; *) complain "Package.swift: error: $target depends on $module and does not import it" ;; esac
  done
done <<< "$arrows"
for folder in Sources/*/; do
  grep -qF " ${folder%/}" <<< "$arrows" || complain "$folder: error: not a target of Package.swift"
done
while IFS= read -r found; do complain "$found: error: not outside tests"; done \
  < <(grep -rnE 'try!|as!|fatalError\(' Sources --include='*.swift' | grep -vE ':[0-9]+: *//')
exit $status
