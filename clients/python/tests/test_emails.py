"""Consumers of emails, against a scripted daemon (trap 23)."""

import asyncio
import gc
import logging
import os
import threading

import pytest

from mvpauth import AsyncClient, Client, DropEmail
from mvpauth.errors import PermissionDeniedError, ProtocolError, ServiceUnavailableError
from mvpauth.testing import StubAuth, StubClient
from outbox import Outbox, until


async def eventually(condition):
    await asyncio.to_thread(until, condition)


def descriptors():
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


async def test_an_email_comes_on_a_connection_of_its_own_and_is_acknowledged():
    with Outbox() as box:
        async with AsyncClient(box.path) as auth:
            async with auth.emails(prefetch=3, ack_timeout=5.5) as emails:
                await emails.ready()
                box.submit("ada")
                email = await anext(emails)
                assert (email.event, email.email, email.attempt) == (
                    "verification_email",
                    "ada@example.org",
                    1,
                )
                assert email.token == "token-of-ada"
                assert email.expires_at.microsecond == 500_000 and email.app is None
                assert "token-of-ada" not in repr(email)
                await email.ack()
                await email.retry()
                await email.drop()
            assert box.acks == [{"delivery_id": "ada", "status": "success"}]
    hello, subscription = box.calls[:2]
    assert hello["params"]["roles"] == ["hooks"]
    assert subscription["params"] == {
        "events": ["verification_email", "password_reset_email"],
        "prefetch": 3,
        "ack_timeout_ms": 5500,
    }
    assert box.methods()[-1] == "hooks.unsubscribe"


async def test_what_a_handler_raises_hands_the_email_out_again_and_shows_no_token(caplog):
    async def handler(email):
        if email.attempt == 1:
            raise RuntimeError(f"cannot send {email.token}")
        if email.email.startswith("bounced"):
            raise DropEmail("no such mailbox " + "x" * 300)
        if email.email.startswith("greylisted"):
            await email.retry(delay=60, reason="greylisted")

    with Outbox() as box:
        async with AsyncClient(box.path) as auth:
            consumer = auth.emails()
            run = asyncio.create_task(consumer.run(handler))
            for name in ("ada", "bounced", "greylisted"):
                await asyncio.to_thread(box.submit, name)
                await eventually(lambda name=name: box.statuses(name) == ["retry"])
                box.submit(name)
                await eventually(lambda name=name: len(box.statuses(name)) == 2)
            await consumer.aclose()
            await run
    assert [ack for ack in box.acks if ack["delivery_id"] == "ada"] == [
        {"delivery_id": "ada", "status": "retry", "reason": "RuntimeError"},
        {"delivery_id": "ada", "status": "success"},
    ]
    drop = box.acks[3]
    assert drop["status"] == "drop" and len(drop["reason"]) == 200
    assert box.acks[5] == {
        "delivery_id": "greylisted",
        "status": "retry",
        "delay_ms": 60_000,
        "reason": "greylisted",
    }
    assert "RuntimeError in " in caplog.text and "token-of" not in caplog.text


async def test_a_handler_that_is_no_coroutine_function_runs_in_a_thread():
    threads = []
    with Outbox() as box:
        async with AsyncClient(box.path) as auth:
            run = asyncio.create_task(
                auth.emails().run(lambda email: threads.append(threading.current_thread()))
            )
            await asyncio.to_thread(box.submit, "ada")
            await eventually(lambda: box.statuses("ada") == ["success"])
            run.cancel()
            with pytest.raises(asyncio.CancelledError):
                await run
    assert threads and threads[0] is not threading.main_thread()


async def test_at_most_prefetch_handlers_run_at_a_time():
    running, most = 0, 0

    async def handler(email):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1

    with Outbox() as box:
        async with AsyncClient(box.path) as auth:
            consumer = auth.emails(prefetch=4)
            run = asyncio.create_task(consumer.run(handler))
            for number in range(40):
                await asyncio.to_thread(box.submit, f"e{number}")
            await eventually(lambda: len(box.acks) == 40)
            await consumer.aclose()
            await run
    assert most == 4


