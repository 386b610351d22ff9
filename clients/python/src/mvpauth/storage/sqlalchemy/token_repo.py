"""`SQLAlchemyTokenBlocklistRepository`, by the library's name for its module."""

from mvpauth.storage.repositories import (
    SidecarBlocklistRepository as SQLAlchemyTokenBlocklistRepository,
)

__all__ = ["SQLAlchemyTokenBlocklistRepository"]
