"""Lines that are cut (trap 7), answers that are cut (trap 8), and what is done once only."""

import asyncio
import json
import os
import socket
import tempfile
import threading

import pytest

from daemons import PASSWORD
from fake import Fake, answer
from mvpauth import AsyncClient, Client
from mvpauth.errors import (
    InvalidCredentialsError,
    MvpAuthError,
    ServiceUnavailableError,
    TokenReuseError,
)


class Proxy:
    """Stands between client and daemon, and cuts the line or the answer of one method."""

    def __init__(self, target, method):
        self.target = target
        self.method = method
        self.cut_call = None
        """After how many bytes of the call to hang up; once."""
        self.cut_reply = None
        """After how many bytes of its answer to hang up; once."""
        self.seen = []
        self.length = 0
        """Of the last answer."""
        self.path = os.path.join(tempfile.mkdtemp(prefix="mvpauth-"), "s")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        """One call after another: the answer is awaited before the next line is read."""
        daemon = socket.socket(socket.AF_UNIX)
        daemon.connect(self.target)
        with client, daemon:
            calls, answers = client.makefile("rb"), daemon.makefile("rb")
            while line := calls.readline():
                call = json.loads(line)
                is_it = call["method"] == self.method
                if is_it:
                    self.seen.append(call)
                if is_it and self.cut_call is not None:
                    part, self.cut_call = line[: self.cut_call], None
                    daemon.sendall(part)
                    # The daemon executes a whole line before it answers the end.
                    daemon.shutdown(socket.SHUT_WR)
                    while daemon.recv(65536):
                        pass
                    return
                daemon.sendall(line)
                answer = answers.readline()
                self.length = len(answer)
                if is_it and self.cut_reply is not None:
                    part, self.cut_reply = answer[: self.cut_reply], None
                    client.sendall(part)
                    return
                client.sendall(answer)


@pytest.mark.timeout(240)
def test_trap_7_a_register_that_is_cut_anywhere_is_made_once_and_reported_as_executed(daemon):
    with Proxy(daemon.path, "user.register") as proxy, Client(daemon.path) as direct:
        made = 0
        position = 0
        while True:
            email = f"torn{position:04d}-{os.urandom(3).hex()}@example.org"
            proxy.cut_call = position
            with Client(proxy.path) as auth:
                with pytest.raises(ServiceUnavailableError) as caught:
                    auth.register(email, PASSWORD)
            assert caught.value.code == "CONNECTION_LOST"
            assert caught.value.executed is True
            assert len(proxy.seen) == position + 1
            length = len(json.dumps(proxy.seen[-1], separators=(",", ":")).encode()) + 1
            try:
                direct.login(email, PASSWORD)
                made += 1
                assert position >= length - 1
            except InvalidCredentialsError:
                assert position < length - 1
            if position >= length:
                break
            position += 1
        # Whole without its line feed, and with it: both are executed.
        assert made == 2


async def test_the_async_client_does_not_repeat_a_torn_register_either(daemon, email):
    with Proxy(daemon.path, "user.register") as proxy:
        for position in (0, 1, 50, 10_000):
            proxy.cut_call = position
            async with AsyncClient(proxy.path) as auth:
                with pytest.raises(ServiceUnavailableError) as caught:
                    await auth.register(f"{position}{email}", PASSWORD)
                assert caught.value.executed is True
        assert len(proxy.seen) == 4


async def test_with_a_key_a_torn_register_is_made_again(daemon, email):
    with Proxy(daemon.path, "user.register") as proxy:
        for number, position in enumerate((0, 60, 10_000)):
            proxy.cut_call = position
            async with AsyncClient(proxy.path) as auth:
                key = os.urandom(16).hex()
                user = await auth.register(f"{number}{email}", PASSWORD, idempotency_key=key)
                assert user.email == f"{number}{email}"
        assert len(proxy.seen) == 6


@pytest.mark.slow
def test_trap_8_a_pair_survives_a_refresh_whose_answer_is_cut_anywhere(daemon, email):
    with Proxy(daemon.path, "auth.refresh") as proxy, Client(proxy.path) as auth:
        auth.register(email, PASSWORD)
        pair = auth.login(email, PASSWORD)
        for position in range(0, 10_000, 7):
            proxy.cut_reply = position
            pair = auth.refresh(pair.refresh_token)
            if proxy.length <= position:
                break
            first, second = proxy.seen[-2:]
            assert first["meta"]["idempotency_key"] == second["meta"]["idempotency_key"]
            assert first["id"] != second["id"]
        assert auth.current_user(pair.access_token).email == email
        assert len(auth.sessions(pair.access_token)) == 1


