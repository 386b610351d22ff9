"""Signing in, staying signed in, and signing out."""

from __future__ import annotations

from uuid import UUID

from mvpauth import _device
from mvpauth.core.schemas import TokenPair, TokenPayload
from mvpauth.errors import SessionNotFoundError, UnsupportedError

from ._service import Service, as_model, uuid_text

__all__ = ["AuthService"]


class AuthService(Service):
    """Sessions. Get it from `auth.get_auth_service()`."""

    _maker = "get_auth_service"

    async def login(
        self,
        *,
        email: str,
        password: str,
        device_info: str | None = None,
        ip_address: str | None = None,
        remember_device: bool | None = None,
        device_token: str | None = None,
    ) -> TokenPair:
        """Exchanges an address and a password for a session.

        `device_info` is cut to 512 bytes without control characters. Raises
        `InvalidCredentialsError`, or `UserNotVerifiedError` where verification is required.
        """
        client = await self._client()
        pair = await client.login(
            email,
            password,
            device_info=_device.device_info(device_info),
            ip_address=_device.ip_address(ip_address),
            remember_device=remember_device,
            device_token=device_token,
        )
        return as_model(TokenPair, pair)

    async def refresh(
        self,
        *,
        refresh_token: str,
        device_info: str | None = None,
        ip_address: str | None = None,
        idempotency_key: str | None = None,
    ) -> TokenPair:
        """Exchanges a refresh token for its successor; each works once.

        Raises `TokenReuseError` when it was used before (the sessions that this endangers have
        been ended), `TokenExpiredError`, `TokenRevokedError` or `TokenInvalidError`.
        """
        client = await self._client()
        pair = await client.refresh(
            refresh_token,
            device_info=_device.device_info(device_info),
            ip_address=_device.ip_address(ip_address),
            idempotency_key=idempotency_key,
        )
        return as_model(TokenPair, pair)

    async def logout(self, *, access_token_payload: TokenPayload) -> None:
        """Ends the session of an access token.

        A payload from `get_token_payload`, `auth.verify` or `decode_token` knows its token; for
        one that was put together otherwise this process needs the role `trusted`.
        """
        client = await self._client()
        if (token := access_token_payload._token) is not None:
            await client.logout(token)
            return
        if access_token_payload.session_id is None:
            raise UnsupportedError(
                "The payload names no session and does not know its token: get it from"
                " `await auth.verify(token)`."
            )
        try:
            await client.revoke_session(
                user_id=uuid_text(access_token_payload.sub),
                session_id=uuid_text(access_token_payload.session_id),
            )
        except SessionNotFoundError:
            return

    async def logout_all(self, *, user_id: UUID | str) -> int:
        """Ends every session of a user; how many. Needs the role `trusted`."""
        client = await self._client()
        reply = await client.logout_all(user_id=uuid_text(user_id))
        return reply.revoked
