"""A daemon that does what a test tells it to, line by line."""

from __future__ import annotations

import json
import os
import socket
import tempfile
import threading
from collections.abc import Callable
from typing import Any

HELLO = {
    "protocol": 1,
    "server": {"name": "mvp-auth", "version": "1.0.0"},
    "instance_id": "0123456789abcdef",
    "peer": {"uid": 0, "gid": 0, "app": "fake", "roles": ["client"]},
    "limits": {"line_bytes": 65536, "reply_bytes": 1048576, "calls_in_flight": 64},
    "capabilities": ["cancel"],
    "openrpc_sha256": "0" * 64,
}


class Peer:
    """One accepted connection."""

    def __init__(self, fake: Fake, sock: socket.socket) -> None:
        self.fake = fake
        self.sock = sock
        self._lines = sock.makefile("rb")

    def read(self) -> dict[str, Any] | None:
        """The next call; None when the client has gone."""
        try:
            line = self._lines.readline()
        except OSError:
            return None
        if not line.endswith(b"\n"):
            return None
        call: dict[str, Any] = json.loads(line)
        self.fake.calls.append(call)
        return call

    def send(self, data: bytes) -> None:
        try:
            self.sock.sendall(data)
        except OSError:
            pass

    def reply(self, call: dict[str, Any], result: Any) -> None:
        if "id" in call:
            self.send(line({"jsonrpc": "2.0", "id": call["id"], "result": result}))

    def fail(self, call: dict[str, Any], code: str, number: int, **data: Any) -> None:
        data = {"code": code, "retryable": False, "executed": False, **data}
        error = {"code": number, "message": code.lower(), "data": data}
        self.send(line({"jsonrpc": "2.0", "id": call["id"], "error": error}))

    def notify(self, method: str, params: Any = None) -> None:
        self.send(line({"jsonrpc": "2.0", "method": method, "params": params}))

    def hello(self) -> bool:
        """Answers the hello that every client says first."""
        call = self.read()
        if call is None:
            return False
        assert call["method"] == "system.hello"
        self.reply(call, {**HELLO, "limits": {**HELLO["limits"], **self.fake.limits}})
        return True

    def close(self) -> None:
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._lines.close()
        self.sock.close()


def line(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def echo(peer: Peer) -> None:
    """Answers each call with what belongs to its params."""
    while (call := peer.read()) is not None:
        peer.reply(call, answer(call))


def silent(peer: Peer) -> None:
    """Reads and never answers."""
    while peer.read() is not None:
        pass


def answer(call: dict[str, Any]) -> Any:
    params = call.get("params") or {}
    token = params.get("access_token", "")
    if call["method"] == "user.get_current_user":
        return user(f"{token}@example.org")
    if call["method"] == "user.register":
        return user(params["email"])
    if call["method"] in ("auth.login", "auth.refresh"):
        return pair(params.get("email") or params["refresh_token"])
    if call["method"] == "token.verify":
        return payload(token)
    if call["method"] == "system.ping":
        return {"pong": True}
    if call["method"] == "system.health":
        return {"status": "ok", "store": "ok"}
    return {"message": "Done."}


def user(email: str) -> dict[str, Any]:
    return {
        "id": "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10",
        "email": email,
        "is_active": True,
        "is_verified": False,
        "created_at": "2026-03-01T12:00:00Z",
        "updated_at": "2026-03-01T12:00:00Z",
    }


def pair(name: str, expires_in: int = 900) -> dict[str, Any]:
    return {
        "access_token": f"access-{name}",
        "refresh_token": f"refresh-{name}",
        "token_type": "bearer",
        "expires_in": expires_in,
    }


def payload(jti: str) -> dict[str, Any]:
    return {
        "sub": "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10",
        "jti": jti,
        "type": "access",
        "session_id": "c2a1e0f4-6d5b-4b8a-8f3c-1e2d3c4b5a69",
        "iat": 1772366400,
        "exp": 1772367300,
    }


class Fake:
    """Listens on a socket of its own; each connection runs the script in a thread."""

    def __init__(
        self,
        script: Callable[[Peer], None] = echo,
        *,
        backlog: int = 128,
        path: str | None = None,
        greets: bool = True,
        held: bool = False,
        limits: dict[str, int] | None = None,
    ) -> None:
        self.script = script
        self.greets = greets
        self.limits = limits or {}
        self.calls: list[dict[str, Any]] = []
        self.peers: list[Peer] = []
        self.path = path or os.path.join(tempfile.mkdtemp(prefix="mvpauth-"), "mvp-auth.sock")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen(backlog)
        self._gate = threading.Event()
        if not held:
            self._gate.set()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def release(self) -> None:
        """Accepts from now on, after it was held."""
        self._gate.set()

    def methods(self) -> list[str]:
        """The methods that were called, without hello."""
        return [call["method"] for call in self.calls if call["method"] != "system.hello"]

    def close(self) -> None:
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._gate.set()
        self._listener.close()
        if os.path.exists(self.path):
            os.unlink(self.path)
        for peer in self.peers:
            peer.close()

    def __enter__(self) -> Fake:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            self._gate.wait()
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            peer = Peer(self, sock)
            self.peers.append(peer)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: Peer) -> None:
        try:
            if not self.greets or peer.hello():
                self.script(peer)
        except (OSError, ValueError):
            pass
        finally:
            peer.close()
