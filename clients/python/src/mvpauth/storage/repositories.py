"""What the library's repositories can still answer, and what to use for the rest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from mvpauth.client import AsyncClient
from mvpauth.core.schemas import SessionData, UserData
from mvpauth.errors import (
    ProtocolError,
    SessionNotFoundError,
    UnsupportedError,
    UserNotFoundError,
)

Connect = Callable[[], Awaitable[AsyncClient]]

_REMEMBERED_SESSIONS = 4096


class SidecarUserRepository:
    """Accounts by id and address, without their hashes. Needs the role `trusted`."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    async def get_by_id(self, user_id: UUID) -> UserData | None:
        """The account of this id, or None."""
        client = await self._connect()
        try:
            user = await client.current_user(user_id=str(user_id))
        except UserNotFoundError:
            return None
        return UserData.model_validate(user, from_attributes=True)

    async def get_by_email(self, email: str) -> UserData | None:
        """The account of this address, or None."""
        client = await self._connect()
        try:
            user = await client.find_user(email)
        except UserNotFoundError:
            return None
        except ProtocolError as error:
            if error.code != "METHOD_NOT_FOUND":
                raise
            raise UnsupportedError(
                "This daemon cannot look an address up: use the id that `register` answered, or a"
                " newer mvp-authd."
            ) from None
        return UserData.model_validate(user, from_attributes=True)

    async def create(self, *, email: str, hashed_password: str) -> UserData:
        """Not offered."""
        raise UnsupportedError(
            "Accounts are made with their password, not with a hash: use"
            " `auth.get_user_service().register(email=…, password=…)`."
        )

    async def update(self, user_id: UUID, **fields: object) -> UserData:
        """Not offered."""
        raise UnsupportedError(
            "Accounts are not updated column by column: use the services for passwords and"
            " verification, and an operator's `mvp-auth` command for the rest."
        )

    async def delete(self, user_id: UUID) -> None:
        """Not offered."""
        raise UnsupportedError(
            "An app cannot delete accounts: that is an operator's, with the command `mvp-auth`."
        )


class SessionOwners:
    """Whose sessions were listed: on the wire a session is named with its user."""

    def __init__(self) -> None:
        self._users: OrderedDict[UUID, UUID] = OrderedDict()

    def of(self, session_id: UUID) -> UUID:
        """The user of a session. Raises `UnsupportedError` for one that was never listed."""
        if (user_id := self._users.get(session_id)) is None:
            raise UnsupportedError(
                "A session is found through its user: call `get_active_by_user(user_id)` first,"
                " or `auth.client.revoke_session(access_token, session_id=…)`."
            )
        return user_id

    def remember(self, session_id: UUID, user_id: UUID) -> None:
        """Keeps the latest few thousand."""
        self._users[session_id] = user_id
        self._users.move_to_end(session_id)
        while len(self._users) > _REMEMBERED_SESSIONS:
            self._users.popitem(last=False)


class SidecarSessionRepository:
    """Sessions by user, without their hashes. Needs the role `trusted`."""

    def __init__(self, connect: Connect, owners: SessionOwners) -> None:
        self._connect = connect
        self._owners = owners

    async def get_active_by_user(self, user_id: UUID) -> Sequence[SessionData]:
        """The live sessions of a user, the latest used first; none for an unknown user."""
        client = await self._connect()
        try:
            sessions = await client.sessions(user_id=str(user_id))
        except UserNotFoundError:
            return []
        found = []
        for session in sessions:
            data = SessionData(
                id=session.id,
                user_id=user_id,
                device_info=session.device_info,
                ip_address=session.ip_address,
                created_at=session.created_at,
                expires_at=session.expires_at,
                is_revoked=session.is_revoked,
            )
            self._owners.remember(data.id, data.user_id)
            found.append(data)
        return found

    async def get_by_id(self, session_id: UUID) -> SessionData | None:
        """A session that `get_active_by_user` has listed; None when it has ended since."""
        owner = self._owners.of(session_id)
        sessions = await self.get_active_by_user(owner)
        return next((session for session in sessions if session.id == session_id), None)

    async def revoke(self, session_id: UUID) -> None:
        """Ends a session that `get_active_by_user` has listed."""
        owner = self._owners.of(session_id)
        client = await self._connect()
        try:
            await client.revoke_session(user_id=str(owner), session_id=str(session_id))
        except SessionNotFoundError:
            return

    async def revoke_all_for_user(self, user_id: UUID) -> int:
        """Ends every session of a user; how many."""
        client = await self._connect()
        try:
            reply = await client.logout_all(user_id=str(user_id))
        except UserNotFoundError:
            return 0
        return reply.revoked

    async def create(
        self,
        *,
        user_id: UUID,
        refresh_token_hash: str,
        device_info: str | None = None,
        ip_address: str | None = None,
        expires_at: datetime,
    ) -> SessionData:
        """Not offered."""
        raise UnsupportedError(
            "A session begins with a login: use `auth.get_auth_service().login(…)`."
        )

    async def update_refresh_token(
        self, session_id: UUID, *, new_refresh_token_hash: str, new_expires_at: datetime
    ) -> SessionData:
        """Not offered."""
        raise UnsupportedError(
            "A session goes on by its refresh token: use `auth.get_auth_service().refresh(…)`."
        )


class SidecarBlocklistRepository:
    """Says what to use instead: the daemon knows what is revoked, and forgets by itself."""

    async def is_blocked(self, jti: str) -> bool:
        """Not offered."""
        raise UnsupportedError(
            "Whether a token is revoked is asked with the token: use `await auth.verify(token)`,"
            " which raises TokenRevokedError."
        )

    async def add(self, *, jti: str, token_type: str, expires_at: datetime) -> None:
        """Not offered."""
        raise UnsupportedError(
            "Tokens are revoked by signing out: use `auth.get_auth_service().logout(…)`."
        )

    async def purge_expired(self) -> int:
        """Not offered."""
        raise UnsupportedError("The daemon removes what has expired by itself: delete the call.")
