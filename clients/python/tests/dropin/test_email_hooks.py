"""The library's callbacks for emails, against the real daemon."""

import asyncio
import json
import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from mvpauth import Auth, AuthConfig, create_auth
from mvpauth.errors import PermissionDeniedError
from mvpauth.integrations.fastapi import auth_router
from mvpauth.storage import Sidecar
from mvpauth.storage.memory import InMemoryStorage
from mvpauth.testing import Daemon, StubAuth, daemon
from outbox import Outbox

ADA = {"email": "ada@example.org", "password": "correct horse battery"}


@pytest.fixture
async def own() -> AsyncIterator[Daemon]:
    """A daemon whose emails nobody else takes."""
    with daemon() as own:
        yield own


def auth_of(own: Daemon, **hooks: object) -> Auth:
    return create_auth(config=AuthConfig(socket=own.socket), **hooks)  # type: ignore[arg-type]


async def until(condition) -> None:  # type: ignore[no-untyped-def]
    async with asyncio.timeout(20) if hasattr(asyncio, "timeout") else Never():
        while not condition():
            await asyncio.sleep(0.005)


class Never:
    """No time limit, before Python 3.11."""

    async def __aenter__(self) -> None: ...
    async def __aexit__(self, *_: object) -> None: ...


async def test_callbacks_get_address_and_token(own: Daemon) -> None:
    sent: list[tuple[str, str]] = []

    async def on_verification(email: str, token: str) -> None:
        sent.append((email, token))

    def on_reset(email: str, token: str) -> None:
        assert threading.current_thread() is not threading.main_thread()
        sent.append((email, token))

    async with auth_of(own, on_verification_email=on_verification) as auth:
        # As the library's apps and tests do it: assigned afterwards.
        auth.on_password_reset_email = on_reset
        assert auth.on_verification_email is on_verification
        assert auth.on_password_reset_email is on_reset
        users, passwords = auth.get_user_service(), auth.get_password_service()
        await users.register(**ADA)
        await until(lambda: len(sent) == 1)
        assert (await users.verify_email(token=sent[0][1])).is_verified
        await passwords.forgot_password(email=ADA["email"])
        await until(lambda: len(sent) == 2)
        await passwords.reset_password(token=sent[1][1], new_password="another long phrase")
        assert {email for email, _ in sent} == {ADA["email"]}
    assert [task.get_name() for task in asyncio.all_tasks() if "email" in task.get_name()] == []


async def test_only_the_emails_that_have_a_callback_are_taken(own: Daemon) -> None:
    sent: list[str] = []
    async with auth_of(own, on_password_reset_email=lambda email, _: sent.append(email)) as auth:
        await auth.ready()
        await auth.get_user_service().register(**ADA)
        await auth.get_password_service().forgot_password(email=ADA["email"])
        await until(lambda: sent)
    # The other one is there for whoever takes it.
    assert own.email(ADA["email"]).event == "verification_email"
    assert sent == [ADA["email"]]


async def test_a_callback_that_fails_is_tried_again_and_the_log_has_no_token(
    caplog: pytest.LogCaptureFixture,
) -> None:
    calls: list[str] = []

    async def hook(email: str, token: str) -> None:
        calls.append(email)
        raise ConnectionError(f"no route for {token}")

    with Outbox() as box:
        auth = create_auth(config=AuthConfig(socket=box.path), on_verification_email=hook)
        await auth.ready()
        for times in (1, 2):
            box.submit("ada")
            await until(lambda times=times: len(box.acks) == times)
        await auth.aclose()
    assert calls == ["ada@example.org"] * 2
    assert [(ack["status"], ack["reason"]) for ack in box.acks] == [
        ("retry", "ConnectionError"),
        ("retry", "ConnectionError"),
    ]
    assert "ConnectionError in " in caplog.text and "token-of" not in caplog.text


