"""A daemon's outbox as far as a consumer sees it: hands out what the test submits."""

from __future__ import annotations

import threading
import time
from typing import Any

from fake import Fake, Peer, answer


class Outbox(Fake):
    def __init__(self, **options: Any) -> None:
        self.acks: list[dict[str, Any]] = []
        self.subscribers: list[Peer] = []
        self._subscribing = threading.Lock()
        self.refuses: tuple[str, int] | None = None
        """The code and number with which it answers subscriptions."""
        self.is_deaf = False
        """Hangs up at the next ack instead of hearing it."""
        self.intruder: str | None = None
        """Handed out before the next ack is answered."""
        self.attempts: dict[str, int] = {}
        super().__init__(self._script, **options)

    def submit(self, name: str) -> None:
        """Hands an email out, once more if it was before."""
        until(lambda: self._latest() is not None)
        self.attempts[name] = self.attempts.get(name, 0) + 1
        subscriber = self._latest()
        assert subscriber is not None
        subscriber.notify(
            "hooks.event",
            {
                "subscription": "s",
                "delivery_id": name,
                "attempt": self.attempts[name],
                "event": "verification_email",
                "email": f"{name}@example.org",
                "token": f"token-of-{name}",
                "user_id": "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10",
                "created_at": "2026-03-01T12:00:00Z",
                "expires_at": "2026-03-02T12:00:00.5Z",
                "link": f"https://shop.example/verify-email?token=token-of-{name}",
            },
        )

    def _latest(self) -> Peer | None:
        # Whoever was told that he has subscribed is in the list by then.
        with self._subscribing:
            return self.subscribers[-1] if self.subscribers else None

    def hang_up(self) -> None:
        for peer in list(self.subscribers):
            peer.close()

    def statuses(self, name: str) -> list[str]:
        return [ack["status"] for ack in list(self.acks) if ack["delivery_id"] == name]

    def _script(self, peer: Peer) -> None:
        try:
            while (call := peer.read()) is not None:
                if call["method"] == "hooks.subscribe" and self.refuses is not None:
                    peer.fail(call, *self.refuses)
                elif call["method"] == "hooks.ack" and self.is_deaf:
                    self.is_deaf = False
                    return
                elif call["method"] == "hooks.subscribe":
                    with self._subscribing:
                        peer.reply(call, {"subscription": "s"})
                        self.subscribers.append(peer)
                elif call["method"] == "hooks.ack":
                    self.acks.append(call["params"])
                    intruder, self.intruder = self.intruder, None
                    if intruder is not None:
                        self.submit(intruder)
                    peer.reply(call, {})
                elif call["method"] == "hooks.unsubscribe":
                    peer.reply(call, {})
                else:
                    peer.reply(call, answer(call))
        finally:
            with self._subscribing:
                if peer in self.subscribers:
                    self.subscribers.remove(peer)


def until(condition: Any, seconds: float = 20) -> None:
    """Waits in a thread for what other threads do."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        threading.Event().wait(0.005)