async def test_trap_23_at_least_once_by_the_daemon_and_once_in_a_process():
    handled = []
    gate = asyncio.Event()

    async def handler(email):
        handled.append(email.delivery_id)
        await gate.wait()

    with Outbox() as box:
        async with AsyncClient(box.path) as auth:
            consumer = auth.emails()
            run = asyncio.create_task(consumer.run(handler))
            await asyncio.to_thread(box.submit, "slow")
            while not handled:
                await asyncio.sleep(0.005)
            # Its time is over while the handler runs; then the connection is lost as well.
            box.submit("slow")
            first = box.subscribers[-1]
            box.hang_up()
            await eventually(lambda: box.subscribers and box.subscribers[-1] is not first)
            box.submit("slow")
            gate.set()
            await eventually(lambda: "success" in box.statuses("slow"))
            # What came before the handler's end was said once, what came after it twice: here it is over.
            box.submit("other")
            await eventually(lambda: box.statuses("other") == ["success"])
            said = box.statuses("slow")
            # And once more after it was acknowledged: that is said again, without the handler.
            box.submit("slow")
            await eventually(lambda: box.statuses("slow") == [*said, "success"])
            await consumer.aclose()
            await run
    assert handled == ["slow", "other"]


async def test_trap_23_an_ack_that_got_lost_is_said_again():
    with Outbox() as box:
        async with AsyncClient(box.path) as auth, auth.emails() as emails:
            await emails.ready()
            box.is_deaf = True
            box.submit("ada")
            await (await anext(emails)).ack()
            waiting = asyncio.ensure_future(anext(emails))
            await eventually(lambda: box.subscribers)
            box.submit("ada")
            await eventually(lambda: len(box.statuses("ada")) >= 1)
            box.submit("bob")
            assert (await waiting).delivery_id == "bob"


async def test_what_was_let_go_without_a_word_is_handled_when_it_comes_again():
    with Outbox() as box:
        async with AsyncClient(box.path) as auth, auth.emails() as emails:
            await emails.ready()
            box.submit("ada")
            await anext(emails)
            gc.collect()
            box.submit("ada")
            email = await anext(emails)
            assert email.attempt == 2
            await email.ack()


async def test_a_cancelled_run_lets_its_handlers_finish():
    began, gate = asyncio.Event(), asyncio.Event()

    async def handler(email):
        began.set()
        await gate.wait()

    with Outbox() as box:
        async with AsyncClient(box.path) as auth:
            run = asyncio.create_task(auth.emails().run(handler))
            await asyncio.to_thread(box.submit, "ada")
            await began.wait()
            run.cancel()
            await eventually(lambda: "hooks.unsubscribe" in box.methods())
            gate.set()
            with pytest.raises(asyncio.CancelledError):
                await run
            assert box.statuses("ada") == ["success"]
            await eventually(lambda: not box.subscribers)
            began.clear()
            gate.clear()
            # One that does not finish is cancelled, and the email left to the daemon.
            run = asyncio.create_task(auth.emails().run(handler, grace=0.01))
            await eventually(lambda: box.subscribers)
            box.submit("bob")
            await began.wait()
            run.cancel()
            with pytest.raises(asyncio.CancelledError):
                await run
            assert box.statuses("bob") == []


async def test_closing_ends_who_waits_for_emails_and_for_a_daemon_that_is_away(tmp_path):
    with Outbox() as box:
        async with AsyncClient(box.path) as auth:
            emails = auth.emails()
            waiting = asyncio.ensure_future(anext(emails, None))
            await eventually(lambda: box.subscribers)
            await emails.aclose()
            assert await waiting is None
            assert await anext(emails, None) is None
            await emails.aclose()
    async with AsyncClient(tmp_path / "mvp-auth.sock") as auth:
        emails = auth.emails()
        waiting = asyncio.ensure_future(anext(emails, None))
        run = asyncio.create_task(auth.emails().run(lambda email: None))
        await asyncio.sleep(0.01)
        await emails.aclose()
        assert await waiting is None
    await run
    with pytest.raises(ServiceUnavailableError, match="closed"):
        auth.emails()


