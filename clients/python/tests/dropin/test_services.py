"""The services over the socket, against a real daemon."""

from __future__ import annotations

import asyncio
import uuid
import warnings
from collections.abc import Callable

import pytest

from accounts import PASSWORD
from mvpauth import Auth, AuthConfig, create_auth
from mvpauth.core.exceptions import (
    AlreadyVerifiedError,
    InvalidCredentialsError,
    InvalidPasswordError,
    InvalidVerificationTokenError,
    PermissionDeniedError,
    ServiceUnavailableError,
    TokenInvalidError,
    TokenReuseError,
    TokenRevokedError,
    UnsupportedError,
    UserExistsError,
    UserNotFoundError,
    ValidationError,
)
from mvpauth.core.schemas import TokenPair, TokenPayload, UserResponse
from mvpauth.services import AuthService, PasswordService, UserService
from mvpauth.storage import Sidecar
from mvpauth.testing import Daemon


async def register(auth: Auth, address: str) -> UserResponse:
    return await auth.get_user_service().register(email=address, password=PASSWORD)


async def login(auth: Auth, address: str, password: str = PASSWORD) -> TokenPair:
    return await auth.get_auth_service().login(email=address, password=password)


async def test_register_login_and_look_up(auth: Auth, address: str) -> None:
    user = await register(auth, address)
    assert isinstance(user, UserResponse)
    assert (user.email, user.is_active, user.is_verified) == (address, True, False)
    pair = await login(auth, address)
    assert isinstance(pair, TokenPair)
    assert (pair.token_type, pair.expires_in) == ("bearer", 900)
    assert await auth.current_user(pair.access_token) == user
    assert await auth.get_user_service().get_current_user(user_id=user.id) == user
    with pytest.raises(UserNotFoundError):
        await auth.get_user_service().get_current_user(user_id=uuid.uuid4())


async def test_what_register_refuses(auth: Auth, address: str) -> None:
    await register(auth, address)
    with pytest.raises(UserExistsError):
        await register(auth, address.upper())
    with pytest.raises(InvalidPasswordError):
        await auth.get_user_service().register(email=f"x{address}", password="short")
    with pytest.raises(ValidationError):
        await auth.get_user_service().register(email="no address", password=PASSWORD)


async def test_refresh_rotates_and_reuse_is_seen(auth: Auth, address: str) -> None:
    await register(auth, address)
    service = auth.get_auth_service()
    pair = await login(auth, address)
    successor = await service.refresh(refresh_token=pair.refresh_token)
    assert successor.refresh_token != pair.refresh_token
    with pytest.raises(TokenReuseError):
        await service.refresh(refresh_token=pair.refresh_token)


async def test_logout_by_a_payload_that_knows_its_token(private: Daemon, address: str) -> None:
    async with create_auth(storage=Sidecar(private.socket, roles=("client",))) as auth:
        await register(auth, address)
        token = (await login(auth, address)).access_token
        payload = await auth.verify(token)
        assert isinstance(payload.sub, str)
        assert token not in repr(payload) + payload.model_dump_json()
        await auth.get_auth_service().logout(access_token_payload=payload)
        with pytest.raises(TokenRevokedError):
            await auth.verify(token)


async def test_logout_by_a_payload_of_claims_alone(auth: Auth, address: str) -> None:
    await register(auth, address)
    token = (await login(auth, address)).access_token
    claims = (await auth.verify(token)).model_dump()
    bare = TokenPayload.model_validate(claims)
    await auth.get_auth_service().logout(access_token_payload=bare)
    with pytest.raises(TokenRevokedError):
        await auth.verify(token)
    await auth.get_auth_service().logout(access_token_payload=bare)
    claims["session_id"] = None
    with pytest.raises(UnsupportedError, match="auth.verify"):
        await auth.get_auth_service().logout(
            access_token_payload=TokenPayload.model_validate(claims)
        )


async def test_a_payload_decoded_by_the_app_knows_its_token(address: str) -> None:
    key = "a key that app and daemon share, for this test"
    with Daemon({"AUTH_SECRET_KEY": key}) as daemon:
        async with create_auth(storage=Sidecar(daemon.socket, roles=("client",))) as auth:
            from mvpauth.core.tokens import decode_token

            await register(auth, address)
            token = (await login(auth, address)).access_token
            payload = decode_token(token, secret_key=key, expected_type="access")
            await auth.get_auth_service().logout(access_token_payload=payload)
            with pytest.raises(TokenRevokedError):
                await auth.verify(token)


async def test_a_link_that_the_library_mailed_still_works(address: str) -> None:
    from mvpauth.core.tokens import create_token

    key = "the key that the library signed with, in this test"
    with Daemon({"AUTH_SECRET_KEY": key}) as daemon:
        async with create_auth(storage=Sidecar(daemon.socket)) as auth:
            user = await register(auth, address)
            token, _ = create_token(
                user_id=user.id, token_type="email_verify", secret_key=key, expires_seconds=3600
            )
            assert (await auth.get_user_service().verify_email(token=token)).is_verified


