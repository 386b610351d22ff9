"""Its tests, with a private daemon."""

from __future__ import annotations

import app
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_databases

from mvpauth.testing import Daemon

ADA = {"email": "ada@example.org", "password": "correct horse battery"}


def test_signing_in(mvp_auth_daemon: Daemon) -> None:
    app.client().register(ADA["email"], ADA["password"])
    assert Client().get("/private").status_code == 401
    answer = Client().post("/login", ADA, content_type="application/json")
    token = answer.json()["access_token"]
    answer = Client().get("/private", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert answer.json() == {"hello": "ada@example.org"}


def test_the_admins_login_form_asks_the_daemon(mvp_auth_daemon: Daemon) -> None:
    app.settings.DATABASES["default"]["NAME"] = ":memory:"
    setup_databases(verbosity=0, interactive=False)
    call_command("migrate", verbosity=0)
    app.client().register(ADA["email"], ADA["password"])
    user = authenticate(None, username=ADA["email"], password=ADA["password"])
    assert user is not None
    assert user.get_username() == "ada@example.org"
