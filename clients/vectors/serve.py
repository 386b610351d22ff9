#!/usr/bin/env python3
"""The scripted server that every client's suite is run against: it answers as a script says.

A suite starts it once, `python3 clients/vectors/serve.py`, and talks to it over its standard input
and output, one JSON text a line each way. It ends at the end of its input. Python 3.10 or later,
nothing to install.

  {"path": "/tmp/a.sock", "steps": [...]}
      Serves the steps on a new socket at this path, in a directory that only the suite may write;
      what was served before is over. Answered with
      {"ready": path} once clients may connect, or be refused.
  {"report": true}
      Answered with {"calls": [...], "notifications": [...], "hellos": n, "connections": n,
      "open": n, "left": [...]}: the calls that arrived, in order, as {"connection": n, "line":
      {...}}, and so what asks for no answer; how many hellos and connections there were, how many
      of these are open, and which steps were not reached.
  {"wait": "calls" | "hellos" | "connections" | "notifications", "count": n, "seconds": s}
      Answered like a report as soon as there are so many of them, or after the seconds.

A hello is answered by itself and is no step. A notification such as `system.cancel` is recorded and
never answered. The steps of a script are done one after the other, on
the connection whose call they are about. From `reply` on they wait for a call when none is waiting,
but for the last two:

  {"refuse": ms}        nobody listens for so long (ECONNREFUSED); first step only
  {"backlog": ms}       nobody accepts for so long, behind a backlog of one (EAGAIN); first step only
  {"delay": ms}         nothing for so long
  {"expect": true}      waits for a call, and leaves it waiting
  {"reply": value}      answers the call that has waited longest with this result
  {"raw": text}         sends the text as it is; "@1" in it is the id of the first call, and so on
  {"chunks": [...]}     sends the pieces of a row of framing.jsonl, with a pause between them; like
                        a raw text they answer one call, or as many as `answers` beside them says
  {"error": object}     answers it with this `error`
  {"cut": n}            sends the first n bytes of an answer, or all but the last -n, and hangs up
  {"eof": true}         hangs up without an answer
  {"draining": true}    says that the daemon is draining; the call is left waiting
  {"eof": "hello"}      hangs up on the next hello
  {"hello_error": object}  answers the next hello with this `error`

A call after the last step is answered with INTERNAL_ERROR, so that no client waits in vain.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import traceback
from typing import Any

HELLO = {
    "protocol": 1,
    "server": {"name": "mvp-auth", "version": "1.0.0"},
    "instance_id": "0123456789abcdef",
    "peer": {"uid": 0, "gid": 0, "app": "default", "roles": ["client", "trusted"]},
    "limits": {
        "line_bytes": 65536,
        "reply_bytes": 1048576,
        "batch_calls": 100,
        "nesting": 32,
        "calls_in_flight": 64,
    },
    "capabilities": ["cancel"],
    "openrpc_sha256": "0" * 64,
}
SURPLUS = {
    "code": -32603,
    "message": "The script has no answer to this call.",
    "data": {"code": "INTERNAL_ERROR", "retryable": False, "executed": True},
}
OF_LISTENERS = ("refuse", "backlog")
LONGEST_LINE = 16 * 1024 * 1024


class Connection:
    """A client's connection, and what of its lines is still to be read."""

    def __init__(self, number: int, writer: asyncio.StreamWriter) -> None:
        self.number = number
        self.writer = writer
        self.is_open = True

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        try:
            await self.writer.drain()
        except OSError:
            pass

    def hang_up(self) -> None:
        self.is_open = False
        self.writer.close()


