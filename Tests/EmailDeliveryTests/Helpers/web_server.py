"""A web server for tests, on a port of its own choosing. Says what it was sent as lines of JSON.

usage: web_server.py OPTIONS     a JSON object: certificate, key (with them it speaks TLS), secrets: base64 texts

The path says what it answers: a status, and behind it what goes with it (`/429/7`: Retry-After: 7).
"""
import base64
import hashlib
import hmac
import json
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

options = json.loads(sys.argv[1])


def say(**members):
    print(json.dumps(members), flush=True)


def known(headers, body):
    """For each signature, which of the secrets made it; by the text of standardwebhooks.com."""
    content = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    made = {
        "v1," + base64.b64encode(hmac.new(base64.b64decode(secret), content, hashlib.sha256).digest()).decode(): index
        for index, secret in enumerate(options.get("secrets", []))
    }
    return [made.get(signature, -1) for signature in headers["webhook-signature"].split(" ")]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        say(
            event="post", path=self.path, body=json.loads(body), signatures=known(self.headers, body),
            headers={name.lower(): value for name, value in self.headers.items()},
            age=abs(int(self.headers["webhook-timestamp"]) - int(time.time())), port=self.client_address[1],
        )
        words = self.path.strip("/").split("/")
        if words[0] == "slow":
            time.sleep(30)
        self.send_response(int(words[0]))
        if len(words) > 1 and words[0] in ("429", "503"):
            self.send_header("Retry-After", words[1].replace("_", " "))
        if words[0].startswith("3"):
            self.send_header("Location", "/200/redirected")
        content = b"x" * (int(words[2]) if len(words) > 2 else 2)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
        except OSError:
            pass

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
if options.get("certificate"):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options["certificate"], options["key"])
    server.socket = context.wrap_socket(server.socket, server_side=True)
say(event="ready", port=server.server_address[1])
server.serve_forever()
