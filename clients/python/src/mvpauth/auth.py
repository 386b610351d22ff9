"""`Auth`: what an app holds, and `create_auth`, which makes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING

from .client import AsyncClient
from .config import AuthConfig
from .core.schemas import TokenPayload, UserResponse
from .errors import ConfigurationError
from .services._service import as_model
from .services.auth_service import AuthService
from .services.password_service import PasswordService
from .services.user_service import UserService
from .storage.sidecar import Sidecar

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["AnyAuth", "Auth", "create_auth"]

EmailHook = Callable[[str, str], Awaitable[None]] | None


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
        """Returns when the daemon answers and enforces what the app asks for.

        - timeout: seconds to wait; None: 5.

        Raises `ServiceUnavailableError`, or `ConfigurationError` for a weaker policy.
        """
        await self.storage.ready(timeout=timeout)

    async def aclose(self) -> None:
        """Closes the connections. A call afterwards connects again."""
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
        """None: messages are sent by the daemon. Assigning a callback is a `ConfigurationError`."""
        return None

    @on_verification_email.setter
    def on_verification_email(self, hook: EmailHook) -> None:
        _refuse_hook("on_verification_email", hook)

    @property
    def on_password_reset_email(self) -> EmailHook:
        """None: messages are sent by the daemon. Assigning a callback is a `ConfigurationError`."""
        return None

    @on_password_reset_email.setter
    def on_password_reset_email(self, hook: EmailHook) -> None:
        _refuse_hook("on_password_reset_email", hook)


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


def _refuse_hook(name: str, hook: EmailHook) -> None:
    if hook is not None:
        raise ConfigurationError(
            f"{name} would never be called: the daemon sends the messages. Set"
            " AUTH_EMAIL_SINK=command and AUTH_EMAIL_COMMAND=/path/of/a/program for mvp-authd (the"
            " program gets each event, with address and token, as one line of JSON on its standard"
            f" input), and remove {name} here."
        )
