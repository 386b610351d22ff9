"""Measures `verify` through the client, beside a raw socket, in one run. `make bench-python`.

Every row is measured in turns with the others, so that what else the machine does falls on all of
them alike; the median of the turns is printed.
"""

from __future__ import annotations

import asyncio
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

from mvpauth import AsyncClient, Client
from mvpauth.testing import Daemon

TURNS = 7
SECONDS = 0.4
IN_FLIGHT = 32
PASSWORD = "correct horse battery"


def main() -> None:
    with Daemon() as daemon:
        path = daemon.socket
        with Client(path) as auth:
            auth.register("ada@example.org", PASSWORD)
            token = auth.login("ada@example.org", PASSWORD).access_token
        print(f"Python {sys.version.split()[0]}, {TURNS} turns of {SECONDS} s each")
        rows = measure(path, token)
    base = rows["raw socket"]
    print(f"\n{'verify':<34}{'a call':>12}{'calls/s':>12}{'of raw':>9}")
    for name, rate in rows.items():
        share = rate / (base if IN_ONE not in name else rows[f"raw socket{IN_ONE}"])
        print(f"{name:<34}{1e6 / rate:>9.1f} µs{rate:>12,.0f}{share:>8.0%}")
    print()
    for statement in ("import mvpauth", "import mvpauth.client", "from mvpauth import AsyncClient"):
        print(f"cold {statement:<40}{cold(statement) * 1000:>9.1f} ms")


IN_ONE = f", {IN_FLIGHT} in flight"


def measure(path: str, token: str) -> dict[str, float]:
    """Calls per second by name, the median of the turns."""
    with Client(path) as auth:
        ways: dict[str, Callable[[], float]] = {
            "raw socket": lambda: raw(path, token, 1),
            "Client": lambda: blocking(auth, token),
            "AsyncClient": lambda: asyncio.run(coroutine(path, token, 1)),
            f"raw socket{IN_ONE}": lambda: raw(path, token, IN_FLIGHT),
            f"AsyncClient{IN_ONE}": lambda: asyncio.run(coroutine(path, token, IN_FLIGHT)),
        }
        try:
            import uvloop
        except ImportError:
            print("uvloop is not installed: its rows are left out")
        else:
            for tasks, suffix in ((1, ""), (IN_FLIGHT, IN_ONE)):
                ways[f"AsyncClient on uvloop{suffix}"] = partial(
                    lambda count: uvloop.run(coroutine(path, token, count)), tasks
                )
        rates: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(TURNS):
            for name, way in ways.items():
                rates[name].append(way())
    return {name: statistics.median(values) for name, values in rates.items()}


def raw(path: str, token: str, at_once: int) -> float:
    """What Python's socket module can do: the same lines, nothing checked, nothing decoded."""
    call = {"jsonrpc": "2.0", "id": "1", "method": "token.verify", "params": {}}
    call["params"] = {"access_token": token}
    lines = (json.dumps(call, separators=(",", ":")) + "\n").encode() * at_once
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        count = 0
        began = time.perf_counter()
        while (passed := time.perf_counter() - began) < SECONDS:
            connection.sendall(lines)
            left = at_once
            while left:
                left -= connection.recv(65536).count(b"\n")
            count += at_once
    return count / passed


def blocking(auth: Client, token: str) -> float:
    count = 0
    began = time.perf_counter()
    while (passed := time.perf_counter() - began) < SECONDS:
        auth.verify(token)
        count += 1
    return count / passed


async def coroutine(path: str, token: str, tasks: int) -> float:
    async with AsyncClient(path) as auth:
        await auth.ready()
        count = 0
        began = time.perf_counter()

        async def work() -> None:
            nonlocal count
            while time.perf_counter() - began < SECONDS:
                await auth.verify(token)
                count += 1

        await asyncio.gather(*(work() for _ in range(tasks)))
        return count / (time.perf_counter() - began)


def cold(statement: str) -> float:
    """Seconds that an import takes in a new process whose bytecode is there."""
    script = (
        f"import time; began = time.perf_counter(); {statement}; print(time.perf_counter() - began)"
    )
    command = [sys.executable, "-c", script]
    times = [float(subprocess.check_output(command)) for _ in range(6)]
    return statistics.median(times[1:])


if __name__ == "__main__":
    main()
