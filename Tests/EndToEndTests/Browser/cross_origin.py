"""Calls the routes from pages of other origins in a headless Chromium.

usage: cross_origin.py PAGE_PORT BASE_URL HOST...
Serves a page on PAGE_PORT of this host and opens it under each HOST. Prints a line for each: the host and what the page
could read of the answers.
"""

import html
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, base, hosts = int(sys.argv[1]), sys.argv[2], sys.argv[3:]

PAGE = """<!doctype html><meta charset="utf-8"><p id="seen">nothing</p><script>
async function ask(path, options) {
    try {
        const answer = await fetch("%s" + path, options);
        const body = await answer.json();
        const fields = ["WWW-Authenticate", "X-Request-ID"].filter(name => answer.headers.get(name));
        return [answer.status, body.code].concat(fields).join(" ");
    } catch (error) { return error.name; }
}
(async () => {
    const json = {"Content-Type": "application/json", "Idempotency-Key": "0123456789abcdef"};
    const body = JSON.stringify({email: "nobody@example.org", password: "no such battery"});
    const seen = [
        await ask("/auth/login", {method: "POST", headers: json, body}),
        await ask("/auth/me", {headers: {Authorization: "Bearer x.y.z"}}),
        await ask("/auth/sessions/x", {method: "DELETE", headers: {Authorization: "Bearer x.y.z"}}),
        await ask("/authz", {headers: {Authorization: "Bearer x.y.z"}}),
    ];
    document.getElementById("seen").textContent = seen.join("; ");
})();
</script>""" % base


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *words):
        pass


server = ThreadingHTTPServer(("127.0.0.1", port), Page)
threading.Thread(target=server.serve_forever, daemon=True).start()
for host in hosts:
    with tempfile.TemporaryDirectory() as profile:
        document = subprocess.run(
            [shutil.which("chromium"), "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
             "--virtual-time-budget=20000", "--dump-dom", f"http://{host}:{port}/"],
            capture_output=True, text=True, timeout=80,
        ).stdout
    seen = re.search(r'<p id="seen">(.*?)</p>', document)
    print(f"{host}: {html.unescape(seen.group(1)) if seen else document[:200]}", flush=True)
