"""`SQLAlchemyUserRepository`, by the library's name for its module."""

from mvpauth.storage.repositories import (
    SidecarUserRepository as SQLAlchemyUserRepository,
)

__all__ = ["SQLAlchemyUserRepository"]
