"""A pair that stays current: one refresh (trap 9), and no wall clock (trap 22)."""

import asyncio
import contextlib
import math
import time

import pytest

from daemons import PASSWORD
from fake import Fake, answer, pair, silent
from mvpauth import AsyncClient, TokenSource, sessions
from mvpauth._generated import TokenPair
from mvpauth.errors import MvpAuthError, ServiceUnavailableError, TokenReuseError


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self, monkeypatch):
        self.offset = 0.0
        monkeypatch.setattr(sessions, "now", lambda: time.monotonic() + self.offset)

    def pass_(self, seconds):
        self.offset += seconds


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def first_pair(expires_in=900):
    return TokenPair.from_wire(pair("first", expires_in))


def counting(peer):
    """Answers each refresh with a new pair."""
    while (call := peer.read()) is not None:
        number = peer.fake.methods().count("auth.refresh")
        peer.reply(call, pair(f"r{number}") if call["method"] == "auth.refresh" else answer(call))


async def test_a_young_token_is_given_without_a_call(clock):
    with Fake(counting) as fake:
        async with AsyncClient(fake.path) as auth:
            source = TokenSource(auth, first_pair())
            for _ in range(5):
                assert await source.access_token() == "access-first"
            clock.pass_(0.69 * 900)
            assert await source.access_token() == "access-first"
            assert fake.methods() == []
            clock.pass_(0.12 * 900)
            assert await source.access_token() == "access-r1"
            assert fake.methods() == ["auth.refresh"]
            assert source.pair.refresh_token == "refresh-r1"
            clock.pass_(0.81 * 900)
            assert await source.access_token() == "access-r2"
            assert fake.calls[-1]["params"]["refresh_token"] == "refresh-r1"


async def test_trap_9_fifty_wait_for_one_refresh_and_the_first_may_leave(clock, daemon, email):
    async with AsyncClient(daemon.path) as auth:
        await auth.register(email, PASSWORD)
        saved = []
        source = TokenSource(auth, await auth.login(email, PASSWORD), on_update=saved.append)
        clock.pass_(800)
        waiters = [asyncio.create_task(source.access_token()) for _ in range(50)]
        await asyncio.sleep(0)
        waiters[0].cancel()
        tokens = await asyncio.gather(*waiters, return_exceptions=True)
        assert isinstance(tokens[0], asyncio.CancelledError)
        assert tokens[1:] == [saved[0].access_token] * 49
        assert len(saved) == 1
        assert (await auth.current_user(tokens[1])).email == email


async def test_a_refresh_that_everybody_left_is_saved_all_the_same(clock):
    with Fake(counting) as fake:
        async with AsyncClient(fake.path) as auth:
            saved = []
            source = TokenSource(auth, first_pair(), on_update=saved.append)
            clock.pass_(800)
            waiter = asyncio.create_task(source.access_token())
            await asyncio.sleep(0)
            waiter.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiter
            await source.aclose()
            assert [new.refresh_token for new in saved] == ["refresh-r1"]


async def test_nobody_gets_a_token_before_its_pair_is_saved(clock):
    with Fake(counting) as fake:
        async with AsyncClient(fake.path) as auth:
            events = []

            async def save(new):
                events.append("saving")
                await asyncio.sleep(0.05)
                events.append("saved")

            source = TokenSource(auth, first_pair(), on_update=save)

            async def use():
                events.append(await source.access_token())

            clock.pass_(800)
            await asyncio.gather(use(), use())
            assert events == ["saving", "saved", "access-r1", "access-r1"]


async def test_while_saving_fails_nobody_gets_the_token_and_it_is_tried_again(clock):
    with Fake(counting) as fake:
        async with AsyncClient(fake.path) as auth:
            attempts = []

            def save(new):
                attempts.append(new.refresh_token)
                if len(attempts) < 3:
                    raise OSError("the disk is full")

            source = TokenSource(auth, first_pair(), on_update=save)
            clock.pass_(800)
            for _ in range(2):
                with pytest.raises(OSError, match="full"):
                    await source.access_token()
            assert await source.access_token() == "access-r1"
            assert attempts == ["refresh-r1"] * 3
            assert fake.methods() == ["auth.refresh"]


async def test_a_passing_error_keeps_the_old_token_until_it_has_expired(clock, tmp_path):
    async with AsyncClient(str(tmp_path / "none"), timeout=0.02) as auth:
        source = TokenSource(auth, first_pair())
        clock.pass_(800)
        began = time.monotonic()
        assert await source.access_token() == "access-first"
        # Those who come now do not wait for another attempt.
        first = time.monotonic() - began
        assert source._retry_at > sessions.now() + 0.4 - first
        assert await source.access_token() == "access-first"
        clock.pass_(101)
        with pytest.raises(ServiceUnavailableError):
            await source.access_token()


