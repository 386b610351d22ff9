"""Fixtures: a private daemon for the session, and what an app makes of it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from mvpauth import Auth, create_auth
from mvpauth.storage import Sidecar
from mvpauth.testing import Daemon

PASSWORD = "correct horse battery"

_CHECKOUT = Path(__file__).resolve().parents[4]
_numbers = count(1)

if "MVP_AUTHD" not in os.environ:
    for _build in ("release", "debug"):
        _binary = _CHECKOUT / ".build" / _build / "mvp-authd"
        if _binary.exists():
            os.environ["MVP_AUTHD"] = str(_binary)
            break


@pytest.fixture(scope="session")
def private() -> Iterator[Daemon]:
    """A daemon that the tests of this directory share."""
    with Daemon() as daemon:
        yield daemon


@pytest.fixture
async def auth(private: Daemon) -> AsyncIterator[Auth]:
    """What `create_auth` makes for the shared daemon."""
    async with create_auth(storage=Sidecar(private.socket)) as auth:
        yield auth


@pytest.fixture
def new_address() -> Callable[[], str]:
    """Gives addresses that no other test uses."""
    return lambda: f"ada{next(_numbers)}@example.org"


@pytest.fixture
def address(new_address: Callable[[], str]) -> str:
    """An address that no other test uses."""
    return new_address()
