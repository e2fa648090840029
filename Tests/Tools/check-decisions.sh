#!/usr/bin/env bash
# Facts decide, not words: no source compares what is made to be read by a person. Prints what does.
set -uo pipefail
cd "$(dirname "$0")/../.."
word='(reason|hint|message|problem|remark|summary|errorText|(fault|error|refusal|reason|problem|diagnostic)\??\.(text|description))'
# Whether there is one, and which case of an enumeration it is, may be asked.
pattern="\\b$word\\)?[?!]? *(==|!=) *(?!nil\\b|\\.[a-z])[^ ]"
pattern+="|(==|!=) *([a-zA-Z]+[.?])*$word\\b *([,){&|]|\$)"
pattern+="|\\b$word[?!]?\\.(hasPrefix|hasSuffix|contains|has|starts|firstRange|firstMatch|wholeMatch)\\("
pattern+="|switch ([a-zA-Z]+\\??\\.)*(message|hint|errorText|(fault|error|refusal|reason|problem|diagnostic)\\??\\.(text|description)) *\\{"
pattern+='|(==|!=) *"[a-z]+ [a-z]+ [a-z ]*"'
# YAMLHints puts libyaml's own words into ours.
found=$(grep -rnP --include='*.swift' "$pattern" Sources | grep -vE ':[0-9]+: *//|^Sources/YAML/YAMLHints.swift:')
[ -z "$found" ] || { sed -E 's/^([^:]*:[0-9]+): */\1: error: a text for people decides: /' <<< "$found"; exit 1; }
