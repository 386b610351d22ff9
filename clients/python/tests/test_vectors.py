"""The rows that every client is tested by (`clients/vectors`)."""

import asyncio
import dataclasses
import itertools
import json
import os
import struct
import subprocess
import sys
import tempfile
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from mvpauth import AsyncClient, Client, _endpoint, _wire, errors
from mvpauth._generated import METHODS
from mvpauth._wire import BadLine, Framer, Notification

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
pytestmark = pytest.mark.skipif(not VECTORS.exists(), reason="needs the checkout's vectors")


def rows(name):
    file = VECTORS / f"{name}.jsonl"
    if not file.exists():
        return []
    found = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
    return [pytest.param(row, id=row["name"]) for row in found]


class Server:
    """`serve.py`, spoken to over its standard input and output."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, str(VECTORS / "serve.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.directory = tempfile.mkdtemp(prefix="mvpauth-")
        self.numbers = itertools.count()

    def ask(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def serve(self, steps):
        path = os.path.join(self.directory, f"{next(self.numbers)}.sock")
        assert self.ask(path=path, steps=steps)["ready"] == path
        return path


@pytest.fixture(scope="module")
def server():
    server = Server()
    yield server
    server.process.stdin.close()
    assert server.process.wait(10) == 0
    server.process.stdout.close()


def outcome_of(row, call):
    """What a call gave, in the words of a row's `outcome`."""
    try:
        return {"result": call()}
    except errors.MvpAuthError as error:
        return {"code": error.code, "executed": error.executed}


def check_calls(server, row):
    report = server.ask(report=True)
    calls = [call["line"] for call in report["calls"]]
    assert [call["method"] for call in calls] == [row["method"]] * row["sends"]
    assert all(call["params"] == row["params"] for call in calls)
    assert len({call["id"] for call in calls}) == len(calls)
    keys = {call["meta"].get("idempotency_key") for call in calls}
    assert len(keys) == 1
    if row["key"] is not None:
        assert keys == {row["key"]}


@pytest.mark.parametrize("row", rows("retries"))
def test_retries_of_the_blocking_client(server, row):
    with Client(server.serve(row["steps"]), timeout=20) as auth:
        outcome = outcome_of(
            row, lambda: auth.call(row["method"], row["params"], idempotency_key=row["key"])
        )
    assert outcome == row["outcome"]
    check_calls(server, row)


@pytest.mark.parametrize("row", rows("retries"))
def test_retries_of_the_async_client(server, row):
    async def call():
        async with AsyncClient(server.serve(row["steps"]), timeout=20) as auth:
            return await auth.call(row["method"], row["params"], idempotency_key=row["key"])

    assert outcome_of(row, lambda: asyncio.run(call())) == row["outcome"]
    check_calls(server, row)


def plain(value):
    """A model as the rows have it: microseconds, text, lists."""
    if dataclasses.is_dataclass(value):
        return {name: plain(getattr(value, name)) for name in value.__slots__}
    if isinstance(value, datetime):
        return (value - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [plain(element) for element in value]
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    return value


def without_nulls(value):
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return [without_nulls(element) for element in value] if isinstance(value, list) else value


def arguments(params):
    return {"token" if name == "access_token" else name: value for name, value in params.items()}


OFFERED = [param for param in rows("methods") if param.values[0]["function"]]


@pytest.mark.parametrize("row", OFFERED)
def test_methods_of_both_clients(server, row):
    path = server.serve([{"reply": row["result"]}, {"reply": row["result"]}])
    with Client(path) as auth:
        value = getattr(auth, row["function"])(**arguments(row["params"]))
    assert without_nulls(plain(value)) == without_nulls(row["value"])

    async def call():
        async with AsyncClient(path) as auth:
            return await getattr(auth, row["function"])(**arguments(row["params"]))

    assert asyncio.run(call()) == value
    for sent in server.ask(report=True)["calls"]:
        assert sent["line"]["method"] == row["method"]
        assert without_nulls(sent["line"].get("params", {})) == without_nulls(row["params"])


def test_every_method_of_an_application_is_offered_and_known():
    assert len(OFFERED) >= 14
    offered = {param.values[0]["method"] for param in OFFERED}
    assert {name for name, method in METHODS.items() if method.role == "client"} <= offered
    assert offered <= METHODS.keys()
    for cls in (Client, AsyncClient):
        for param in OFFERED:
            assert getattr(cls, param.values[0]["function"]).__doc__


@pytest.mark.parametrize("row", rows("errors"))
def test_errors(row):
    error, expected = errors.from_wire(row["error"]), row["expected"]
    assert type(error).__name__ == expected["class"]
    assert error.code == (expected["code"] or "AUTH_ERROR")
    assert error.retry_after == (expected["retry_after_ms"] and expected["retry_after_ms"] / 1000)
    assert [field._asdict() for field in error.fields] == expected["fields"]
    for name in ("number", "message", "status", "retryable", "executed", "request_id"):
        assert getattr(error, name) == expected[name], name


@pytest.mark.parametrize("row", rows("endpoints"))
def test_endpoints(row, monkeypatch):
    paths = _endpoint.candidates(row["argument"], row["environment"])
    assert list(paths) == row["searched"]
    stat = os.stat

    def exists(path, *arguments, **named):
        if path not in paths:
            return stat(path, *arguments, **named)
        if path not in row["exists"]:
            raise FileNotFoundError(path)

    monkeypatch.setattr(os, "stat", exists)
    assert _endpoint.locate(paths).path == row["path"]


@pytest.mark.parametrize("row", rows("framing"))
def test_framing(row):
    framer = Framer(2 * 1024 * 1024)
    events, results = [], {}
    try:
        for chunk in row["chunks"]:
            data = bytes.fromhex(chunk["hex"]) if "hex" in chunk else chunk["text"].encode()
            for line in framer.feed(data * chunk.get("times", 1)):
                message = _wire.parse(line)
                if isinstance(message, Notification):
                    events.append({"notification": message.method})
                elif message.id[1:].isdigit():
                    events.append({"answer": int(message.id[1:])})
                    results[message.id] = message.result
    except BadLine:
        events.append({"close": True})
    expected = [dict(event) for event in row["events"]]
    for event in expected:
        if "result" in event:
            assert results[f"@{event['answer']}"] == event.pop("result")
    assert events == expected


@pytest.mark.parametrize("row", rows("strings"))
def test_strings(row):
    if "utf16" in row:
        units = struct.pack(f"<{len(row['utf16'])}H", *row["utf16"])
        text = units.decode("utf-16-le", "surrogatepass")
    else:
        # How Python says bytes that are not UTF-8, in file names for instance.
        text = bytes.fromhex(row["utf8"]).decode("utf-8", "surrogateescape")
    if row["sent"]:
        assert json.loads(_wire.encode([text]).decode("utf-8")) == [text]
        return
    with pytest.raises(errors.ValidationError) as caught:
        _wire.encode({"password": text})
    assert caught.value.executed is False
    assert [field.path for field in caught.value.fields] == ["password"]
