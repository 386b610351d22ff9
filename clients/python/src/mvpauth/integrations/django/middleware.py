"""Who makes a request, by its bearer token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse, JsonResponse

from mvpauth._generated import UserResponse
from mvpauth.errors import MvpAuthError
from mvpauth.integrations._answers import MissingTokenError, answer
from mvpauth.integrations._bearer import bearer_token

from .clients import async_client, client

__all__ = ["BearerMiddleware"]


class BearerMiddleware:
    """Sets `request.auth_user` to the account of the bearer token; None without a header.

    A refused token is answered at once: 401, or 503 where the daemon cannot be reached. So is an
    `MvpAuthError` that a view raises. Works under WSGI and ASGI. Before CsrfViewMiddleware it
    exempts requests whose token is good.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        if self._is_async:
            return self._answer_async(request)
        try:
            token = _token(request)
            user = None if token is None else client().current_user(token)
        except MvpAuthError as error:
            return _response(error)
        _remember(request, user)
        response: HttpResponse = self.get_response(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answers the errors of the client that views raise."""
        return _response(exception) if isinstance(exception, MvpAuthError) else None

    async def _answer_async(self, request: HttpRequest) -> HttpResponse:
        try:
            token = _token(request)
            user = None if token is None else await async_client().current_user(token)
        except MvpAuthError as error:
            return _response(error)
        _remember(request, user)
        response: HttpResponse = await self.get_response(request)
        return response


def _remember(request: HttpRequest, user: UserResponse | None) -> None:
    request.auth_user = user  # type: ignore[attr-defined]
    if user is not None:
        # No browser adds this header by itself, so there is nothing to forge.
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]


def _token(request: HttpRequest) -> str | None:
    header = request.META.get("HTTP_AUTHORIZATION")
    if header is None:
        return None
    token = bearer_token([header])
    if token is None:
        raise MissingTokenError()
    return token


def _response(error: MvpAuthError) -> HttpResponse:
    status, body, headers = answer(error)
    return JsonResponse(body, status=status, headers=headers)
