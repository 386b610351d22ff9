"""Consumers of emails in threads, against a scripted daemon."""

import os
import threading
import warnings

from mvpauth import Client, DropEmail
from outbox import Outbox, until


def test_a_blocking_consumer_handles_and_settles(caplog):
    seen = []

    def handler(email):
        seen.append(email.attempt)
        if email.attempt == 1:
            raise OSError(email.token)
        if email.email.startswith("bounced"):
            raise DropEmail("no such mailbox")

    with Outbox() as box, Client(box.path) as auth:
        consumer = auth.emails()
        thread = threading.Thread(target=consumer.run, args=(handler,))
        thread.start()
        for name in ("ada", "bounced"):
            box.submit(name)
            until(lambda name=name: box.statuses(name) == ["retry"])
            box.submit(name)
            until(lambda name=name: len(box.statuses(name)) == 2)
        consumer.close()
        thread.join(10)
        assert not thread.is_alive()
    assert [(ack["status"], ack.get("reason")) for ack in box.acks] == [
        ("retry", "OSError"),
        ("success", None),
        ("retry", "OSError"),
        ("drop", "no such mailbox"),
    ]
    assert "OSError in " in caplog.text and "token-of" not in caplog.text


def test_closing_a_blocking_run_lets_the_email_in_hand_finish():
    began, gate = threading.Event(), threading.Event()

    def handler(email):
        began.set()
        gate.wait(10)

    with Outbox() as box:
        auth = Client(box.path)
        thread = threading.Thread(target=auth.emails().run, args=(handler,))
        thread.start()
        box.submit("ada")
        assert began.wait(10)
        auth.close()
        gate.set()
        thread.join(10)
        assert box.statuses("ada") == ["success"]
        until(lambda: not box.subscribers)


def test_any_thread_may_settle_and_close_while_one_waits():
    with Outbox() as box, Client(box.path) as auth, auth.emails(prefetch=10) as emails:
        taken = []
        thread = threading.Thread(target=lambda: taken.extend(emails))
        thread.start()
        for name in ("ada", "bob"):
            box.submit(name)
        until(lambda: len(taken) == 2)
        for email in taken:
            email.ack()
        until(lambda: len(box.acks) == 2)
        emails.close()
        thread.join(10)
        assert not thread.is_alive()
        assert box.methods()[-1] == "hooks.unsubscribe"


def test_a_blocking_consumer_comes_back_after_a_lost_connection():
    with Outbox() as box, Client(box.path) as auth, auth.emails() as emails:
        emails._subscribe()
        box.is_deaf = True
        box.submit("ada")
        next(emails).ack()
        taken = []
        thread = threading.Thread(target=lambda: taken.append(next(emails)))
        thread.start()
        box.submit("ada")
        until(lambda: box.statuses("ada") == ["success"])
        box.submit("bob")
        thread.join(10)
        assert [email.delivery_id for email in taken] == ["bob"]


def test_an_email_that_comes_while_another_is_acknowledged_is_taken_at_once():
    with Outbox() as box, Client(box.path) as auth, auth.emails() as emails:
        emails._subscribe()
        box.submit("ada")
        next(emails).ack()
        taken = []
        thread = threading.Thread(target=lambda: taken.extend(email for email in emails))
        thread.start()
        box.intruder = "bob"
        # Settled before: it is acknowledged again, by the thread that waits for the next one.
        box.submit("ada")
        until(lambda: taken, 10)
        emails.close()
        thread.join(10)
        assert [email.delivery_id for email in taken] == ["bob"]


def test_a_child_of_a_fork_takes_nothing_of_its_parents():
    with Outbox() as box, Client(box.path) as auth, auth.emails() as emails:
        emails._subscribe()
        box.submit("ada")
        until(lambda: emails._connection.is_alive() and emails._deliveries._waiting)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            clean = emails._connection is None and not emails._deliveries._waiting
            os._exit(0 if clean else 1)
        assert os.waitpid(child, 0)[1] == 0
        email = next(emails)
        email.ack()
        assert box.statuses("ada") == ["success"]
