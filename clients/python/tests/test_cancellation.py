"""A caller that leaves must not spoil the answers of the others (trap 2)."""

import asyncio
import random
import threading
import time

import pytest

from daemons import PASSWORD
from fake import Fake, answer, silent
from mvpauth import AsyncClient, Client
from mvpauth.errors import DeadlineExceededError


def shuffled(peer):
    """Answers late and in another order than asked."""
    held: list = []
    order = random.Random(7)
    while (call := peer.read()) is not None:
        if "id" not in call:
            continue
        held.append(call)
        order.shuffle(held)
        is_last = call["params"]["access_token"] == "last"
        while held and (is_last or len(held) > 20 or order.random() < 0.6):
            call = held.pop()
            peer.reply(call, answer(call))


async def test_trap_2_ten_thousand_random_cancellations_mix_nothing_up():
    chance = random.Random(11)
    with Fake(shuffled) as fake:
        async with AsyncClient(fake.path, timeout=60) as auth:
            await auth.current_user("last")
            left = 10_000
            kept = 0

            async def work():
                nonlocal left, kept
                while left > 0:
                    left -= 1
                    token = f"t{left}"
                    call = asyncio.create_task(auth.current_user(token))
                    for _ in range(chance.randrange(4)):
                        await asyncio.sleep(0)
                    if chance.random() < 0.5:
                        call.cancel()
                    try:
                        assert (await call).email == f"{token}@example.org"
                        kept += 1
                    except asyncio.CancelledError:
                        assert call.cancelled()

            async def push():
                # What the daemon holds back would otherwise wait for further calls.
                while left > 0 or workers_alive():
                    await asyncio.sleep(0.005)
                    await auth.current_user("last")

            workers = [asyncio.create_task(work()) for _ in range(40)]

            def workers_alive():
                return not all(worker.done() for worker in workers)

            await asyncio.gather(push(), *workers)
            assert kept > 1000
            assert auth.connections[0].in_flight == 0
        assert len(fake.peers) == 1


async def test_a_call_that_is_cancelled_before_it_is_sent_is_not_sent():
    with Fake() as fake:
        async with AsyncClient(fake.path) as auth:
            await auth.ready()
            call = asyncio.create_task(auth.current_user("never"))
            await asyncio.sleep(0)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await auth.ready()
        assert fake.methods() == ["system.health", "system.health"]


async def test_a_call_that_is_cancelled_after_it_was_sent_is_cancelled_at_the_daemon():
    seen = threading.Event()

    def script(peer):
        first = peer.read()
        seen.set()
        cancel = peer.read()
        assert cancel["params"] == {"id": first["id"]}
        peer.reply(first, answer(first))
        while (call := peer.read()) is not None:
            peer.reply(call, answer(call))

    with Fake(script) as fake:
        async with AsyncClient(fake.path) as auth:
            call = asyncio.create_task(auth.current_user("mine"))
            while not seen.is_set():
                await asyncio.sleep(0.001)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert (await auth.current_user("other")).email == "other@example.org"
            assert auth.connections[0].unknown_replies == 1
        assert fake.methods() == ["user.get_current_user", "system.cancel", "user.get_current_user"]
        assert len(fake.peers) == 1


async def test_a_cancelled_caller_does_not_stop_the_connection_of_the_others(tmp_path):
    path = str(tmp_path / "s")
    async with AsyncClient(path) as auth:
        first, second = (asyncio.create_task(auth.current_user(name)) for name in "ab")
        await asyncio.sleep(0.02)
        first.cancel()
        with Fake(path=path):
            assert (await second).email == "b@example.org"
        assert first.cancelled()


async def test_wait_for_leaves_the_client_whole(daemon, email):
    async with AsyncClient(daemon.path) as auth:
        await auth.register(email, PASSWORD)
        pair = await auth.login(email, PASSWORD)
        for number in range(300):
            try:
                await asyncio.wait_for(auth.current_user(pair.access_token), number * 2e-6)
            except asyncio.TimeoutError:
                pass
        assert (await auth.current_user(pair.access_token)).email == email


async def test_a_late_answer_is_dropped():
    def script(peer):
        first = peer.read()
        second = peer.read()
        peer.reply(first, answer(first))
        peer.reply(second, answer(second))
        peer.read()

    with Fake(script) as fake:
        async with AsyncClient(fake.path) as auth:
            began = time.monotonic()
            with pytest.raises(DeadlineExceededError) as caught:
                await auth.current_user("first", timeout=0.05)
            assert 0.05 <= time.monotonic() - began < 5
            assert caught.value.executed is True
            assert (await auth.current_user("second")).email == "second@example.org"
            assert auth.connections[0].unknown_replies == 1


def test_a_late_answer_is_dropped_by_the_blocking_client_too():
    def script(peer):
        held = [peer.read()]
        assert peer.read()["method"] == "system.cancel"
        while (call := peer.read()) is not None:
            for waiting in (*held, call):
                peer.reply(waiting, answer(waiting))
            held.clear()

    with Fake(script) as fake, Client(fake.path) as auth:
        with pytest.raises(DeadlineExceededError) as caught:
            auth.current_user("first", timeout=0.05)
        assert caught.value.executed is True
        assert auth.current_user("second").email == "second@example.org"
        assert auth.connections[0].unknown_replies == 1
        assert len(fake.peers) == 1


def test_a_connection_that_is_late_twice_is_closed():
    with Fake(silent) as fake, Client(fake.path) as auth:
        for _ in range(2):
            with pytest.raises(DeadlineExceededError):
                auth.current_user("x", timeout=0.02)
        assert auth.connections == []
        assert len(fake.peers) == 1


@pytest.mark.parametrize("is_connected", [False, True])
@pytest.mark.parametrize("timeout", [0, -1, 1e-9, float("-inf")])
async def test_no_time_is_a_deadline_that_has_passed(timeout, is_connected):
    with Fake() as fake:
        async with AsyncClient(fake.path) as auth:
            if is_connected:
                await auth.ready()
            with pytest.raises(DeadlineExceededError) as caught:
                await auth.register("a@example.org", PASSWORD, timeout=timeout)
            assert caught.value.executed is False
        with Client(fake.path) as auth:
            if is_connected:
                auth.ready()
            with pytest.raises(DeadlineExceededError) as caught:
                auth.register("a@example.org", PASSWORD, timeout=timeout)
            assert caught.value.executed is False
        assert "user.register" not in fake.methods()


def test_an_interrupted_call_leaves_no_half_spoken_connection():
    class Interrupt(BaseException):
        pass

    import signal

    def raise_interrupt(*_):
        raise Interrupt

    def script(peer):
        if len(peer.fake.peers) == 1:
            peer.read()
            peer.read()
        while (call := peer.read()) is not None:
            peer.reply(call, answer(call))

    before = signal.signal(signal.SIGALRM, raise_interrupt)
    try:
        with Fake(script) as fake, Client(fake.path) as auth:
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            with pytest.raises(Interrupt):
                auth.current_user("first")
            assert auth.current_user("second").email == "second@example.org"
            assert len(fake.peers) == 2
    finally:
        signal.signal(signal.SIGALRM, before)
