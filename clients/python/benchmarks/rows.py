"""The rows of Python in `make bench-clients`. usage: rows.py SOCKET TOKEN SECONDS"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time

from mvpauth import AsyncClient, Client


def raw(path: str, token: str, seconds: float) -> list[float]:
    """What Python's socket module can do: the same line, nothing checked, nothing decoded."""
    call = {
        "jsonrpc": "2.0",
        "id": "1",
        "method": "token.verify",
        "params": {"access_token": token},
    }
    line = (json.dumps(call, separators=(",", ":")) + "\n").encode()
    times = []
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        end = time.perf_counter() + seconds
        while (began := time.perf_counter()) < end:
            connection.sendall(line)
            while not connection.recv(65536).endswith(b"\n"):
                pass
            times.append(time.perf_counter() - began)
    return times


def blocking(path: str, token: str, seconds: float) -> list[float]:
    times = []
    with Client(path) as auth:
        auth.ready()
        end = time.perf_counter() + seconds
        while (began := time.perf_counter()) < end:
            auth.verify(token)
            times.append(time.perf_counter() - began)
    return times


async def coroutine(path: str, token: str, seconds: float) -> list[float]:
    times = []
    async with AsyncClient(path) as auth:
        await auth.ready()
        end = time.perf_counter() + seconds
        while (began := time.perf_counter()) < end:
            await auth.verify(token)
            times.append(time.perf_counter() - began)
    return times


def show(name: str, times: list[float]) -> None:
    times.sort()
    row = {"name": name, "raw": "raw socket", "rate": len(times) / sum(times)}
    for field, share in (("p50", 50), ("p99", 99)):
        row[field] = times[len(times) * share // 100] * 1e6
    print(json.dumps(row))


if __name__ == "__main__":
    path, token, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    show("raw socket", raw(path, token, seconds))
    show("Client", blocking(path, token, seconds))
    show("AsyncClient", asyncio.run(coroutine(path, token, seconds)))