async def test_logout_all_counts(auth: Auth, address: str) -> None:
    user = await register(auth, address)
    tokens = [(await login(auth, address)).access_token for _ in range(3)]
    assert await auth.get_auth_service().logout_all(user_id=user.id) == 3
    for token in tokens:
        with pytest.raises(TokenRevokedError):
            await auth.current_user(token)


async def test_verification_by_the_emailed_token(auth: Auth, private: Daemon, address: str) -> None:
    service = auth.get_user_service()
    await register(auth, address)
    await service.resend_verification(email=address)
    await service.resend_verification(email="nobody@example.org")
    sent = private.email(address, "verification_email")
    assert (await service.verify_email(token=sent.token)).is_verified
    with pytest.raises((AlreadyVerifiedError, InvalidVerificationTokenError)):
        await service.verify_email(token=sent.token)
    with pytest.raises(InvalidVerificationTokenError):
        await service.verify_email(token="bad")


async def test_reset_by_the_emailed_token(auth: Auth, private: Daemon, address: str) -> None:
    service = auth.get_password_service()
    await register(auth, address)
    await service.forgot_password(email=address)
    await service.forgot_password(email="nobody@example.org")
    token = private.email(address, "password_reset_email").token
    await service.reset_password(token=token, new_password="another long phrase")
    assert await login(auth, address, "another long phrase")
    with pytest.raises(InvalidVerificationTokenError):
        await service.reset_password(token=token, new_password="a third long phrase")


async def test_change_password(auth: Auth, address: str) -> None:
    user = await register(auth, address)
    service = auth.get_password_service()
    with pytest.raises(InvalidCredentialsError):
        await service.change_password(
            user_id=user.id, current_password="wrong", new_password="another long phrase"
        )
    await service.change_password(
        user_id=user.id, current_password=PASSWORD, new_password="another long phrase"
    )
    assert await login(auth, address, "another long phrase")
    with pytest.raises(InvalidCredentialsError):
        await login(auth, address)


async def test_a_user_agent_is_cut_to_what_is_accepted(auth: Auth, address: str) -> None:
    await register(auth, address)
    service = auth.get_auth_service()
    pair = await service.login(
        email=address, password=PASSWORD, device_info="\tA\r\n" + "é" * 400, ip_address="testclient"
    )
    session = (await auth.client.sessions(pair.access_token))[0]
    assert session.device_info == "A" + "é" * 255
    assert session.ip_address is None


async def test_naming_a_user_needs_the_role_and_says_so(private: Daemon, address: str) -> None:
    async with create_auth(storage=Sidecar(private.socket, roles=("client",))) as auth:
        user = await register(auth, address)
        with pytest.raises(PermissionDeniedError, match="trusted"):
            await auth.get_auth_service().logout_all(user_id=user.id)


@pytest.mark.parametrize(
    ("kind", "maker"),
    [
        (AuthService, "get_auth_service"),
        (UserService, "get_user_service"),
        (PasswordService, "get_password_service"),
    ],
)
def test_services_are_not_built_from_repositories(kind: type, maker: str) -> None:
    with pytest.raises(TypeError, match=maker):
        kind(config=AuthConfig(), user_repo=object())


def test_a_storage_of_the_apps_own_is_a_type_error() -> None:
    class Own:
        user_repo = session_repo = blocklist_repo = None

    with pytest.raises(TypeError, match="Own would never be used"):
        create_auth(storage=Own())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="must be an AuthConfig"):
        create_auth(config={"secret_key": "x"})  # type: ignore[arg-type]


async def test_creating_an_auth_does_no_io() -> None:
    auth = create_auth(config=AuthConfig(socket="/nonexistent/mvp-auth.sock"))
    with pytest.raises(ServiceUnavailableError, match="/nonexistent/mvp-auth.sock"):
        await auth.ready(timeout=0.1)
    await auth.aclose()


async def test_a_closed_auth_connects_again(private: Daemon) -> None:
    auth = create_auth(config=AuthConfig(socket=private.socket))
    await auth.ready()
    await auth.aclose()
    with pytest.raises(TokenInvalidError):
        await auth.verify("x")
    await auth.aclose()


async def test_a_dropped_auth_leaves_no_connection_and_no_warning(private: Daemon) -> None:
    import gc
    import os

    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        for _ in range(10):
            await create_auth(storage=Sidecar(private.socket)).ready()
        gc.collect()
        await asyncio.sleep(0.01)
    assert [str(warning.message) for warning in caught] == []
    assert len(os.listdir("/proc/self/fd")) <= before + 1


async def test_many_users_at_once_stay_apart(auth: Auth, new_address: Callable[[], str]) -> None:
    addresses = [new_address() for _ in range(20)]
    await asyncio.gather(*(register(auth, address) for address in addresses))
    pairs = await asyncio.gather(*(login(auth, address) for address in addresses))

    async def check(address: str, token: str) -> None:
        for _ in range(20):
            assert (await auth.current_user(token)).email == address

    await asyncio.gather(
        *(check(a, pair.access_token) for a, pair in zip(addresses, pairs, strict=True))
    )
