"""Signing in to Django with an account of the daemon."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from mvpauth._device import device_info, ip_address
from mvpauth.errors import InvalidCredentialsError, UserInactiveError, UserNotVerifiedError

from .clients import client
from .users import local_user

__all__ = ["SidecarBackend"]


class SidecarBackend(BaseBackend):
    """Asks the daemon for the password, and keeps a row of Django's own for who it is.

    The row is made without a usable password at the first login. One that was there before is
    found by its address, for accounts whose address is verified. What stays signed in is Django's session: the daemon's is ended at once. A daemon that cannot be
    reached is an error, not a wrong password.
    """

    @sensitive_variables("password")
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        email: str | None = None,
        **_: Any,
    ) -> Any:
        """The local user, or None for wrong credentials. The address is `email` or `username`."""
        address = email or username
        if not address or password is None:
            return None
        meta = {} if request is None else request.META
        auth = client()
        try:
            pair = auth.login(
                address,
                password,
                device_info=device_info(meta.get("HTTP_USER_AGENT")),
                ip_address=ip_address(meta.get("REMOTE_ADDR")),
            )
            account = auth.current_user(pair.access_token)
        except (InvalidCredentialsError, UserInactiveError, UserNotVerifiedError):
            return None
        auth.logout(pair.access_token)
        user = local_user(account)
        return user if getattr(user, "is_active", True) else None

    def get_user(self, user_id: Any) -> Any:
        """The local user of a session."""
        model = get_user_model()
        user = model._default_manager.filter(pk=user_id).first()
        return user if user is not None and getattr(user, "is_active", True) else None
