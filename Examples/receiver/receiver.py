#!/usr/bin/env python3
"""Keeps what the agents of Lodestar report: facts/HOSTID.json and reports/HOSTID.json, the last of each host.

    receiver.py --folder /srv/fleet --tokens /etc/receiver/tokens --cert server.pem --key server.key [--address 0.0.0.0:8443]

A line of the file of tokens is `TOKEN HOSTID`, or `TOKEN *` for one that all hosts share. Needs nothing but Python 3.9.
"""
import argparse
import hmac
import http.server
import json
import os
import re
import ssl
import tempfile

LIMIT = 16 << 20
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")


def kept(folder, name, value):
    """Writes a file so that another reader finds the old one or the new one."""
    os.makedirs(folder, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".", delete=False) as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.write("\n")
    os.chmod(file.name, 0o644)
    os.rename(file.name, os.path.join(folder, name))


class Receiver(http.server.BaseHTTPRequestHandler):
    timeout = 60
    folder = tokens = None

    def allowed(self):
        """The host ids that the token of the request may speak for; empty for none."""
        given = (self.headers.get("Authorization") or "").removeprefix("Bearer ").encode()
        with open(self.tokens) as file:
            lines = [line.split() for line in file if line.strip() and not line.startswith("#")]
        return {words[1] for words in lines if len(words) == 2 and hmac.compare_digest(words[0].encode(), given)}

    def do_POST(self):
        allowed = self.allowed()
        if not allowed:
            return self.answer(401, "expected a token that is known")
        try:
            count = int(self.headers["Content-Length"])
        except (TypeError, ValueError):
            return self.answer(411, "expected Content-Length")
        if not 0 <= count <= LIMIT:
            return self.answer(413, f"expected at most {LIMIT} bytes")
        try:
            report = json.loads(self.rfile.read(count))
            host, time = report["host"]["id"], report["time"]
            assert report["format"] == 1 and SAFE.fullmatch(host) and isinstance(time, str)
        except (ValueError, KeyError, TypeError, AssertionError):
            return self.answer(422, "expected a report as `lodestar schema report` says")
        if not {"*", host} & allowed:
            return self.answer(403, "the token is another host's")
        path = os.path.join(self.folder, "reports", f"{host}.json")
        try:
            with open(path) as file:
                last = json.load(file)["time"]
        except (OSError, ValueError, KeyError):
            last = ""
        # One that comes late changes nothing.
        if time >= last:
            if isinstance(report.get("facts"), dict):
                kept(os.path.join(self.folder, "facts"), f"{host}.json", report["facts"])
            kept(os.path.join(self.folder, "reports"), f"{host}.json", report)
        self.answer(204, "")

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Connection", "close")
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if status != 204 else b"")
        self.close_connection = True


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("folder", "tokens", "cert", "key"):
        options.add_argument(f"--{name}", required=True)
    options.add_argument("--address", default="0.0.0.0:8443")
    given = options.parse_args()
    Receiver.folder, Receiver.tokens = given.folder, given.tokens
    host, _, port = given.address.rpartition(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(given.cert, given.key)
    server = http.server.ThreadingHTTPServer((host, int(port)), Receiver)
    # The handshake is the thread's of the connection: who says nothing keeps nobody waiting.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(f"listening on {host}:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
