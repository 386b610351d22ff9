"""Who makes a request, for Django REST framework."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from mvpauth.errors import MvpAuthError, UserNotVerifiedError
from mvpauth.integrations._answers import CHALLENGE, MissingTokenError, answer
from mvpauth.integrations._bearer import bearer_token

from .clients import client
from .users import local_user

__all__ = ["BearerAuthentication"]


class Refused(APIException):
    """An error of the client, with its own status and body."""

    def __init__(self, error: MvpAuthError) -> None:
        self.status_code, body, headers = answer(error)
        super().__init__(body)
        self.auth_header = headers.get("WWW-Authenticate")
        self.wait = int(headers["Retry-After"]) if "Retry-After" in headers else None


class BearerAuthentication(BaseAuthentication):
    """`request.user` is the local row of the token's account, `request.auth` the account."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        token = bearer_token([header])
        if token is None:
            raise Refused(MissingTokenError())
        try:
            account = client().current_user(token)
        except MvpAuthError as error:
            raise Refused(error) from None
        if (user := local_user(account)) is None:
            raise Refused(UserNotVerifiedError())
        return user, account

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE
