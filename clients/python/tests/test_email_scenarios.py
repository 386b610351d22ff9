"""Consumers of emails, against the real daemon."""

import asyncio
import signal
import threading

import pytest

from daemons import PASSWORD, Daemon, require
from mvpauth import AsyncClient, Client
from mvpauth.errors import InvalidVerificationTokenError


@pytest.fixture
def outbox():
    """A daemon of the test's own, with a store that survives it."""
    require()
    with Daemon(store="sqlite:///{directory}/auth.db", AUTH_EMAIL_LIMITS="false", AUTH_LOG_LEVEL="debug") as daemon:
        yield daemon


async def test_an_email_arrives_once_and_its_token_works(outbox):
    async with AsyncClient(outbox.path) as auth, auth.emails() as emails:
        user = await auth.register("ada@example.org", PASSWORD)
        email = await anext(emails)
        assert (email.event, email.email, email.attempt, email.user_id) == (
            "verification_email",
            "ada@example.org",
            1,
            user.id,
        )
        assert email.link.endswith(f"/verify-email?token={email.token}")
        assert (await auth.verify_email(email.token)).is_verified
        await email.ack()
        # The next one that comes is the next one that was caused.
        await auth.forgot_password("ada@example.org")
        email = await anext(emails)
        assert (email.event, email.attempt) == ("password_reset_email", 1)
        await auth.reset_password(email.token, "another long phrase")
        with pytest.raises(InvalidVerificationTokenError):
            await auth.reset_password(email.token, "another long phrase")
        await email.ack()


async def test_what_was_not_settled_comes_again(outbox):
    async with AsyncClient(outbox.path) as auth:
        await auth.register("ada@example.org", PASSWORD)
        async with auth.emails() as emails:
            first = await anext(emails)
        async with auth.emails(ack_timeout=1) as emails:
            second = await anext(emails)
            seen = [(email.delivery_id, email.attempt) for email in (first, second)]
            # Let go of, it comes again when its time is over.
            del second
            third = await anext(emails)
            await third.retry(delay=0, reason="once more")
            fourth = await anext(emails)
            await fourth.ack()
        seen += [(email.delivery_id, email.attempt) for email in (third, fourth)]
    # On a slow machine it may be handed out once more before anybody looks at it.
    attempts = [attempt for _, attempt in seen]
    assert {name for name, _ in seen} == {first.delivery_id}
    assert attempts[0] == 1 and attempts == sorted(set(attempts))


async def test_notices_come_to_who_asks_for_them(outbox):
    async with AsyncClient(outbox.path) as auth:
        await auth.register("ada@example.org", PASSWORD)
        pair = await auth.login("ada@example.org", PASSWORD)
        await auth.change_password(
            pair.access_token, current_password=PASSWORD, new_password="another long phrase"
        )
        async with auth.emails(events=["password_changed"]) as emails:
            email = await anext(emails)
            assert (email.event, email.token, email.link) == ("password_changed", None, None)
            await email.ack()


async def test_consumers_share_the_emails(outbox):
    taken = {"first": [], "second": []}
    both = asyncio.Event()

    async def consume(name, emails):
        async for email in emails:
            taken[name].append(email.email)
            if all(taken.values()):
                both.set()
            # Nobody goes on before both have had one: with a prefetch of one there is no other way.
            await both.wait()
            await email.ack()

    async with AsyncClient(outbox.path) as auth:
        addresses = [f"user{number}@example.org" for number in range(12)]
        consumers = [auth.emails(prefetch=1) for _ in taken]
        tasks = [
            asyncio.create_task(consume(name, emails))
            for name, emails in zip(taken, consumers, strict=True)
        ]
        for address in addresses:
            await auth.register(address, PASSWORD)
        while sum(map(len, taken.values())) < len(addresses):
            await asyncio.sleep(0.01)
        for emails in consumers:
            await emails.aclose()
        await asyncio.gather(*tasks)
    assert sorted(taken["first"] + taken["second"]) == sorted(addresses)
    assert taken["first"] and taken["second"]


@pytest.mark.parametrize("is_sent", [False, True])
async def test_a_killed_daemon_loses_nothing_and_nothing_is_sent_twice(outbox, is_sent):
    handled, began, gate = [], asyncio.Event(), asyncio.Event()

    async def handler(email):
        handled.append((email.email, email.attempt))
        began.set()
        await gate.wait()

    async with AsyncClient(outbox.path) as auth:
        consumer = auth.emails(ack_timeout=1)
        run = asyncio.create_task(consumer.run(handler))
        await auth.register("ada@example.org", PASSWORD)
        await began.wait()
        outbox.stop(signal.SIGKILL)
        if is_sent:
            # Sent while nobody hears of it: it comes again, and is only acknowledged again.
            gate.set()
        outbox.start()
        await asyncio.to_thread(outbox.wait)
        gate.set()
        await auth.register("bob@example.org", PASSWORD)
        # Both are acknowledged: the first one once more, or at last.
        while outbox.log().count("an email was handed over") < 2:
            await asyncio.sleep(0.01)
        await consumer.aclose()
        await run
    assert sorted(handled) == [("ada@example.org", 1), ("bob@example.org", 1)]


def test_the_blocking_consumer_over_a_kill(outbox):
    taken = []
    with Client(outbox.path) as auth:
        consumer = auth.emails(ack_timeout=1)

        def send(email):
            if email.attempt == 1 and email.email.startswith("ada"):
                email.retry(delay=0)
            else:
                taken.append((email.email, email.attempt))

        thread = threading.Thread(target=consumer.run, args=(send,))
        thread.start()
        auth.register("ada@example.org", PASSWORD)
        while len(taken) < 1:
            assert thread.is_alive()
            threading.Event().wait(0.01)
        outbox.stop(signal.SIGKILL)
        outbox.start()
        outbox.wait()
        auth.register("bob@example.org", PASSWORD)
        while len(taken) < 2:
            assert thread.is_alive()
            threading.Event().wait(0.01)
        consumer.close()
        thread.join(10)
    assert taken == [("ada@example.org", 2), ("bob@example.org", 1)]
