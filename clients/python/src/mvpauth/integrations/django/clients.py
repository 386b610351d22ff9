"""The clients of the project, made by the setting `MVP_AUTH`."""

from __future__ import annotations

import functools
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from mvpauth.client import AsyncClient, Client

__all__ = ["async_client", "client"]

_KNOWN = {"socket", "timeout", "daemon_uid", "client", "async_client"}


@functools.lru_cache(maxsize=1)
def client() -> Client:
    """The client for synchronous views.

    `MVP_AUTH` may hold `socket` (a path or `unix:///path`), `timeout` (seconds), `daemon_uid`, and
    `client` and `async_client`: objects, or the dotted paths of functions that make them.
    """
    options = _options()
    given = _given(options.pop("client", None))
    options.pop("async_client", None)
    return given if isinstance(given, Client) else Client(name="django", **options)


@functools.lru_cache(maxsize=1)
def async_client() -> AsyncClient:
    """The client for asynchronous views; see `client`."""
    options = _options()
    given = _given(options.pop("async_client", None))
    options.pop("client", None)
    return given if isinstance(given, AsyncClient) else AsyncClient(name="django", **options)


def _options() -> dict[str, Any]:
    options = dict(getattr(settings, "MVP_AUTH", {}))
    if unknown := sorted(set(options) - _KNOWN):
        raise ImproperlyConfigured(
            f"MVP_AUTH has unknown members: {', '.join(unknown)}."
            f" There are {', '.join(sorted(_KNOWN))}."
        )
    return options


def _given(value: Any) -> Any:
    if isinstance(value, str):
        value = import_string(value)
    return value() if callable(value) else value


def _forget(*, setting: str, **_: object) -> None:
    if setting == "MVP_AUTH":
        client.cache_clear()
        async_client.cache_clear()


setting_changed.connect(_forget)
