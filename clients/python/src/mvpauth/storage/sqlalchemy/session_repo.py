"""`SQLAlchemySessionRepository`, by the library's name for its module."""

from mvpauth.storage.repositories import (
    SidecarSessionRepository as SQLAlchemySessionRepository,
)

__all__ = ["SQLAlchemySessionRepository"]
