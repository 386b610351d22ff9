"""What apps reach through `auth.storage`, and the storages by name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
import warnings
from pathlib import Path

import pytest

from accounts import PASSWORD
from mvpauth import Auth, AuthConfig, create_auth
from mvpauth.core.exceptions import ConfigurationError, InvalidPasswordError, UnsupportedError
from mvpauth.storage.memory import InMemoryStorage
from mvpauth.storage.sqlalchemy import SQLAlchemyStorage
from mvpauth.testing import Daemon, ScriptedServer
from mvpauth.testing.private import find_daemon
from mvpauth.testing.scripted import error


async def test_repositories_answer_what_the_wire_can(auth: Auth, address: str) -> None:
    user = await auth.get_user_service().register(email=address, password=PASSWORD)
    users, sessions = auth.storage.user_repo, auth.storage.session_repo
    found = await users.get_by_id(user.id)
    assert found is not None
    assert (found.email, found.hashed_password) == (address, "")
    assert await users.get_by_id(uuid.uuid4()) is None
    assert await users.get_by_email(address.upper()) == found
    assert await users.get_by_email("nobody@example.org") is None
    for _ in range(2):
        await auth.get_auth_service().login(email=address, password=PASSWORD)
    first, second = await sessions.get_active_by_user(user.id)
    assert (first.user_id, first.refresh_token_hash) == (user.id, "")
    assert await sessions.get_by_id(first.id) == first
    await sessions.revoke(first.id)
    await sessions.revoke(first.id)
    assert await sessions.get_by_id(first.id) is None
    assert [s.id for s in await sessions.get_active_by_user(user.id)] == [second.id]
    assert await sessions.revoke_all_for_user(user.id) == 1
    assert await sessions.get_active_by_user(user.id) == []
    stranger = uuid.uuid4()
    assert await sessions.get_active_by_user(stranger) == []
    assert await sessions.revoke_all_for_user(stranger) == 0


async def test_a_daemon_without_the_look_up_says_what_to_use() -> None:
    with ScriptedServer([error("METHOD_NOT_FOUND")]) as server:
        auth = create_auth(config=AuthConfig(socket=server.socket))
        with pytest.raises(UnsupportedError, match="newer mvp-authd"):
            await auth.storage.user_repo.get_by_email("ada@example.org")


async def test_what_the_wire_cannot_names_the_replacement(auth: Auth) -> None:
    users, sessions = auth.storage.user_repo, auth.storage.session_repo
    blocklist, some = auth.storage.blocklist_repo, uuid.uuid4()
    for call, replacement in [
        (users.create(email="a@example.org", hashed_password="x"), "register"),
        (users.update(some, is_verified=True), "services"),
        (users.delete(some), "mvp-auth"),
        (sessions.get_by_id(some), "get_active_by_user"),
        (sessions.revoke(some), "get_active_by_user"),
        (blocklist.is_blocked("jti"), r"await auth\.verify\(token\)"),
        (blocklist.purge_expired(), "delete the call"),
    ]:
        with pytest.raises(UnsupportedError, match=replacement):
            await call


async def test_in_memory_storage_is_a_private_daemon_with_the_apps_policy() -> None:
    with pytest.warns(DeprecationWarning):
        config = AuthConfig(secret_key="k" * 40, min_password_length=12)
    async with create_auth(config=config, storage=InMemoryStorage()) as auth:
        users = auth.get_user_service()
        with pytest.raises(InvalidPasswordError):
            await users.register(email="ada@example.org", password="x8-y7-z6")
        await users.register(email="ada@example.org", password=PASSWORD)
        from mvpauth.core.tokens import decode_token

        pair = await auth.get_auth_service().login(email="ada@example.org", password=PASSWORD)
        assert decode_token(pair.access_token, secret_key="k" * 40).type == "access"
    other = create_auth(storage=InMemoryStorage())
    await other.get_user_service().register(email="ada@example.org", password=PASSWORD)
    await other.aclose()


async def test_a_dropped_storage_ends_its_daemon() -> None:
    auth = create_auth(storage=InMemoryStorage())
    await auth.ready()
    path = auth.client._settings.paths()[0]
    assert _listens(path)
    del auth
    assert not _listens(path)


def test_without_a_daemon_the_storage_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("MVP_AUTHD")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("mvpauth.testing.private.scripts_directory", lambda: str(tmp_path / "bin"))
    with pytest.raises(ConfigurationError, match="pip install mvp-auth-daemon.*StubAuth"):
        create_auth(storage=InMemoryStorage())
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "mvp-authd").touch(mode=0o755)
    assert find_daemon() == str(tmp_path / "bin" / "mvp-authd")
    monkeypatch.setenv("MVP_AUTHD", str(tmp_path / "gone"))
    with pytest.raises(ConfigurationError, match="MVP_AUTHD names .*gone"):
        create_auth(storage=InMemoryStorage())


_SCRIPT = """
import asyncio, os, sys
from mvpauth import create_auth
from mvpauth.storage.memory import InMemoryStorage
storage = InMemoryStorage()
auth = create_auth(storage=storage)
asyncio.run(auth.ready())
print(storage.client._settings.paths()[0], flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("ending", ["exit", "kill"])
def test_the_private_daemon_ends_with_its_process(ending: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _SCRIPT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    path = process.stdout.readline().strip()
    assert os.path.exists(path)
    assert _listens(path)
    if ending == "exit":
        process.stdin.close()
        assert process.wait(timeout=30) == 0
    else:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
        process.stdin.close()
    process.stdout.close()
    deadline = time.monotonic() + 20
    while _listens(path):
        assert time.monotonic() < deadline, "the daemon outlived its process"
        time.sleep(0.02)


def _listens(path: str) -> bool:
    import socket

    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
        return True


async def test_sqlalchemy_storage_runs_the_documented_set_up(
    private: Daemon, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("MVP_AUTH_SOCKET", private.socket)
    with pytest.warns(DeprecationWarning, match=r"Delete it, create_tables\(\)") as caught:
        db = SQLAlchemyStorage("postgresql+asyncpg://u:pw@localhost/app", echo=True)
    assert len(caught) == 1
    await db.create_tables()
    async with db.get_session() as session:
        await session.flush()
        await session.commit()
        await session.rollback()
        await session.close()
        with pytest.raises(UnsupportedError, match=r"no execute\(\)"):
            await session.execute("select 1")
        auth = create_auth(storage=db.request_storage(session))
        await auth.get_user_service().register(email=address, password=PASSWORD)
    with pytest.warns(UserWarning, match="says postgresql, the daemon keeps its accounts in mem"):
        await auth.ready()
    await auth.aclose()


async def test_a_url_of_the_daemons_kind_is_not_warned_of(private: Daemon) -> None:
    with pytest.warns(DeprecationWarning):
        storage = SQLAlchemyStorage("memory:")
    auth = create_auth(config=AuthConfig(socket=private.socket), storage=storage)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        await auth.ready()
    await auth.aclose()


@pytest.mark.slow
def test_the_storage_needs_no_sqlalchemy() -> None:
    script = (
        "import sys; sys.modules['sqlalchemy'] = None\n"
        "from mvpauth.storage.sqlalchemy import SQLAlchemyStorage\n"
        "SQLAlchemyStorage('sqlite:///x')"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True)