async def test_one_refresh_token_has_one_key_over_all_attempts(clock):
    def lose(peer):
        while (call := peer.read()) is not None:
            if len(peer.fake.methods()) < 7:
                return
            peer.reply(call, pair("new"))

    with Fake(lose) as fake:
        async with AsyncClient(fake.path) as auth:
            source = TokenSource(auth, first_pair())
            clock.pass_(800)
            assert await source.access_token() == "access-first"
            clock.pass_(20)
            assert await source.access_token() == "access-new"
        keys = {c["meta"]["idempotency_key"] for c in fake.calls if c["method"] == "auth.refresh"}
        assert len(fake.methods()) == 7
        assert len(keys) == 1


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("TOKEN_REUSE", 40105),
        ("TOKEN_REVOKED", 40104),
        ("TOKEN_EXPIRED", 40102),
        ("TOKEN_INVALID", 40103),
        ("USER_INACTIVE", 40302),
    ],
)
async def test_a_session_that_is_over_is_reported_once_and_asked_for_no_more(clock, code, number):
    def refuse(peer):
        while (call := peer.read()) is not None:
            peer.fail(call, code, number)

    with Fake(refuse) as fake:
        async with AsyncClient(fake.path) as auth:
            lost = []
            source = TokenSource(auth, first_pair(), on_lost=lost.append)
            clock.pass_(800)
            results = await asyncio.gather(
                *(source.access_token() for _ in range(10)), return_exceptions=True
            )
            for _ in range(3):
                with pytest.raises(MvpAuthError) as caught:
                    await source.access_token()
                assert caught.value.code == code
            assert {error.code for error in results} == {code}
            assert [error.code for error in lost] == [code]
            assert fake.methods() == ["auth.refresh"]
            assert source.is_lost


@pytest.mark.parametrize("step", [-3600, 3600])
async def test_trap_22_the_wall_clock_does_not_matter(monkeypatch, step):
    with Fake(counting) as fake:
        async with AsyncClient(fake.path) as auth:
            source = TokenSource(auth, first_pair())
            true_time = time.time
            monkeypatch.setattr(time, "time", lambda: true_time() + step)
            assert await source.access_token() == "access-first"
            assert fake.methods() == []


async def test_a_pair_of_unknown_age_is_refreshed_at_once():
    with Fake(counting) as fake:
        async with AsyncClient(fake.path) as auth:
            source = TokenSource(auth, first_pair(), age=math.inf)
            assert await source.access_token() == "access-r1"


async def test_after_a_refusal_a_refresh_can_be_forced():
    with Fake(counting) as fake:
        async with AsyncClient(fake.path) as auth:
            source = TokenSource(auth, first_pair())
            await asyncio.gather(source.refresh(force=True), source.refresh(force=True))
            assert await source.access_token() == "access-r1"
            assert fake.methods() == ["auth.refresh"]


async def test_two_processes_share_one_stored_pair(clock, daemon, email):
    """Two sources stand for the processes; without the lock the second would commit reuse."""
    async with AsyncClient(daemon.path) as auth:
        await auth.register(email, PASSWORD)
        stored = [await auth.login(email, PASSWORD)]
        lock = asyncio.Lock()

        @contextlib.asynccontextmanager
        async def excluded():
            async with lock:
                yield

        def make():
            return TokenSource(
                auth,
                stored[0],
                on_update=lambda new: stored.append(new),
                lock=excluded,
                load=lambda: stored[-1],
            )

        sources = [make(), make()]
        for _ in range(3):
            clock.pass_(800)
            tokens = await asyncio.gather(*(source.access_token() for source in sources))
            assert tokens == [stored[-1].access_token] * 2
        assert len(stored) == 4
        assert (await auth.current_user(tokens[0])).email == email


async def test_without_sharing_the_second_process_would_end_the_session(clock, daemon, email):
    async with AsyncClient(daemon.path) as auth:
        await auth.register(email, PASSWORD)
        login = await auth.login(email, PASSWORD)
        sources = [TokenSource(auth, login), TokenSource(auth, login)]
        clock.pass_(800)
        await sources[0].access_token()
        with pytest.raises(TokenReuseError):
            await sources[1].access_token()


def test_a_source_belongs_to_one_loop():
    with Fake(silent) as fake:
        auth = AsyncClient(fake.path)
        source = TokenSource(auth, first_pair(), age=math.inf)

        async def leave():
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(source.access_token(), 0.05)

        loop = asyncio.new_event_loop()
        loop.run_until_complete(leave())

        async def join():
            with pytest.raises(RuntimeError, match="one event loop"):
                await source.access_token()

        asyncio.run(join())
        source._flight.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.run_until_complete(auth.aclose())
        loop.close()


async def test_no_token_is_shown():
    async with AsyncClient("/nowhere") as auth:
        source = TokenSource(auth, first_pair())
        assert "first" not in repr(source) + repr(source.pair)
