"""`Auth`: what an app holds, and `create_auth`, which makes it."""

from __future__ import annotations

from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING

from ._email_hooks import PASSWORD_RESET, VERIFICATION, EmailHook, EmailHooks
from .client import AsyncClient
from .config import AuthConfig
from .core.schemas import TokenPayload, UserResponse
from .services._service import as_model
from .services.auth_service import AuthService
from .services.password_service import PasswordService
from .services.user_service import UserService
from .storage.sidecar import Sidecar

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["AnyAuth", "Auth", "create_auth"]


class Auth:
    """The services, the configuration, and the daemon behind them.

    Does no I/O before the first call. One `Auth` serves a whole process.

    - config: what the app expects of the policy; None: whatever the daemon enforces.
    - storage: None, or a `Sidecar`: the daemon of this host. `InMemoryStorage()`: a private one.
    - on_verification_email, on_password_reset_email: see the properties.

    Raises `TypeError` for a storage of the app's own, which would never be used.
    """

    def __init__(
        self,
        *,
        config: AuthConfig | None = None,
        storage: Sidecar | None = None,
        on_verification_email: EmailHook = None,
        on_password_reset_email: EmailHook = None,
    ) -> None:
        self.config = AuthConfig() if config is None else config
        if not isinstance(self.config, AuthConfig):
            raise TypeError(f"config must be an AuthConfig, not {type(config).__name__}.")
        self.storage = Sidecar() if storage is None else storage
        if not isinstance(self.storage, Sidecar):
            raise TypeError(
                f"{type(storage).__name__} would never be used: accounts live with the daemon."
                " Leave out storage=, or pass mvpauth.storage.Sidecar() or InMemoryStorage()."
            )
        self._hooks = EmailHooks()
        self.on_verification_email = on_verification_email
        self.on_password_reset_email = on_password_reset_email
        self.storage.bind(self.config)

    @classmethod
    def of(cls, auth: AnyAuth) -> Auth:
        """The argument, or an `Auth` around a client: integrations take either."""
        if isinstance(auth, Auth):
            return auth
        return cls(storage=Sidecar(client=auth))

    @property
    def client(self) -> AsyncClient:
        """The client of the daemon, for everything that the services do not have."""
        return self.storage.client

    def get_auth_service(self) -> AuthService:
        """Sessions: login, refresh, logout."""
        return AuthService(self.storage)

    def get_user_service(self) -> UserService:
        """Accounts: register, verify, look up."""
        return UserService(self.storage)

    def get_password_service(self) -> PasswordService:
        """Passwords: forgot, reset, change."""
        return PasswordService(self.storage)

    async def verify(self, access_token: str) -> TokenPayload:
        """The claims of a living access token; it can be given to `AuthService.logout`.

        Raises `TokenInvalidError`, `TokenExpiredError` or `TokenRevokedError`.
        """
        client = await self.storage.connected()
        claims = asdict(await client.verify(access_token))
        for name in ("sub", "session_id"):
            claims[name] = None if claims[name] is None else str(claims[name])
        payload = TokenPayload.model_validate(claims)
        payload._token = access_token
        return payload

    async def current_user(self, access_token: str) -> UserResponse:
        """Whose access token this is. Raises as `verify` does, and `UserInactiveError`."""
        client = await self.storage.connected()
        return as_model(UserResponse, await client.current_user(access_token))

    async def ready(self, *, timeout: float | None = None) -> None:
        """Returns when the daemon answers, enforces what the app asks for, and gives the callbacks
        their emails.

        - timeout: seconds to wait; None: 5.

        Raises `ServiceUnavailableError`, `ConfigurationError` for a weaker policy, or
        `PermissionDeniedError` for callbacks in a process without the role `hooks`.
        """
        await self.storage.ready(timeout=timeout)
        await self._hooks.ready(timeout)

    async def disconnect(self) -> None:
        """Waits for the callbacks that run, and closes the connections. A call afterwards connects
        again."""
        await self._hooks.stop()
        await self.storage.disconnect()

    async def aclose(self) -> None:
        """The same, and closes a client that this made."""
        await self._hooks.stop()
        await self.storage.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    @property
    def on_verification_email(self) -> EmailHook:
        """Called with address and token for each message that verifies an address.

        A coroutine function, or a function, which is called in a thread. It is called after the
        registration was answered, in one of the processes that have one; where it raises, it is
        called again later, and the log has the name of the error's class. The process needs the
        role `hooks`. None: whoever else subscribes to the daemon's emails sends them.
        """
        return self._hooks[VERIFICATION]

    @on_verification_email.setter
    def on_verification_email(self, hook: EmailHook) -> None:
        self._set_hook(VERIFICATION, hook)

    @property
    def on_password_reset_email(self) -> EmailHook:
        """The same for the messages with which a password is reset."""
        return self._hooks[PASSWORD_RESET]

    @on_password_reset_email.setter
    def on_password_reset_email(self, hook: EmailHook) -> None:
        self._set_hook(PASSWORD_RESET, hook)

    def _set_hook(self, event: str, hook: EmailHook) -> None:
        self._hooks[event] = hook
        if hook is not None:
            self.storage.on_use = self._hooks.attend


AnyAuth = Auth | AsyncClient
"""What integrations take: an `Auth`, or a client (also a stub of one)."""


def create_auth(
    *,
    config: AuthConfig | None = None,
    storage: Sidecar | None = None,
    on_verification_email: EmailHook = None,
    on_password_reset_email: EmailHook = None,
) -> Auth:
    """Makes an `Auth`; the arguments are its."""
    return Auth(
        config=config,
        storage=storage,
        on_verification_email=on_verification_email,
        on_password_reset_email=on_password_reset_email,
    )
