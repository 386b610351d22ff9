"""A server that follows a script: for tests of what an app does when the daemon does not answer."""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mvpauth._generated import ERRORS

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["ScriptedServer", "Step", "cut", "delay", "error", "hang_up", "reply"]


class Step(NamedTuple):
    """What the server does with a call: made by the functions of this module."""

    action: str
    value: Any = None


def reply(result: Any) -> Step:
    """Answers with this result."""
    return Step("reply", result)


def error(code: str, *, executed: bool = False, retry_after: float | None = None) -> Step:
    """Answers with the error of this code; `retry_after` is in seconds."""
    known = ERRORS.get(code)
    data: dict[str, Any] = {
        "code": code,
        "retryable": known is not None and known.retryable,
        "executed": executed,
    }
    if retry_after is not None:
        data["retry_after_ms"] = int(retry_after * 1000)
    number = known.number if known is not None else 40000
    return Step("error", {"code": number, "message": code, "data": data})


def delay(seconds: float, then: Step) -> Step:
    """Waits before it does the next thing."""
    return Step("delay", (seconds, then))


def cut(count: int, result: Any) -> Step:
    """Sends so many bytes of the answer and hangs up."""
    return Step("cut", (count, result))


def hang_up() -> Step:
    """Closes the connection without an answer."""
    return Step("hang_up")


class ScriptedServer:
    """Speaks the wire and does with each call what the script says; then it hangs up.

    ```python
    with ScriptedServer([error("OVERLOADED", retry_after=0.01), reply({"pong": True})]) as server:
        Client(server.socket).ping()
    ```

    `system.hello` is answered by itself and takes no step. `calls` holds the methods and params
    that came.
    """

    def __init__(self, script: Sequence[Step]) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._script = list(script)
        self._lock = threading.Lock()
        self._directory = tempfile.mkdtemp(prefix="mvp-auth-")
        self.socket = os.path.join(self._directory, "mvp-auth.sock")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.socket)
        self._listener.listen(64)
        self._connections: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._script.clear()
            connections = list(self._connections)
        for end in (self._listener, *connections):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()
        self._thread.join(timeout=5)
        shutil.rmtree(self._directory, ignore_errors=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as lines:
                for line in lines:
                    call = json.loads(line)
                    if not self._answer(connection, call):
                        connection.shutdown(socket.SHUT_RDWR)
                        return
        except OSError:
            return
        finally:
            with self._lock:
                self._connections.discard(connection)

    def _answer(self, connection: socket.socket, call: dict[str, Any]) -> bool:
        """Does the next step; false to hang up."""
        method = call.get("method", "")
        if method == "system.hello":
            _send(connection, call, {"result": _HELLO})
            return True
        if "id" not in call:
            return True
        with self._lock:
            self.calls.append((method, call.get("params") or {}))
            step = self._script.pop(0) if self._script else hang_up()
        while step.action == "delay":
            time.sleep(step.value[0])
            step = step.value[1]
        if step.action in ("reply", "error"):
            member = "result" if step.action == "reply" else "error"
            _send(connection, call, {member: step.value})
            return True
        if step.action == "cut":
            connection.sendall(_line(call, {"result": step.value[1]})[: step.value[0]])
        return False


_HELLO = {
    "protocol": 1,
    "server": {"name": "scripted", "version": "0"},
    "instance_id": "scripted",
    "peer": {"uid": os.getuid(), "gid": os.getgid(), "app": None, "roles": ["client"]},
    "limits": {},
    "capabilities": [],
}


def _line(call: dict[str, Any], members: dict[str, Any]) -> bytes:
    answer = {"jsonrpc": "2.0", "id": call.get("id"), **members}
    return json.dumps(answer, separators=(",", ":")).encode() + b"\n"


def _send(connection: socket.socket, call: dict[str, Any], members: dict[str, Any]) -> None:
    connection.sendall(_line(call, members))
