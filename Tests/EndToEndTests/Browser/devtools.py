"""A headless Chromium, driven through the DevTools protocol."""

import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import urllib.request
from contextlib import contextmanager


class Navigated(Exception):
    """The page that was asked is gone: another one is coming."""


class DevTools:
    """One page's DevTools connection: a WebSocket client (RFC 6455) of just the parts that this needs."""

    def __init__(self, port, target):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.reader = self.socket.makefile("rb")
        while self.reader.readline() not in (b"\r\n", b""):
            pass
        self.next_id = 0
        self.events = []

    def send(self, text):
        data = text.encode()
        mask = os.urandom(4)
        length = struct.pack("!B", 0x80 | len(data)) if len(data) < 126 else struct.pack("!BH", 0xFE, len(data))
        if len(data) > 65535:
            length = struct.pack("!BQ", 0xFF, len(data))
        self.socket.sendall(b"\x81" + length + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def receive(self):
        message = b""
        while True:
            head = self.reader.read(2)
            length = head[1] & 0x7F
            if length == 126:
                length = struct.unpack("!H", self.reader.read(2))[0]
            elif length == 127:
                length = struct.unpack("!Q", self.reader.read(8))[0]
            message += self.reader.read(length)
            if head[0] & 0x80:
                return json.loads(message)

    def call(self, method, **params):
        self.next_id += 1
        self.send(json.dumps({"id": self.next_id, "method": method, "params": params}))
        while True:
            message = self.receive()
            if message.get("id") == self.next_id:
                if "error" in message:
                    if "context" in message["error"]["message"] or "navigated" in message["error"]["message"]:
                        raise Navigated
                    raise SystemExit(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def run(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise SystemExit(f"the page threw: {result['exceptionDetails'].get('exception', {}).get('description')}")
        return result["result"].get("value")

    def wait(self, what, expression):
        for _ in range(200):
            try:
                value = self.run(expression)
            except Navigated:
                value = None
            if value:
                print("ok:", what)
                return value
            time.sleep(0.05)
        raise SystemExit(f"did not happen: {what}")

    def screenshot(self, path):
        data = self.call("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def keeps_to_itself(self, base):
        """Fails when the page broke its own policy, or loaded something from elsewhere."""
        for event in self.events:
            entry = event.get("params", {}).get("entry", {})
            if entry.get("source") == "security" or "Content Security Policy" in entry.get("text", ""):
                raise SystemExit(f"the policy was broken: {entry['text']}")
            url = event.get("params", {}).get("request", {}).get("url", base)
            if not url.startswith((base, "data:")):
                raise SystemExit(f"something was loaded from elsewhere: {url}")


@contextmanager
def browser():
    """The DevTools connection of the first page of a new browser, which ends with the block."""
    profile = tempfile.mkdtemp()
    process = subprocess.Popen(
        [shutil.which("chromium"), "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
         f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        marker = os.path.join(profile, "DevToolsActivePort")
        for _ in range(600):
            if os.path.exists(marker) and open(marker).read().count("\n"):
                break
            time.sleep(0.05)
        port = int(open(marker).readline())
        targets = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=30))
        page = next(target for target in targets if target["type"] == "page")
        yield DevTools(port, page["webSocketDebuggerUrl"].split(str(port), 1)[1])
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(profile, ignore_errors=True)
