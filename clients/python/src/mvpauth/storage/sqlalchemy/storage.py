"""The library's storage by name, so that its documented set-up runs as it is."""

from __future__ import annotations

import warnings
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mvpauth.errors import UnsupportedError
from mvpauth.storage.sidecar import Sidecar

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["NoSession", "SQLAlchemyRequestStorage", "SQLAlchemyStorage"]


class SQLAlchemyRequestStorage(Sidecar):
    """The daemon. The session is not used."""

    def __init__(self, session: object = None) -> None:
        super().__init__()


class SQLAlchemyStorage(Sidecar):
    """The daemon, under the library's name; the URL is compared with where it keeps its accounts.

    Opens no database and needs no SQLAlchemy. Each construction warns of what to delete.
    """

    def __init__(self, database_url: str, *, echo: bool = False) -> None:
        super().__init__()
        self._url_kind = _kind(database_url)
        self._requests: SQLAlchemyRequestStorage | None = None
        warnings.warn(
            "SQLAlchemyStorage does nothing any more: accounts live with the daemon. Delete it,"
            " create_tables(), the middleware with get_session(), and storage= of create_auth().",
            DeprecationWarning,
            stacklevel=2,
        )

    async def create_tables(self) -> None:
        """Does nothing: the daemon makes its tables."""

    def get_session(self) -> NoSession:
        """An object that stands for a session and does nothing."""
        return NoSession()

    def request_storage(self, session: object) -> SQLAlchemyRequestStorage:
        """The daemon; the same storage for every request."""
        if self._requests is None:
            self._requests = _RequestStorage(self._url_kind)
        return self._requests

    def _compare(self, info: dict[str, Any]) -> None:
        _compare_store(self._url_kind, info)
        super()._compare(info)


class _RequestStorage(SQLAlchemyRequestStorage):
    def __init__(self, url_kind: str) -> None:
        super().__init__()
        self._url_kind = url_kind

    def _compare(self, info: dict[str, Any]) -> None:
        _compare_store(self._url_kind, info)
        super()._compare(info)


class NoSession:
    """Stands for an `AsyncSession` whose work is done by the daemon."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    async def commit(self) -> None:
        """Does nothing: each call of the daemon is durable by itself."""

    async def rollback(self) -> None:
        """Does nothing: what the daemon has answered is done."""

    async def flush(self) -> None:
        """Does nothing."""

    async def close(self) -> None:
        """Does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise UnsupportedError(
            f"get_session() of mvp-auth opens no database, so there is no {name}(): use a session"
            " of the app's own engine for the app's own tables."
        )


def _kind(url: str) -> str:
    """`postgresql` of `postgresql+asyncpg://…`."""
    kind = urlsplit(str(url)).scheme.partition("+")[0]
    return "postgresql" if kind in ("postgres", "postgresql") else kind


def _compare_store(url_kind: str, info: dict[str, Any]) -> None:
    store = info.get("store")
    if isinstance(store, str) and url_kind and not _is_same_kind(store, url_kind):
        warnings.warn(
            f"mvp-auth: the app says {url_kind}, the daemon keeps its accounts in {store}."
            " Set AUTH_DATABASE_URL there, or delete SQLAlchemyStorage here.",
            UserWarning,
            stacklevel=2,
        )


def _is_same_kind(store: str, url_kind: str) -> bool:
    return store.lower().startswith("postgres") == url_kind.startswith("postgres") and (
        url_kind.startswith("postgres") or store.lower() == url_kind
    )
