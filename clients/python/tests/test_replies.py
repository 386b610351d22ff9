"""Large answers (trap 5), hashing that holds nobody up (trap 10), odd answers."""

import asyncio
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from daemons import PASSWORD
from fake import Fake, answer, line, pair, payload
from mvpauth import AsyncClient, Client
from mvpauth.errors import (
    DeadlineExceededError,
    ProtocolError,
    ServiceUnavailableError,
    ValidationError,
)


async def test_trap_5_a_hundred_sessions_with_long_devices(daemon, email):
    device = "d" * 512
    async with AsyncClient(daemon.path) as auth:
        await auth.register(email, PASSWORD)
        pairs = await asyncio.gather(
            *(auth.login(email, PASSWORD, device_info=device) for _ in range(100))
        )
        sessions = await auth.sessions(pairs[0].access_token)
        assert len(sessions) == 100
        assert {session.device_info for session in sessions} == {device}
        assert [session.current for session in sessions].count(True) == 1
    with Client(daemon.path) as auth:
        assert sorted(s.id for s in auth.sessions(pairs[1].access_token)) == sorted(
            s.id for s in sessions
        )


@pytest.mark.parametrize("size", [65_536, 1_048_576, 2_000_000])
async def test_trap_5_an_answer_of_a_mebibyte(size):
    def large(peer):
        while (call := peer.read()) is not None:
            peer.reply(call, "x" * size)

    with Fake(large) as fake:
        async with AsyncClient(fake.path) as auth:
            assert await auth.call("rpc.discover") == "x" * size
        with Client(fake.path) as auth:
            assert auth.call("rpc.discover") == "x" * size


async def test_an_answer_over_twice_the_limit_ends_the_connection():
    def large(peer):
        call = peer.read()
        peer.reply(call, "x" * 20_000)
        peer.read()

    with Fake(large, limits={"reply_bytes": 8192}) as fake:
        async with AsyncClient(fake.path) as auth:
            with pytest.raises(ServiceUnavailableError) as caught:
                await auth.call("auth.login", {})
            assert caught.value.code == "CONNECTION_LOST"
        with Client(fake.path) as auth, pytest.raises(ServiceUnavailableError) as caught:
            auth.call("auth.login", {})
        assert caught.value.code == "CONNECTION_LOST"


def hashing_daemon(limit):
    """Reads no more at the limit, as the daemon does; answers logins only when it is told to."""
    proceed = threading.Event()
    most = []

    def script(peer):
        room = threading.Semaphore(limit)
        hashing = []

        def hash_later(call):
            proceed.wait(60)
            hashing.remove(call)
            peer.reply(call, pair(call["params"]["email"]))
            room.release()

        while True:
            room.acquire()
            call = peer.read()
            if call is None:
                return
            if call["method"] == "auth.login":
                hashing.append(call)
                most.append(len(hashing))
                threading.Thread(target=hash_later, args=(call,), daemon=True).start()
                continue
            peer.reply(call, answer(call))
            room.release()

    return script, proceed, most


async def test_trap_10_two_hundred_logins_hold_no_verify_up():
    script, proceed, most = hashing_daemon(limit=8)
    with Fake(script, limits={"calls_in_flight": 8}) as fake:
        async with AsyncClient(fake.path, timeout=40) as auth:
            logins = [
                asyncio.create_task(auth.login(f"u{n}@example.org", PASSWORD)) for n in range(200)
            ]
            while len(most) < 4:
                await asyncio.sleep(0.001)
            for number in range(50):
                # At the limit nothing more would be read before a login is answered: never.
                assert (await auth.verify(f"v{number}", timeout=20)).jti == f"v{number}"
            assert max(most) == 4
            assert not any(login.done() for login in logins)
            assert len(fake.peers) == 1
            gone = logins[10:60]
            for login in gone:
                login.cancel()
            proceed.set()
            results = await asyncio.gather(*logins, return_exceptions=True)
            for number, result in enumerate(results):
                if logins[number] in gone:
                    assert isinstance(result, asyncio.CancelledError)
                else:
                    assert result.access_token == f"access-u{number}@example.org"
        sent = [c["params"]["email"] for c in fake.calls if c["method"] == "auth.login"]
        # In the order of the callers, and without those who left.
        assert sent == [f"u{n}@example.org" for n in (*range(10), *range(60, 200))]


async def test_a_process_that_was_busy_looks_at_what_has_arrived_before_it_calls_it_late(daemon):
    async with AsyncClient(daemon.path) as auth:
        await auth.ping()
        call = asyncio.create_task(auth.ping(timeout=0.05))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(time.sleep, 0.15)
        assert await call
    nobody = asyncio.create_task(AsyncClient("/nonexistent/mvp-auth.sock").ping(timeout=0.05))
    asyncio.get_running_loop().call_soon(time.sleep, 0.15)
    with pytest.raises(ServiceUnavailableError):
        await nobody


