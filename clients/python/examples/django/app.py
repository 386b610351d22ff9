"""A Django project in one file, with accounts. Run it: python app.py runserver"""

from __future__ import annotations

import json
import os
import sys

import django
from django.conf import settings
from django.core.management import execute_from_command_line

if not settings.configured:
    settings.configure(
        DEBUG=True,
        SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY", "for development only"),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "example.sqlite3"}},
        AUTHENTICATION_BACKENDS=["mvpauth.integrations.django.SidecarBackend"],
        MIDDLEWARE=["mvpauth.integrations.django.BearerMiddleware"],
        USE_TZ=True,
    )
    django.setup()

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

from mvpauth.integrations.django import client


@require_POST
def login(request: HttpRequest) -> JsonResponse:
    body = json.loads(request.body)
    pair = client().login(body["email"], body["password"])
    return JsonResponse({"access_token": pair.access_token})


def private(request: HttpRequest) -> JsonResponse:
    user = request.auth_user  # type: ignore[attr-defined]
    if user is None:
        return JsonResponse({"detail": "Sign in first."}, status=401)
    return JsonResponse({"hello": user.email})


urlpatterns = [path("login", login), path("private", private)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
