#!/usr/bin/env python3
"""What a person sees on a terminal: source lines below diagnostics, and a status line while `apply` works.

usage: terminal.py LODESTAR      (root, for the part of apply)
"""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time

LODESTAR = os.path.abspath(sys.argv[1])
PLAIN = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
failures = 0


def check(claim, holds, seen=""):
    global failures
    if not holds:
        failures += 1
        print(f"error: {claim}\n{seen!r}")


def resize(descriptor, columns):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


def on_terminal(words, columns=60, output=None, after=None, **variables):
    """Runs with standard error (and output, where none is given) on a terminal; the bytes that came, with their times."""
    master, slave = pty.openpty()
    resize(master, columns)
    process = subprocess.Popen(
        [LODESTAR, *words], stdin=subprocess.DEVNULL, stdout=output or slave, stderr=slave, close_fds=True,
        env={**PLAIN, "TERM": "xterm", **variables})
    os.close(slave)
    start, chunks = time.monotonic(), []
    while True:
        if after and time.monotonic() - start > after[0]:
            resize(master, after[1])
            after = None
        ready, _, _ = select.select([master], [], [], 0.1)
        if not ready:
            if process.poll() is not None:
                break
            continue
        try:
            data = os.read(master, 65536)
        except OSError:
            break
        if not data:
            break
        chunks.append((time.monotonic() - start, data))
    os.close(master)
    process.wait()
    return b"".join(data for _, data in chunks).decode(), chunks


def site(folder, manifest):
    os.makedirs(f"{folder}/manifests")
    with open(f"{folder}/site.yaml", "w") as file:
        file.write("site: terminal\n")
    with open(f"{folder}/manifests/base.yaml", "w") as file:
        file.write(manifest)
    return folder


class Screen:
    """What a terminal of one very wide line after the other shows; it knows what a status line uses, and nothing else."""

    def __init__(self):
        self.lines, self.column, self.strange = [""], 0, []

    def feed(self, text):
        for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+|\x1b", text):
            if part == "\n":
                self.lines.append("")
                self.column = 0
            elif part == "\r":
                self.column = 0
            elif part == "\x1b[K":
                self.lines[-1] = self.lines[-1][: self.column]
            elif part.startswith("\x1b"):
                if not re.fullmatch(r"\x1b\[(0|3[0-9])m", part):
                    self.strange.append(part)
            else:
                line = self.lines[-1]
                self.lines[-1] = line[: self.column] + part + line[self.column + len(part):]
                self.column += len(part)


def diagnostics(folder):
    where = site(f"{folder}/mistakes", 'file:\n  /etc/a: {mode: 644} # \u202e\n  /etc/b: {"owner\\e": x, mode: "%s"}\n' % ("9" * 200))
    seen, _ = on_terminal(["check", where])
    check("the line stands below the diagnostic, with a mark", "  2 |   /etc/a: {mode: 644} # \\u{202e}\r\n                       ^\r\n" in seen, seen)
    check("a long line is cut", all(len(line) <= 60 for line in seen.split("\r\n") if " | " in line), seen)
    check("control characters are escapes", not re.search("[\x1b\u202e]", seen) and "\\u{1b}" in seen and "\\u{202e}" in seen, seen)
    dumb, _ = on_terminal(["check", where], TERM="dumb")
    piped = subprocess.run([LODESTAR, "check", where], env=PLAIN, capture_output=True, text=True)
    check("elsewhere the lines are plain", " | " not in piped.stderr, piped.stderr)
    check("a dumb terminal gets the plain lines", dumb.replace("\r\n", "\n") == piped.stderr + piped.stdout, dumb)
    raw, _ = on_terminal(["check", site(f"{folder}/raw", "file:\n  /etc/a: {content: a\x1bb}\n")])
    check("a raw control character has its place", ":2:22: error:" in raw and "content: a\\u{1b}b" in raw and "\x1b" not in raw, raw)
    clear, _ = on_terminal(["check", site(f"{folder}/clear", "user:\n  ana:\n    password: CANARY\n")])
    check("a password in clear is not shown", "crypt(3)" in clear and "CANARY" not in clear, clear)
    beside, _ = on_terminal(["check", site(f"{folder}/beside", 'user: {ana: {password: "CANARY", shel: /bin/sh}}\n')])
    check("nor below what else is wrong in its line", "shel" in beside and "CANARY" not in beside, beside)
    evaluated, _ = on_terminal(["eval", "1 + nope"])
    check("eval marks the column", "  1 | 1 + nope\r\n          ^\r\n" in evaluated, evaluated)


