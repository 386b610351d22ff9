"""Fixtures: the real daemon for the session, one event loop or the other."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from itertools import count

import pytest

import daemons

_numbers = count(1)


@pytest.fixture(scope="session")
def daemon() -> Iterator[daemons.Daemon]:
    """A daemon that the whole session shares."""
    daemons.require()
    with daemons.Daemon() as daemon:
        yield daemon


@pytest.fixture
def email() -> str:
    """An address that no other test uses."""
    return f"user{next(_numbers)}-{os.getpid()}@example.org"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' machine may have a daemon of its own."""
    for name in ("MVP_AUTH_SOCKET", "MVP_AUTH_RUNTIME_DIR", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)


if os.environ.get("MVPAUTH_TEST_LOOP") == "uvloop":
    import uvloop

    @pytest.fixture(scope="session")
    def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
        return uvloop.EventLoopPolicy()
