"""Its tests: one with a private daemon, one with a stub in its place."""

from __future__ import annotations

import pytest
from app import app

from mvpauth.integrations.flask import MvpAuthFlaskClient
from mvpauth.testing import Daemon, StubClient

ADA = {"email": "ada@example.org", "password": "correct horse battery"}

app.test_client_class = MvpAuthFlaskClient


def test_signing_in(mvp_auth_daemon: Daemon) -> None:
    assert app.test_client().get("/private").status_code == 401
    assert app.test_client().post("/register", json=ADA).status_code == 201
    token = app.test_client().post("/login", json=ADA).get_json()["access_token"]
    answer = app.test_client(user=token).get("/private")
    assert answer.get_json() == {"hello": "ada@example.org"}


def test_the_private_page(monkeypatch: pytest.MonkeyPatch) -> None:
    stub = StubClient(users={"ada-token": "ada@example.org"})
    monkeypatch.setitem(app.extensions, "mvp_auth.client", stub)
    answer = app.test_client(user="ada-token").get("/private")
    assert answer.get_json() == {"hello": "ada@example.org"}