def status(folder):
    root = f"{folder}/root"
    subprocess.run(["Examples/bare-root.sh", root], check=True, stdout=subprocess.DEVNULL)
    os.makedirs(f"{root}/bin", exist_ok=True)
    subprocess.run(f'cp "$(command -v busybox)" {root}/bin/busybox; ln -s busybox {root}/bin/sh; ln -s busybox {root}/bin/sleep', shell=True, check=True)
    where = site(
        f"{folder}/slow",
        'file: {/etc/quick: {content: x}}\ncommand:\n'
        '  "slow\\e]0;x\\a with a name that is much longer than the terminal is wide": {run: sleep 2.4}\n'
        '  last: {run: sleep 0.1}\n')
    words = ["apply", where, "--root", root]
    plain = subprocess.run([LODESTAR, *words], env=PLAIN, capture_output=True, text=True)
    check("apply works", plain.returncode == 0, plain.stderr + plain.stdout)
    check("a pipe gets no status line", "\r" not in plain.stderr + plain.stdout and "\x1b" not in plain.stderr, plain.stderr)

    seen, chunks = on_terminal(words)
    drawn = re.findall(r"\r(\[\d+/\d+\][^\r\x1b]*)\x1b\[K", seen)
    check("the status line counts seconds", any(" 1 s: command:slow" in d for d in drawn) and any(" 2 s:" in d for d in drawn), drawn)
    check("it says how many of how many", any(d.startswith("[0/2] ") or d.startswith("[1/2] ") for d in drawn), drawn)
    check("it fits the terminal", drawn and all(len(d) < 60 for d in drawn), drawn)
    check("it is drawn at a human rate", len(drawn) <= 8, drawn)
    check("each is one write", all(data.count(b"\x1b[K") <= 2 for _, data in chunks), chunks)
    screen = Screen()
    screen.feed(seen)
    check("nothing of it is left", not any(re.match(r"\[\d+/\d+\]", line) for line in screen.lines), screen.lines)
    check("names steer nothing", not screen.strange, screen.strange)
    expected = subprocess.run([LODESTAR, *words], env=PLAIN, capture_output=True, text=True)
    check("what is printed is what a pipe gets", [re.sub(r"\x1b\[\d+m", "", line) for line in screen.lines] == expected.stdout.split("\n"), screen.lines)

    seen, _ = on_terminal(words, columns=100, after=(1.2, 30))
    drawn = re.findall(r"\r(\[\d+/\d+\][^\r\x1b]*)\x1b\[K", seen)
    check("it follows the size of the terminal", drawn and len(drawn[0]) > 30 and len(drawn[-1]) < 30, drawn)
    with tempfile.TemporaryFile() as output:
        seen, _ = on_terminal([*words, "--format", "json"], output=output)
        check("JSON has no status line", "\r" not in seen and "\x1b" not in seen, seen)
        seen, _ = on_terminal(words, output=output)
        check("it is there where only standard error is a terminal", "[K" in seen and seen.endswith("\r\x1b[K"), seen)
        seen, _ = on_terminal(words, output=output, TERM="dumb")
        check("a dumb terminal has none", seen == "", seen)


with tempfile.TemporaryDirectory(prefix="lodestar-terminal-") as folder:
    diagnostics(folder)
    if os.geteuid() == 0:
        status(folder)
    else:
        print("the status line was not looked at: apply needs root")
print("terminal: " + ("as it should be" if not failures else f"{failures} claims do not hold"))
sys.exit(1 if failures else 0)