def test_a_thread_that_was_held_up_looks_at_what_has_arrived_before_it_calls_it_late():
    is_held, is_answered = threading.Event(), threading.Event()

    def hold(*_):
        is_held.set()
        is_answered.wait(20)
        time.sleep(1.1)

    def script(peer):
        call = peer.read()
        signal.pthread_kill(threading.main_thread().ident, signal.SIGALRM)
        is_held.wait(20)
        peer.reply(call, {"pong": True})
        is_answered.set()
        peer.read()

    before = signal.signal(signal.SIGALRM, hold)
    try:
        with Fake(script) as fake, Client(fake.path) as auth:
            assert auth.ping(timeout=1)
    finally:
        signal.signal(signal.SIGALRM, before)


async def test_a_call_that_waits_for_the_lane_ends_by_its_deadline_unsent():
    script, proceed, _ = hashing_daemon(limit=2)
    with Fake(script, limits={"calls_in_flight": 2}) as fake:
        async with AsyncClient(fake.path, timeout=40) as auth:
            first = asyncio.create_task(auth.login("first@example.org", PASSWORD))
            await asyncio.sleep(0.01)
            with pytest.raises(DeadlineExceededError) as caught:
                await auth.login("second@example.org", PASSWORD, timeout=0.05)
            assert caught.value.executed is False
            proceed.set()
            await auth.verify("v")
            await first
            await auth.login("third@example.org", PASSWORD)
        sent = [c["params"]["email"] for c in fake.calls if c["method"] == "auth.login"]
        assert sent == ["first@example.org", "third@example.org"]


def test_trap_10_blocking_logins_leave_connections_to_the_others():
    proceed = threading.Event()

    def script(peer):
        while (call := peer.read()) is not None:
            if call["method"] == "auth.login":
                proceed.wait(30)
            peer.reply(call, answer(call))

    with (
        Fake(script) as fake,
        Client(fake.path, timeout=40, max_connections=4) as auth,
        ThreadPoolExecutor(20) as pool,
    ):
        logins = [pool.submit(auth.login, f"u{n}@example.org", PASSWORD) for n in range(16)]
        while fake.methods().count("auth.login") < 2:
            time.sleep(0.001)
        try:
            for number in range(50):
                assert auth.verify(f"v{number}", timeout=20).jti == f"v{number}"
            assert fake.methods().count("auth.login") == 2
            with pytest.raises(DeadlineExceededError) as caught:
                auth.login("late@example.org", PASSWORD, timeout=0.05)
            assert caught.value.executed is False
        finally:
            proceed.set()
        names = [login.result(40).access_token for login in logins]
        assert names == [f"access-u{n}@example.org" for n in range(16)]
        assert len(fake.peers) <= 4


async def test_what_is_submitted_in_one_turn_leaves_in_one_write(monkeypatch):
    sizes = []
    ready = threading.Event()

    def count(peer):
        ready.wait(10)
        data = b""
        while data.count(b"\n") < 20:
            part = peer.sock.recv(1 << 20)
            sizes.append(part.count(b"\n"))
            data += part
        import json

        for call in map(json.loads, data.splitlines()):
            peer.reply(call, payload(call["params"]["access_token"]))

    with Fake(count) as fake:
        async with AsyncClient(fake.path) as auth:
            calls = [asyncio.create_task(auth.verify(f"t{n}")) for n in range(20)]
            while not auth.connections or auth.connections[0].in_flight < 20:
                await asyncio.sleep(0)
            ready.set()
            assert [(await call).jti for call in calls] == [f"t{n}" for n in range(20)]
    assert sum(sizes) == 20


async def test_a_reply_that_does_not_fit_the_catalogue_is_a_protocol_error():
    def odd(peer):
        while (call := peer.read()) is not None:
            peer.reply(call, {"id": 7})

    with Fake(odd) as fake:
        async with AsyncClient(fake.path) as auth:
            with pytest.raises(ProtocolError) as caught:
                await auth.register("a@example.org", PASSWORD)
            assert caught.value.executed is True


async def test_unknown_notifications_and_answers_to_nobody_are_passed_over():
    def chatty(peer):
        while (call := peer.read()) is not None:
            peer.notify("later.invented", {"x": 1})
            peer.send(line({"jsonrpc": "2.0", "id": "nobody-1", "result": 1}))
            peer.send(line({"jsonrpc": "2.0", "id": 7, "result": 1}))
            peer.send(b"\n\r\n")
            peer.reply(call, answer(call))

    with Fake(chatty) as fake:
        async with AsyncClient(fake.path) as auth:
            assert (await auth.verify("a")).jti == "a"
            assert auth.connections[0].unknown_replies == 2
        with Client(fake.path) as auth:
            assert auth.verify("a").jti == "a"
            assert auth.connections[0].unknown_replies == 2
        assert len(fake.peers) == 2


async def test_a_call_that_is_too_long_costs_nobody_the_connection(daemon, email):
    """After three such lines the daemon would close it."""
    async with AsyncClient(daemon.path) as auth:
        await auth.ready()
        before = auth.connections[0]
        for _ in range(5):
            with pytest.raises(ValidationError) as caught:
                await auth.login(email, "x" * 70_000)
            assert (caught.value.code, caught.value.status) == ("MESSAGE_TOO_LARGE", 413)
        await auth.ready()
        assert auth.connections[0].instance_id == before.instance_id
    with Client(daemon.path) as auth:
        for _ in range(5):
            with pytest.raises(ValidationError):
                auth.login(email, "x" * 70_000)
        auth.ready()
