"""The pytest plugin: the fixture `mvp_auth_daemon`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .private import Daemon


@pytest.fixture
def mvp_auth_daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    """A private daemon for one test, found by clients without arguments.

    `mvp_auth_daemon.email(address)` waits for a message and gives its token.
    """
    # Here, because pytest loads the plugin in every environment that has the package.
    from .private import daemon

    with daemon() as private:
        monkeypatch.setenv("MVP_AUTH_SOCKET", private.socket)
        yield private
