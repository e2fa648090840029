#!/usr/bin/env python3
"""Writes lodestar(1) from what `lodestar --experimental-dump-help` says on standard input. DATE: of the page, such as 2026-11-28."""
import json
import sys


def plain(text):
    """Text of which roff takes nothing for a request."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").split("\n")
    return "\n".join("\\&" + line if line[:1] in ".'" else line for line in lines)


def names(argument):
    return ", ".join(
        plain(("\\-\\-" if name["kind"] == "long" else "\\-").replace("\\-", "-") + name["name"]) for name in argument["names"])


def arguments(command):
    for argument in command.get("arguments", []):
        if not argument.get("shouldDisplay") or argument.get("valueName") in ("help", "version"):
            continue
        value = f"\\fI{plain(argument.get('valueName', ''))}\\fR"
        if argument["kind"] == "positional":
            head = value
        else:
            head = f"\\fB{names(argument)}\\fR" + (f" {value}" if argument["kind"] == "option" else "")
        text = plain(argument.get("abstract") or "")
        if argument.get("defaultValue") is not None and argument["kind"] != "flag":
            text += f" (default: {plain(argument['defaultValue'])})"
        yield f".TP\n{head}\n{text or plain('See its example.')}"


def commands(command, path):
    for one in command.get("subcommands", []):
        if not one.get("shouldDisplay") or one["commandName"] == "help":
            continue
        words = path + [one["commandName"]]
        title = " ".join(words)
        yield f".SS {plain(title)}\n{plain(one.get('abstract') or '')}"
        if one.get("discussion"):
            yield f".PP\n{plain(one['discussion'])}"
        yield from arguments(one)
        yield from commands(one, words)


date = sys.argv[1]
root = json.load(sys.stdin)["command"]
version = sys.argv[2]
print(f'''.TH LODESTAR 1 "{date}" "lodestar {version}" "Lodestar"
.SH NAME
lodestar \\- {plain(root["abstract"].rstrip("."))}
.SH SYNOPSIS
.B lodestar
.I command
.RI [ arguments ]
.SH DESCRIPTION
{plain(root["abstract"])} Each command has
.BR \\-\\-help .
.SH COMMANDS''')
for part in commands(root, ["lodestar"]):
    print(part)
print('''.SH FILES
.TP
.I /etc/lodestar/agent.yaml
The settings of the agent; every default works.
.TP
.I /etc/lodestar/bootstrap.yaml
What the host becomes at its first boot.
.TP
.I /var/lib/lodestar
What is known of the host.
.SH SEE ALSO
.I /usr/share/doc/lodestar''')
