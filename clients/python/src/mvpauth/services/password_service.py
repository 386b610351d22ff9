"""Changing a password, and what to do when it was forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from ._service import Service, uuid_text

__all__ = ["OnPasswordResetEmail", "PasswordService"]

OnPasswordResetEmail = Callable[[str, str], Awaitable[None] | None] | None


class PasswordService(Service):
    """Passwords. Get it from `auth.get_password_service()`."""

    _maker = "get_password_service"

    async def forgot_password(self, *, email: str) -> None:
        """Sends a reset message if there is such an account; says nothing about whether."""
        client = await self._client()
        await client.forgot_password(email)

    async def reset_password(self, *, token: str, new_password: str) -> None:
        """Sets a new password by the token of a message, and ends every session.

        Raises `InvalidVerificationTokenError` or `InvalidPasswordError`.
        """
        client = await self._client()
        await client.reset_password(token, new_password)

    async def change_password(
        self, *, user_id: UUID | str, current_password: str, new_password: str
    ) -> None:
        """Replaces the password and ends every session. Needs the role `trusted`.

        Raises `InvalidCredentialsError` for a wrong current password, or `InvalidPasswordError`.
        """
        client = await self._client()
        await client.change_password(
            user_id=uuid_text(user_id),
            current_password=current_password,
            new_password=new_password,
        )