class Script:
    """One script, served on one socket."""

    def __init__(self, path: str, steps: list[dict[str, Any]]) -> None:
        self.path = path
        self.steps = list(steps)
        self.calls: list[dict[str, Any]] = []
        self.notifications: list[dict[str, Any]] = []
        self.waiting: list[tuple[Connection, Any]] = []
        self.ids: list[Any] = []
        self.hellos = 0
        self.connections: list[Connection] = []
        self.changed = asyncio.Condition()
        self.tasks: list[asyncio.Task[None]] = []
        self.server: asyncio.Server | None = None
        self.last: Connection | None = None

    async def start(self) -> None:
        """Binds, so that the path exists, and listens now or when the first step says."""
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.path)
        first = self.steps[0] if self.steps else {}
        if "backlog" in first:
            listener.listen(0)
        if any(name in first for name in OF_LISTENERS):
            self.tasks.append(asyncio.create_task(self.open_later(listener)))
        else:
            await self.open(listener)

    async def open_later(self, listener: socket.socket) -> None:
        step = self.steps.pop(0)
        await asyncio.sleep(next(step[name] for name in OF_LISTENERS if name in step) / 1000)
        await self.open(listener)

    async def open(self, listener: socket.socket) -> None:
        self.server = await asyncio.start_unix_server(
            self.accept, sock=listener, limit=LONGEST_LINE, backlog=128
        )
        self.tasks.append(asyncio.create_task(self.run()))

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        if self.server is not None:
            self.server.close()
        for connection in self.connections:
            if connection.is_open:
                connection.hang_up()
        if os.path.exists(self.path):
            os.unlink(self.path)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(len(self.connections) + 1, writer)
        self.connections.append(connection)
        await self.tell()
        try:
            while line := await reader.readline():
                if line.strip():
                    await self.take(connection, json.loads(line))
        except (OSError, ValueError):
            pass
        finally:
            connection.is_open = False
            self.waiting = [item for item in self.waiting if item[0] is not connection]
            writer.close()

    async def take(self, connection: Connection, line: dict[str, Any]) -> None:
        if "id" not in line:
            self.notifications.append({"connection": connection.number, "line": line})
        elif line.get("method") == "system.hello":
            self.hellos += 1
            await self.greet(connection, line["id"])
        else:
            self.calls.append({"connection": connection.number, "line": line})
            self.ids.append(line["id"])
            self.waiting.append((connection, line["id"]))
        await self.tell()

    async def greet(self, connection: Connection, call_id: Any) -> None:
        step = self.steps[0] if self.steps else {}
        if step.get("eof") == "hello":
            self.steps.pop(0)
            connection.hang_up()
        elif "hello_error" in step:
            self.steps.pop(0)
            await connection.send(encoded({"id": call_id, "error": step["hello_error"]}))
        else:
            await connection.send(encoded({"id": call_id, "result": HELLO}))

    async def tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def until(self, condition: Any) -> None:
        async with self.changed:
            await self.changed.wait_for(condition)

    async def run(self) -> None:
        """Does the steps, then answers what comes besides."""
        try:
            await self.do_steps()
            while True:
                await self.until(lambda: bool(self.waiting))
                await self.answer({"error": SURPLUS})
        except Exception:
            traceback.print_exc()
            os._exit(1)

    async def do_steps(self) -> None:
        """Does the steps. Those about hellos are done where hellos are answered."""
        handled = 0
        while self.steps:
            step = self.steps[0]
            if step.get("eof") == "hello" or "hello_error" in step:
                await self.until(lambda: not self.steps or self.steps[0] is not step)
                continue
            if "delay" in step:
                await asyncio.sleep(step["delay"] / 1000)
            elif "expect" in step:
                handled += 1
                await self.until(lambda: len(self.calls) >= handled)
            else:
                await self.until(lambda: bool(self.waiting))
                handled = max(handled, len(self.calls) - len(self.waiting) + 1)
                await self.answer(step)
            self.steps.pop(0)

    async def answer(self, step: dict[str, Any]) -> None:
        connection, call_id = self.waiting[0]
        if "draining" in step:
            note = {"method": "system.draining", "params": {}}
            await connection.send(encoded(note))
            return
        if "raw" in step or "chunks" in step:
            for piece in pieces(step, self.ids):
                await connection.send(piece)
                await asyncio.sleep(0.01 if "chunks" in step else 0)
            for _ in range(step.get("answers", 1)):
                if self.waiting:
                    self.waiting.pop(0)
            return
        self.waiting.pop(0)
        if "reply" in step:
            await connection.send(encoded({"id": call_id, "result": step["reply"]}))
        elif "error" in step:
            await connection.send(encoded({"id": call_id, "error": step["error"]}))
        elif "cut" in step:
            line = encoded({"id": call_id, "result": {"message": "never seen as a whole"}})
            await connection.send(line[: step["cut"]])
            connection.hang_up()
        elif "eof" in step:
            connection.hang_up()
        else:
            raise ValueError(f"there is no step {step}")

    def report(self) -> dict[str, Any]:
        return {
            "calls": self.calls,
            "notifications": self.notifications,
            "hellos": self.hellos,
            "connections": len(self.connections),
            "open": sum(connection.is_open for connection in self.connections),
            "left": self.steps,
        }

    async def wait(self, what: str, count: int, seconds: float) -> dict[str, Any]:
        def size() -> int:
            value = self.report()[what]
            return len(value) if isinstance(value, list) else value

        try:
            await asyncio.wait_for(self.until(lambda: size() >= count), seconds)
        except (TimeoutError, asyncio.TimeoutError):
            pass
        return self.report()


def encoded(members: dict[str, Any]) -> bytes:
    text = json.dumps({"jsonrpc": "2.0", **members}, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n"


def pieces(step: dict[str, Any], ids: list[Any]) -> list[bytes]:
    """The bytes of a `raw` or of `chunks`, with the ids of the calls in their places."""
    chunks = step.get("chunks") or [{"text": step["raw"]}]
    made = []
    for chunk in chunks:
        if "hex" in chunk:
            data = bytes.fromhex(chunk["hex"])
        else:
            text = chunk["text"]
            for number, call_id in enumerate(ids, start=1):
                text = text.replace(f'"@{number}"', json.dumps(call_id))
            data = text.encode()
        made.append(data * chunk.get("times", 1))
    return made


async def main() -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    script: Script | None = None
    while line := await reader.readline():
        order = json.loads(line)
        if "steps" in order:
            if script is not None:
                await script.stop()
            script = Script(order["path"], order["steps"])
            await script.start()
            answer: dict[str, Any] = {"ready": script.path}
        elif script is None:
            answer = {"error": "no script is being served"}
        elif "wait" in order:
            answer = await script.wait(order["wait"], order["count"], order.get("seconds", 10))
        else:
            answer = script.report()
        print(json.dumps(answer), flush=True)
    if script is not None:
        await script.stop()


if __name__ == "__main__":
    asyncio.run(main())
