"""The real daemon, as a child of the tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

PASSWORD = "correct horse battery"
CHECKOUT = Path(__file__).resolve().parents[3]


def find() -> str | None:
    """`MVP_AUTHD`, else in `PATH`, else where the checkout builds it."""
    if path := os.environ.get("MVP_AUTHD"):
        return path
    if path := shutil.which("mvp-authd"):
        return path
    for kind in ("release", "debug"):
        built = CHECKOUT / ".build" / kind / "mvp-authd"
        if built.exists():
            return str(built)
    return None


def require() -> None:
    """Skips the test where there is no daemon; fails it in `run-tests`, which needs one."""
    if find() is not None:
        return
    text = "There is no mvp-authd: build one, or name it in MVP_AUTHD."
    if os.environ.get("MVPAUTH_TEST_REQUIRES_DAEMON"):
        pytest.fail(text)
    pytest.skip(text)


class Daemon:
    """A private daemon, with its files in a temporary directory."""

    def __init__(self, *, store: str = "memory:", **settings: str) -> None:
        self.directory = tempfile.mkdtemp(prefix="mvp-auth-")
        self.path = os.path.join(self.directory, "mvp-auth.sock")
        self.environment = {
            "PATH": os.environ.get("PATH", ""),
            "MVP_AUTH_RUNTIME_DIR": self.directory,
            "MVP_AUTH_STATE_DIR": self.directory,
            "AUTH_DATABASE_URL": store.format(directory=self.directory),
            "AUTH_BCRYPT_COST": "4",
            "AUTH_THROTTLE": "false",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, listener: socket.socket | None = None) -> None:
        """Starts the daemon without waiting for it; with a listener, as systemd would."""
        binary = find()
        assert binary is not None
        command = [binary]
        environment = dict(self.environment)
        pass_fds = []
        if listener is not None:
            # LISTEN_PID must name the daemon, whose number is known only in it.
            script = f'exec 3<&{listener.fileno()}; export LISTEN_PID=$$; exec "$0"'
            command = ["bash", "-c", script, binary]
            environment |= {"LISTEN_FDS": "1", "LISTEN_FDNAMES": "rpc"}
            pass_fds = [listener.fileno()]
        with open(os.path.join(self.directory, "log"), "ab") as log:
            self._process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, pass_fds=pass_fds
            )

    def wait(self) -> None:
        """Until the daemon listens."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket(socket.AF_UNIX) as probe:
                try:
                    probe.connect(self.path)
                except OSError:
                    assert self._process is not None
                    assert self._process.poll() is None, self.log()
                    time.sleep(0.01)
                else:
                    return
        raise AssertionError(f"The daemon does not start: {self.log()}")

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(timeout=30)

    def log(self) -> str:
        return Path(self.directory, "log").read_text()

    def __enter__(self) -> Daemon:
        self.start()
        self.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.directory, ignore_errors=True)