async def test_a_pair_survives_a_refresh_whose_answer_is_lost_to_the_async_client(daemon, email):
    with Proxy(daemon.path, "auth.refresh") as proxy:
        async with AsyncClient(proxy.path) as auth:
            await auth.register(email, PASSWORD)
            pair = await auth.login(email, PASSWORD)
            for position in (0, 1, 100, 300):
                proxy.cut_reply = position
                pair = await auth.refresh(pair.refresh_token)
            assert (await auth.current_user(pair.access_token)).email == email


def test_trap_8_without_a_key_a_lost_answer_would_end_the_session(daemon, email):
    """What the tests above would see if the client sent no key."""
    with Client(daemon.path) as auth:
        auth.register(email, PASSWORD)
        pair = auth.login(email, PASSWORD)
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(daemon.path)
        lines = raw.makefile("rb")
        codes = []
        for number in (1, 2):
            params = {"refresh_token": pair.refresh_token}
            call = {"jsonrpc": "2.0", "id": number, "method": "auth.refresh", "params": params}
            raw.sendall(json.dumps(call).encode() + b"\n")
            answer = json.loads(lines.readline())
            codes.append(answer.get("error", {}).get("data", {}).get("code"))
        assert codes == [None, "TOKEN_REUSE"]


def test_a_real_second_use_of_a_refresh_token_is_theft(daemon, email):
    """The key is not made from the token, or a thief's call would be taken for a repetition."""
    with Client(daemon.path) as auth:
        auth.register(email, PASSWORD)
        pair = auth.login(email, PASSWORD)
        auth.refresh(pair.refresh_token)
        with pytest.raises(TokenReuseError):
            auth.refresh(pair.refresh_token)


async def test_an_idempotent_call_is_made_again_by_itself(daemon, email):
    with Proxy(daemon.path, "user.get_current_user") as proxy:
        async with AsyncClient(proxy.path) as auth:
            await auth.register(email, PASSWORD)
            pair = await auth.login(email, PASSWORD)
            for position in (0, 10, 100):
                proxy.cut_reply = position
                assert (await auth.current_user(pair.access_token)).email == email
        with Client(proxy.path) as auth:
            for position in (0, 10, 100):
                proxy.cut_reply = position
                assert auth.current_user(pair.access_token).email == email
        assert len(proxy.seen) == 12


def test_a_login_whose_answer_is_lost_is_not_made_again(daemon, email):
    with Proxy(daemon.path, "auth.login") as proxy, Client(proxy.path) as auth:
        auth.register(email, PASSWORD)
        proxy.cut_reply = 5
        with pytest.raises(MvpAuthError) as caught:
            auth.login(email, PASSWORD)
        assert (caught.value.code, caught.value.executed) == ("CONNECTION_LOST", True)
        assert len(proxy.seen) == 1


@pytest.mark.parametrize("size", [1, 700, 60_000])
async def test_short_writes_lose_and_repeat_nothing(size):
    """The kernel takes a part of what is written; the rest follows when there is room."""
    ready = threading.Event()

    def slow(peer):
        ready.wait(20)
        while (call := peer.read()) is not None:
            if "id" in call:
                peer.reply(call, answer(call) | {"size": len(call["params"]["padding"])})

    count = 4000 if size < 1000 else 60
    with Fake(slow) as fake:
        async with AsyncClient(fake.path, timeout=50) as auth:
            tasks = []
            for number in range(count):
                params = {"access_token": f"t{number}", "padding": "x" * size}
                tasks.append(asyncio.create_task(auth.call("token.verify", params)))
                if number % 100 == 0:
                    await asyncio.sleep(0)
            for _ in range(20):
                await asyncio.sleep(0.005)
            gone = tasks[1::3]
            for task in gone:
                task.cancel()
            for _ in range(5):
                await asyncio.sleep(0)
            ready.set()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            for number, result in enumerate(results):
                if tasks[number] in gone:
                    assert isinstance(result, asyncio.CancelledError)
                else:
                    assert result["jti"] == f"t{number}"
                    assert result["size"] == size
        verified = [c for c in fake.calls if c["method"] == "token.verify"]
        names = [call["params"]["access_token"] for call in verified]
        assert len(names) == len(set(names))
