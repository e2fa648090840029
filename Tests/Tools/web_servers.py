"""Servers on loopback for web-judge.py and report-judge.py: certificates, a web server that misbehaves as it is told, a proxy."""
import base64
import os
import socket
import ssl
import subprocess
import threading
import time


def openssl(*words, cwd):
    subprocess.run(("openssl",) + words, cwd=cwd, check=True, capture_output=True)


def authority(folder, name):
    """Makes folder/name.pem and name.key."""
    os.makedirs(folder, exist_ok=True)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem",
            "-subj", f"/CN={name}", "-days", "30", "-addext", "keyUsage=critical,keyCertSign", cwd=folder)


def certificate(folder, name, by, names, start="20200101000000Z", end="20400101000000Z"):
    """Makes folder/name.pem and name.key, signed by an authority."""
    with open(f"{folder}/{name}.conf", "w") as file:
        file.write(f"[ca]\ndefault_ca=x\n[x]\ndatabase={name}.index\nserial={name}.serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n"
                   f"x509_extensions=e\n[p]\ncommonName=supplied\n[e]\nsubjectAltName={names}\n")
    open(f"{folder}/{name}.index", "w").close()
    with open(f"{folder}/{name}.serial", "w") as file:
        file.write("%032x\n" % int.from_bytes(os.urandom(8), "big"))
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}", cwd=folder)
    openssl("ca", "-batch", "-notext", "-config", f"{name}.conf", "-cert", f"{by}.pem", "-keyfile", f"{by}.key", "-in", f"{name}.csr",
            "-out", f"{name}.pem", "-startdate", start, "-enddate", end, cwd=folder)


class Listener:
    """A thread for each connection; `port` is one that was free."""

    def __init__(self, serve, pem=None):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.context = None
        if pem:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(f"{pem}.pem", f"{pem}.key")
        self.serve, self.isOpen = serve, True
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while self.isOpen:
            connection, _ = self.socket.accept()
            if not self.isOpen:
                connection.close()
                return
            threading.Thread(target=self.handle, args=(connection,), daemon=True).start()

    def handle(self, connection):
        try:
            connection.settimeout(60)
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            self.serve(connection)
            if self.context:
                connection.unwrap()
        except (OSError, ValueError):
            pass
        finally:
            connection.close()


def head(connection):
    """The first line of a request, and its fields."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            raise OSError("ended")
        data += more
    first, _, rest = data.partition(b"\r\n\r\n")
    lines = first.decode("latin-1").split("\r\n")
    fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    body = rest
    while len(body) < int(fields.get("content-length", 0)):
        body += connection.recv(65536)
    return lines[0], fields, body


def answer(status, fields, body=b""):
    lines = [f"HTTP/1.1 {status} x"] + [f"{name}: {value}" for name, value in {"Content-Length": len(body), "Connection": "close", **fields}.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class FileServer:
    """Serves one file under each path, with ETag and Range; `mode` tells how it misbehaves, `seen` what it was asked."""

    def __init__(self, data=b"", tag='"1"'):
        self.data, self.tag, self.mode, self.seen = data, tag, "good", []

    def __call__(self, connection):
        line, fields, _ = head(connection)
        self.seen.append((line.split(" ")[1], fields))
        mode, data = self.mode, self.data
        if callable(mode):
            return mode(self, connection, line.split(" ")[1], fields)
        if isinstance(mode, int):
            return connection.sendall(answer(mode, {}, b"no"))
        extra = {"ETag": self.tag} if self.tag else {}
        if self.tag and fields.get("if-none-match") == self.tag:
            return connection.sendall(answer(304, extra))
        start = 0
        if "range" in fields and fields.get("if-range") == self.tag:
            start = int(fields["range"].split("=")[1].rstrip("-"))
            if start >= len(data):
                return connection.sendall(answer(416, extra))
            extra["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        connection.sendall(answer(206 if start else 200, extra, data[start:]))


def cut(count):
    """Ends after so many bytes of what was to come, once; then the server is good again."""
    def serve(server, connection, path, fields):
        server.mode = "good"
        connection.sendall(answer(200, {"ETag": server.tag, "Content-Length": len(server.data)}, server.data[:count]))
        connection.close()
    return serve


def raw(*pieces, every=0.0):
    """Sends bytes, and then ends."""
    def serve(server, connection, path, fields):
        for piece in pieces:
            for part in piece if not isinstance(piece, bytes) else [piece]:
                connection.sendall(part)
                time.sleep(every)
    return serve


class Proxy:
    """A proxy that leads to hosts by CONNECT; every name is this host."""

    def __init__(self, account=None):
        self.account, self.seen = account, []

    def __call__(self, connection):
        line, fields, _ = head(connection)
        method, place, _ = line.split(" ")
        self.seen.append(line)
        wanted = "Basic " + base64.b64encode(self.account.encode()).decode() if self.account else None
        if method != "CONNECT" or fields.get("proxy-authorization") != wanted:
            return connection.sendall(answer(407, {}))
        with socket.create_connection(("127.0.0.1", int(place.rpartition(":")[2]))) as other:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            thread = threading.Thread(target=pump, args=(other, connection), daemon=True)
            thread.start()
            pump(connection, other)
            thread.join()


def pump(one, other):
    try:
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        pass
