"""Called by git-judge.py: WORK KEY PORT. Serves git repositories by git http-backend over TLS; /away.git is a redirect. With a file
WORK/slow each answer waits so many seconds, with WORK/drip it comes byte by byte, one a second."""
import http.server
import os
import ssl
import subprocess
import sys
import time

work, key, port = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass

    def do_GET(self):
        if os.path.exists(f"{work}/slow"):
            time.sleep(float(open(f"{work}/slow").read()))
        if self.path.startswith("/away.git"):
            self.send_response(302)
            self.send_header("Location", self.path.replace("/away.git", "/remote.git"))
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        environment = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": work, "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path, "QUERY_STRING": query,
            "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type") or "", "CONTENT_LENGTH": str(len(body)),
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "", "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
        }
        answer = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True).stdout
        head, _, rest = answer.partition(b"\r\n\r\n")
        status, headers = 200, []
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(": ")
            if name == "Status":
                status = int(value.split()[0])
            else:
                headers.append((name, value))
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        for byte in rest if os.path.exists(f"{work}/drip") else []:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(1)
        if not os.path.exists(f"{work}/drip"):
            self.wfile.write(rest)

    do_POST = do_GET


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{key}.pem", f"{key}.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
