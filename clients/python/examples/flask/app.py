"""A Flask app with accounts. Run it: flask --app app run"""

from __future__ import annotations

from typing import Any

from flask import Flask, request

from mvpauth.integrations.flask import MvpAuth, current_user, login_required

app = Flask(__name__)
auth = MvpAuth(app)


@app.post("/register")
def register() -> Any:
    body = request.get_json()
    user = auth.client.register(body["email"], body["password"])
    return {"id": str(user.id)}, 201


@app.post("/login")
def login() -> Any:
    body = request.get_json()
    pair = auth.login(body["email"], body["password"])
    return {"access_token": pair.access_token, "refresh_token": pair.refresh_token}


@app.get("/private")
@login_required
def private() -> Any:
    return {"hello": current_user.email}
