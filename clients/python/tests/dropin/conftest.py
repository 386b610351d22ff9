"""Fixtures: a private daemon for the session, and what an app makes of it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count

import pytest

import daemons
from mvpauth import Auth, create_auth
from mvpauth.storage import Sidecar
from mvpauth.testing import Daemon

_numbers = count(1)

if (_binary := daemons.find()) is not None:
    os.environ["MVP_AUTHD"] = _binary


@pytest.fixture(scope="session", autouse=True)
def needs_a_daemon() -> None:
    """Nearly all of these tests have one behind them."""
    daemons.require()


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
