"""The library's SQLAlchemy storage by name: accounts live with the daemon, no database is opened.

`mvpauth.storage.sqlalchemy.models` has read-only mappings of the daemon's tables.
"""

from typing import TYPE_CHECKING, Any

from mvpauth.storage.repositories import (
    SidecarBlocklistRepository as SQLAlchemyTokenBlocklistRepository,
)
from mvpauth.storage.repositories import SidecarSessionRepository as SQLAlchemySessionRepository
from mvpauth.storage.repositories import SidecarUserRepository as SQLAlchemyUserRepository

from .storage import SQLAlchemyRequestStorage, SQLAlchemyStorage

if TYPE_CHECKING:
    from .models import Base as Base

__all__ = [
    "Base",
    "SQLAlchemyRequestStorage",
    "SQLAlchemySessionRepository",
    "SQLAlchemyStorage",
    "SQLAlchemyTokenBlocklistRepository",
    "SQLAlchemyUserRepository",
]


def __getattr__(name: str) -> Any:
    # The only name that needs SQLAlchemy.
    if name == "Base":
        from .models import Base

        return Base
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
