"""What apps test with: the private daemon, the plugin, the stubs and the scripted server."""

from __future__ import annotations

import os
import textwrap
import time

import pytest

from accounts import PASSWORD
from mvpauth import AsyncClient, Client
from mvpauth.core.exceptions import (
    ConfigurationError,
    DeadlineExceededError,
    InvalidCredentialsError,
    RateLimitedError,
    ServiceUnavailableError,
    SessionNotFoundError,
    TokenInvalidError,
    TokenRevokedError,
    UserExistsError,
    UserNotFoundError,
)
from mvpauth.testing import Daemon, ScriptedServer, StubAuth, StubClient, daemon
from mvpauth.testing.scripted import cut, delay, error, hang_up, reply

pytest_plugins = ["pytester"]

PONG = {"pong": True, "time": "2026-03-01T12:00:00Z"}


def test_a_daemon_has_its_own_settings_and_ends() -> None:
    with daemon(AUTH_MIN_PASSWORD_LENGTH="20") as private:
        directory = private.directory
        assert os.stat(directory).st_mode & 0o777 == 0o700
        with private.client() as client:
            user = client.register("ada@example.org", "twenty characters, or more")
            assert user.email == "ada@example.org"
        assert private.email("ada@example.org").event == "verification_email"
        assert private.email("ada@example.org").token not in repr(private.emails)
        with pytest.raises(DeadlineExceededError, match="No message to bob"):
            private.email("bob@example.org", timeout=0.05)
    assert not directory.exists()


def test_a_daemon_with_files_can_be_restarted() -> None:
    with Daemon() as private:
        private.stop()
        private.settings["AUTH_DATABASE_URL"] = f"sqlite://{private.directory}/auth.db"
        private.start()
        with private.client() as client:
            client.register("ada@example.org", PASSWORD)
            private.stop()
            private.start()
            assert client.login("ada@example.org", PASSWORD).expires_in == 900


def test_a_daemon_that_does_not_start_says_why() -> None:
    private = Daemon({"AUTH_MIN_PASSWORD_LENGTH": "many"})
    with pytest.raises(ConfigurationError, match="AUTH_MIN_PASSWORD_LENGTH"):
        private.start()
    private.close()


def test_the_apps_environment_does_not_reach_the_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_MIN_PASSWORD_LENGTH", "many")
    monkeypatch.setenv("MVP_AUTH_RUNTIME_DIR", "/nonexistent")
    monkeypatch.setenv("LISTEN_FDS", "1")
    with daemon() as private, private.client() as client:
        client.ping()


async def test_a_daemon_gives_asyncio_clients() -> None:
    with daemon() as private:
        async with private.async_client() as client:
            await client.ping()


@pytest.mark.slow
def test_the_plugin_is_found_by_its_entry_point(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        textwrap.dedent("""
            from mvpauth import Client

            def test_it(mvp_auth_daemon):
                with Client() as auth:
                    auth.register("ada@example.org", "password123 and more")
                    token = mvp_auth_daemon.email("ada@example.org").token
                    assert auth.verify_email(token).is_verified
        """)
    )
    pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider").assert_outcomes(passed=1)


def sign_in(auth: Client) -> str:
    """Takes a client: a stub type-checks in its place."""
    return auth.login("ada@example.org", "any").access_token


async def sign_in_async(auth: AsyncClient) -> str:
    return (await auth.login("ada@example.org", "any")).access_token


def test_the_stub_in_place_of_a_client() -> None:
    stub = StubClient(users={"ada": "ada@example.org", "ada-2": {"email": "bob@example.org"}})
    token = sign_in(stub)
    user = stub.current_user(token)
    assert (token, user.email, user.is_verified) == ("ada", "ada@example.org", True)
    assert stub.verify(token).sub == user.id
    assert stub.current_user(user_id=user.id) == user
    (session,) = stub.sessions(token)
    with pytest.raises(SessionNotFoundError):
        stub.revoke_session(token, session_id=user.id)
    stub.revoke_session(token, session_id=session.id)
    with pytest.raises(TokenRevokedError):
        stub.current_user(token)
    with pytest.raises(TokenInvalidError):
        stub.current_user("unknown")
    with pytest.raises(InvalidCredentialsError):
        stub.login("eve@example.org", "any")
    with pytest.raises(UserNotFoundError):
        stub.current_user(user_id=session.id)
    assert stub.calls[0] == ("auth.login", {"email": "ada@example.org", "password": "any"})


async def test_the_stub_in_place_of_an_asyncio_client() -> None:
    stub = StubAuth(users={"ada": "ada@example.org"})
    assert await sign_in_async(stub) == "ada"
    new = await stub.register("new@example.org", "any")
    assert (await stub.login("new@example.org", "any")).access_token == "token-2"
    assert (await stub.current_user("token-2")) == new
    with pytest.raises(UserExistsError):
        await stub.register("new@example.org", "any")
    assert (await stub.refresh("refresh-ada")).access_token == "ada"
    assert (await stub.logout_all("ada")).revoked == 1
    await stub.forgot_password("ada@example.org")
    stub.fail_next("auth.login", "RATE_LIMITED", retry_after=2.0)
    with pytest.raises(RateLimitedError) as caught:
        await stub.login("new@example.org", "any")
    assert caught.value.retry_after == 2.0
    assert await stub.login("new@example.org", "any")


def test_the_scripted_server_answers_as_it_is_told() -> None:
    script = [error("OVERLOADED", retry_after=0.01), hang_up(), delay(0.05, reply(PONG))]
    with ScriptedServer(script) as server, Client(server.socket) as client:
        began = time.monotonic()
        client.ping()
        assert time.monotonic() - began >= 0.05
        assert [method for method, _ in server.calls] == ["system.ping"] * 3


def test_the_scripted_server_cuts_an_answer() -> None:
    with ScriptedServer([cut(10, {"message": "Done."})]) as server:
        with Client(server.socket) as client, pytest.raises(ServiceUnavailableError) as caught:
            client.register("ada@example.org", PASSWORD)
        assert (caught.value.code, caught.value.executed) == ("CONNECTION_LOST", True)
        assert server.calls == [
            ("user.register", {"email": "ada@example.org", "password": PASSWORD})
        ]