@pytest.mark.parametrize(
    ("refusal", "kind", "words"),
    [
        (("PERMISSION_DENIED", 40302), PermissionDeniedError, "permission_denied"),
        (("METHOD_NOT_FOUND", -32601), ProtocolError, "too old"),
    ],
)
async def test_without_the_role_or_by_an_old_daemon_there_is_one_clear_error(refusal, kind, words):
    with Outbox() as box:
        box.refuses = refusal
        async with AsyncClient(box.path) as auth:
            emails = auth.emails()
            with pytest.raises(kind, match=words):
                await anext(emails)
            assert await anext(emails, None) is None
        with Client(box.path) as blocking:
            with pytest.raises(kind, match=words):
                next(blocking.emails())
        assert box.methods() == ["hooks.subscribe"] * 2


async def test_nothing_is_left_of_many_consumers():
    with Outbox() as box:
        async with AsyncClient(box.path) as auth:
            await auth.ready()
            before = descriptors(), len(asyncio.all_tasks())
            for number in range(30):
                emails = auth.emails()
                await emails.ready()
                box.submit(f"e{number}")
                await (await anext(emails)).ack()
                await emails.aclose()
            with Client(box.path) as blocking:
                for _ in range(30):
                    with blocking.emails() as consumer:
                        consumer._subscribe()
            await eventually(lambda: not box.subscribers)
            assert len(asyncio.all_tasks()) == before[1]
            await eventually(lambda: descriptors() <= before[0] + 1)


async def test_a_dropped_consumer_warns_and_leaves_nothing():
    with Outbox() as box:
        async with AsyncClient(box.path) as auth:
            emails = auth.emails()
            await emails.ready()
            with pytest.warns(ResourceWarning, match="unclosed AsyncEmailConsumer"):
                del emails
                gc.collect()
            await eventually(lambda: not box.subscribers)
        blocking = Client(box.path).emails()
        blocking._subscribe()
        with pytest.warns(ResourceWarning, match="unclosed EmailConsumer"):
            del blocking
            gc.collect()
        await eventually(lambda: not box.subscribers)


def test_a_consumer_belongs_to_one_loop():
    with Outbox() as box:
        auth = AsyncClient(box.path)
        emails = auth.emails()

        async def first():
            await emails.ready()

        async def second():
            await emails.aclose()
            await auth.aclose()
            assert [email async for email in emails] == []

        loop = asyncio.new_event_loop()
        loop.run_until_complete(first())
        asyncio.run(second())
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        until(lambda: not box.subscribers)


def test_what_cannot_be_asked_for_is_said():
    with Client("/nonexistent/mvp-auth.sock") as auth:
        for options in ({"prefetch": 0}, {"prefetch": 101}, {"ack_timeout": 0.5}, {"events": ()}):
            with pytest.raises(ValueError, match=next(iter(options))):
                auth.emails(**options)
        with pytest.raises(TypeError, match="several names"):
            auth.emails(events="verification_email")


async def test_a_stub_has_no_emails():
    assert [email async for email in StubAuth().emails()] == []
    assert list(StubClient().emails()) == []


async def test_a_slow_handler_is_logged(caplog):
    caplog.set_level(logging.WARNING, "mvpauth")
    gate = asyncio.Event()

    async def handler(email):
        await gate.wait()

    with Outbox() as box:
        async with AsyncClient(box.path) as auth:
            consumer = auth.emails(ack_timeout=1)
            run = asyncio.create_task(consumer.run(handler))
            await asyncio.to_thread(box.submit, "ada")
            await eventually(lambda: "takes longer than the 1 s" in caplog.text)
            gate.set()
            await eventually(lambda: box.statuses("ada") == ["success"])
            await consumer.aclose()
            await run