async def test_a_process_without_the_role_hears_it_where_it_looks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Outbox() as box:
        box.refuses = ("PERMISSION_DENIED", 40302)
        auth = create_auth(
            config=AuthConfig(socket=box.path), on_verification_email=lambda email, token: None
        )
        with pytest.raises(PermissionDeniedError):
            await auth.ready()
        with pytest.raises(PermissionDeniedError):
            await auth.ready()
        await auth.get_user_service().resend_verification(email=ADA["email"])
        await auth.aclose()
    assert caplog.text.count("no callback for emails will be called") == 1
    assert box.methods().count("hooks.subscribe") == 1


async def test_assigning_none_ends_it_and_nonsense_is_a_type_error(own: Daemon) -> None:
    async with auth_of(own, on_verification_email=lambda email, token: None) as auth:
        await auth.ready()
        auth.on_verification_email = None
        assert auth.on_verification_email is None
        await auth.get_user_service().register(**ADA)
        assert own.email(ADA["email"]).event == "verification_email"
        with pytest.raises(TypeError, match="verification_email is a str"):
            auth.on_verification_email = "send"  # type: ignore[assignment]


async def test_a_private_daemon_of_the_app_calls_back_too() -> None:
    sent: list[str] = []

    async def hook(email: str, token: str) -> None:
        sent.append(email)

    async with create_auth(storage=InMemoryStorage(), on_verification_email=hook) as auth:
        await auth.get_user_service().register(**ADA)
        await until(lambda: sent == [ADA["email"]])


def test_an_app_under_a_lifespan_calls_back_also_on_its_second_loop(own_socket: Daemon) -> None:
    sent: list[str] = []
    auth = auth_of(own_socket, on_verification_email=lambda email, token: sent.append(email))
    app = FastAPI()
    app.include_router(auth_router(auth), prefix="/auth")
    for name in ("ada", "bob"):
        with TestClient(app) as client:
            body = {**ADA, "email": f"{name}@example.org"}
            assert client.post("/auth/register", json=body).status_code == 201
            while f"{name}@example.org" not in sent:
                threading.Event().wait(0.005)
    assert sent == ["ada@example.org", "bob@example.org"]


@pytest.fixture
def own_socket():  # type: ignore[no-untyped-def]
    with daemon() as own:
        yield own


async def test_a_stub_calls_nobody() -> None:
    auth = create_auth(
        storage=Sidecar(client=StubAuth(users={"t": "ada@example.org"})),
        on_verification_email=lambda email, token: None,
    )
    assert (await auth.current_user("t")).email == "ada@example.org"
    await auth.aclose()


WORKER = """
import asyncio, json, os, sys
from mvpauth import AuthConfig, create_auth

def say(what):
    os.write(1, (json.dumps(what) + "\\n").encode())

async def hook(email, token):
    say(email)
    await asyncio.sleep(0.05)

async def main():
    auth = create_auth(config=AuthConfig(socket=sys.argv[1]), on_verification_email=hook)
    await auth.ready()
    say("ready")
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await auth.aclose()

asyncio.run(main())
"""


async def test_several_workers_handle_each_email_once(own: Daemon) -> None:
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WORKER), own.socket],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        for _ in range(3)
    ]
    lines: list[list[str]] = [[] for _ in workers]

    def read(index: int) -> None:
        stdout = workers[index].stdout
        assert stdout is not None
        for line in stdout:
            lines[index].append(json.loads(line))

    readers = [threading.Thread(target=read, args=(index,)) for index in range(len(workers))]
    for reader in readers:
        reader.start()
    addresses = [f"user{number}@example.org" for number in range(24)]
    try:
        await until(lambda: all("ready" in said for said in lines))
        async with own.async_client() as client:
            for address in addresses:
                await client.register(address, ADA["password"])
        await until(lambda: sum(map(len, lines)) >= len(addresses) + len(workers))
    finally:
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.close()
            worker.wait(30)
        for reader in readers:
            reader.join()
    handled = [said for worker in lines for said in worker if said != "ready"]
    assert sorted(handled) == sorted(addresses)
    assert all(worker.returncode == 0 for worker in workers)
