#!/usr/bin/env bash
# Facts decide, not words: no source compares what is made to be read by a person. Prints what does.
set -uo pipefail
cd "$(dirname "$0")/../.."
word='(reason|hint|message|problem|remark|summary|errorText|(fault|error|refusal|reason|problem|diagnostic)\??\.(text|description))'
found=$(
  grep -rnE --include='*.swift' \
    -e "\b$word\)?[?!]? *(==|!=) *[^n ]" -e "(==|!=) *([a-zA-Z]+[.?])*$word\b *([,){&|]|$)" \
    -e "\b$word[?!]?\.(hasPrefix|hasSuffix|contains|has|starts|firstRange|firstMatch|wholeMatch)\(" \
    -e "switch ([a-zA-Z]+\??\.)*$word *\{" -e '(==|!=) *"[a-z]+ [a-z]+ [a-z ]*"' Sources |
    grep -vE ':[0-9]+: *//|(==|!=) *nil|^Sources/YAML/YAMLHints.swift:'
)
# YAMLHints puts libyaml's own words into ours.
[ -z "$found" ] || { sed -E 's/^([^:]*:[0-9]+): */\1: error: a text for people decides: /' <<< "$found"; exit 1; }
