"""Accounts and the verification of their addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from mvpauth import _device
from mvpauth.core.schemas import UserResponse

from ._service import Service, as_model, uuid_text

__all__ = ["OnVerificationEmail", "UserService"]

OnVerificationEmail = Callable[[str, str], Awaitable[None] | None] | None


class UserService(Service):
    """Accounts. Get it from `auth.get_user_service()`."""

    _maker = "get_user_service"

    async def register(
        self, *, email: str, password: str, ip_address: str | None = None
    ) -> UserResponse:
        """Creates an account; the daemon sends the verification message.

        `ip_address` is the browser's: one network creates only so many accounts. Raises `UserExistsError`, `InvalidPasswordError`, or `ValidationError` for an address that
        cannot be one.
        """
        client = await self._client()
        user = await client.register(
            email, password, ip_address=_device.ip_address(ip_address)
        )
        return as_model(UserResponse, user)

    async def verify_email(self, *, token: str) -> UserResponse:
        """Proves an address by the token that was sent to it.

        Raises `InvalidVerificationTokenError` or `AlreadyVerifiedError`.
        """
        client = await self._client()
        return as_model(UserResponse, await client.verify_email(token))

    async def resend_verification(self, *, email: str) -> None:
        """Sends the message again if there is such an account and it is not verified."""
        client = await self._client()
        await client.resend_verification(email)

    async def get_current_user(self, *, user_id: UUID | str) -> UserResponse:
        """The account of this id. Needs the role `trusted`. Raises `UserNotFoundError`."""
        client = await self._client()
        return as_model(UserResponse, await client.current_user(user_id=uuid_text(user_id)))
