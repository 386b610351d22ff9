"""Its tests, with a private daemon for each."""

from __future__ import annotations

from app import app
from fastapi.testclient import TestClient

from mvpauth.testing import Daemon

ADA = {"email": "ada@example.org", "password": "correct horse battery"}


def test_signing_in(mvp_auth_daemon: Daemon) -> None:
    with TestClient(app) as client:
        assert client.get("/private").status_code == 401
        assert client.post("/auth/register", json=ADA).status_code == 201
        token = client.post("/auth/login", json=ADA).json()["access_token"]
        answer = client.get("/private", headers={"Authorization": f"Bearer {token}"})
        assert answer.json() == {"hello": "ada@example.org"}


def test_a_forgotten_password(mvp_auth_daemon: Daemon) -> None:
    with TestClient(app) as client:
        client.post("/auth/register", json=ADA)
        client.post("/auth/forgot-password", json={"email": ADA["email"]})
        token = mvp_auth_daemon.email(ADA["email"], "password_reset_email").token
        body = {"token": token, "new_password": "a different long phrase"}
        assert client.post("/auth/reset-password", json=body).status_code == 200
        assert client.post("/auth/login", json=ADA).status_code == 401
