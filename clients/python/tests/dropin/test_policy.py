"""What the app asks for is compared once with what the daemon enforces."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from mvpauth import AuthConfig, create_auth
from mvpauth.core.exceptions import ConfigurationError
from mvpauth.storage import Sidecar
from mvpauth.testing import ScriptedServer, daemon
from mvpauth.testing.scripted import Step, reply

POLICY = {
    "min_password_length": 8,
    "require_email_verification": False,
    "access_token_seconds": 900,
    "refresh_token_seconds": 2_592_000,
    "algorithm": "HS256",
    "password_algorithm": "bcrypt",
}
USER = {
    "id": "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10",
    "email": "ada@example.org",
    "is_active": True,
    "is_verified": False,
    "created_at": "2026-03-01T12:00:00Z",
    "updated_at": "2026-03-01T12:00:00Z",
}


def info(**policy: Any) -> Step:
    return reply(
        {
            "server": {"name": "mvp-authd", "version": "1"},
            "protocol": [1],
            "instance_id": "x",
            "started_at": "2026-03-01T12:00:00Z",
            "uptime_seconds": 1,
            "store": "sqlite",
            "policy": {**POLICY, **policy},
        }
    )


WEAKER = [
    ({"min_password_length": 12}, {}, "min_password_length=12, and the daemon enforces 8"),
    ({"require_email_verification": True}, {}, "require_email_verification=True"),
]


@pytest.mark.parametrize(("asked", "enforced", "sentence"), WEAKER)
async def test_a_weaker_daemon_is_refused(
    asked: dict[str, Any], enforced: dict[str, Any], sentence: str
) -> None:
    with ScriptedServer([info(**enforced)]) as server:
        auth = create_auth(config=AuthConfig(**asked), storage=Sidecar(server.socket))
        for _ in range(2):
            with pytest.raises(ConfigurationError, match=sentence):
                await auth.current_user("token")
        with pytest.raises(ConfigurationError, match=sentence):
            await auth.get_user_service().register(email="ada@example.org", password="x")
        assert [method for method, _ in server.calls] == ["system.info"]
        await auth.aclose()


DIFFERENT = [
    ({"min_password_length": 8}, {"min_password_length": 12}),
    ({"require_email_verification": False}, {"require_email_verification": True}),
    ({"access_token_expire_minutes": 5}, {}),
    ({"refresh_token_expire_days": 60}, {}),
    ({"algorithm": "ES256"}, {}),
    ({"password_algorithm": "argon2"}, {}),
    ({"reset_token_expire_hours": 2}, {"reset_token_seconds": 3600}),
]


@pytest.mark.parametrize(("asked", "enforced"), DIFFERENT)
async def test_another_difference_warns_once(
    asked: dict[str, Any], enforced: dict[str, Any]
) -> None:
    name = next(iter(asked))
    with ScriptedServer([info(**enforced), reply(USER), reply(USER)]) as server:
        auth = create_auth(config=AuthConfig(**asked), storage=Sidecar(server.socket))
        with pytest.warns(UserWarning, match=f"{name}=.*AUTH_{name.upper()}") as caught:
            await auth.current_user("token")
        assert len(caught) == 1
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            await auth.current_user("token")
        await auth.aclose()


@pytest.mark.parametrize(
    ("asked", "enforced"),
    [
        ({}, {"min_password_length": 4}),
        ({"min_password_length": 8, "algorithm": "HS256"}, {}),
        ({"access_token_expire_minutes": 15, "refresh_token_expire_days": 30}, {}),
        ({"password_algorithm": "argon2"}, {"password_algorithm": "argon2id"}),
    ],
)
async def test_what_agrees_says_nothing(asked: dict[str, Any], enforced: dict[str, Any]) -> None:
    script = [info(**enforced), reply(USER)] if asked else [reply(USER)]
    with ScriptedServer(script) as server, warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        auth = create_auth(config=AuthConfig(**asked), storage=Sidecar(server.socket))
        await auth.current_user("token")
        await auth.aclose()


async def test_a_daemon_that_tells_no_policy_is_warned_of() -> None:
    with ScriptedServer([reply({"store": "sqlite"}), reply(USER)]) as server:
        config = AuthConfig(min_password_length=12, algorithm="ES256")
        auth = create_auth(config=config, storage=Sidecar(server.socket))
        with pytest.warns(UserWarning, match="algorithm, min_password_length.*say") as caught:
            await auth.current_user("token")
        assert len(caught) == 1
        await auth.aclose()


async def test_a_real_daemon_is_compared() -> None:
    with daemon(AUTH_MIN_PASSWORD_LENGTH="10") as private:
        with private.client() as client:
            if "policy" not in client.call("system.info"):
                pytest.skip("This daemon does not tell its policy.")
        agreed = {
            "min_password_length": 10,
            "require_email_verification": False,
            "access_token_expire_minutes": 15,
            "refresh_token_expire_days": 30,
            "algorithm": "HS256",
            "password_algorithm": "bcrypt",
            "verification_token_expire_hours": 24,
            "reset_token_expire_hours": 1,
        }
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            config = AuthConfig(socket=private.socket, **agreed)
            async with create_auth(config=config) as auth:
                await auth.ready()
        config = AuthConfig(socket=private.socket, min_password_length=12)
        async with create_auth(config=config) as auth:
            with pytest.raises(ConfigurationError, match="enforces 10"):
                await auth.ready()


async def test_ready_raises_it_at_the_start() -> None:
    with ScriptedServer([info()]) as server:
        config = AuthConfig(min_password_length=12)
        auth = create_auth(config=config, storage=Sidecar(server.socket))
        with pytest.raises(ConfigurationError, match="weaker than the app's"):
            await auth.ready()
        await auth.aclose()
