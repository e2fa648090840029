#!/usr/bin/env bash
# The arrows between targets point one way; effects have one room. Prints what breaks a rule.
set -uo pipefail
cd "$(dirname "$0")/../.."
declare -A allowed=(
  [SystemCalls]="CShim Glibc Values" [RegularExpressions]="" [TimeZones]="Values" [Expressions]="RegularExpressions TimeZones Values" [Values]="" [Model]="Crypto Values"
  [HostFiles]="Model RegularExpressions" [YAML]="Values CLibYAML" [Compiler]="Model Expressions TimeZones YAML"
  [Resources]="Model HostFiles RegularExpressions Scheduling" [Scheduling]="Model TimeZones" [Engine]="Model"
  [Agent]="Model Scheduling YAML" [LinuxAgent]="Agent HostFiles LinuxHost Model OperatorFiles Scheduling State SystemCalls CShim Glibc"
  [OperatorFiles]="Model SystemCalls Glibc" [State]="Model Engine Agent CSQLite" [SimulatedHost]="Model HostFiles" [LinuxHost]="Model HostFiles Hostinfo LinuxFacts SystemCalls CShim Glibc"
  [Hostinfo]="Values YAML" [LinuxFacts]="Hostinfo SystemCalls Values YAML CShim Glibc" [hostinfo-tool]="LinuxFacts SystemCalls"
  [Secrets]="Model Crypto FoundationEssentials"
  [lodestar]="Agent ArgumentParser Compiler Engine Expressions Hostinfo LinuxAgent LinuxFacts LinuxHost Model OperatorFiles Resources Scheduling Secrets SimulatedHost StandardRoles State SystemCalls TimeZones"
)
status=0
complain() { echo "$1"; status=1; }
for target in "${!allowed[@]}"; do
  while IFS=: read -r file line text; do
    module=${text##* }
    case " ${allowed[$target]} " in
      *" $module "*) ;;
      *) complain "$file:$line: error: $target may not import $module" ;;
    esac
  done < <(grep -rnE '^((public|internal|private|@testable) )*import ' "Sources/$target" --include='*.swift')
done
for folder in Sources/*/; do
  name=$(basename "$folder")
  case $name in CLibYAML|CSQLite|CShim) continue ;; esac
  [ -n "${allowed[$name]+x}" ] || complain "Sources/$name: error: no import rule for this target"
done
while IFS= read -r found; do complain "$found: error: not outside tests"; done \
  < <(grep -rnE 'try!|as!|fatalError\(' Sources --include='*.swift' | grep -vE ':[0-9]+: *//')
exit $status
