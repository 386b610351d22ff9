"""A daemon of one's own, which ends with this process."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sysconfig
import tempfile
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mvpauth.client import AsyncClient, Client
from mvpauth.errors import ConfigurationError, DeadlineExceededError

from .mailbox import Email, Mailbox

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Daemon", "Email", "daemon", "find_daemon"]

START_SECONDS = 30.0
LONGEST_DIRECTORY = 80
"""What leaves room for the socket's name in the 107 bytes of its path."""

_DEFAULTS = {
    "AUTH_DATABASE_URL": "memory:",
    "AUTH_BCRYPT_COST": "4",
    "AUTH_COMMON_PASSWORDS": "allow",
    "AUTH_EMAIL_SINK": "socket",
    "AUTH_EMAIL_LIMITS": "false",
    "AUTH_THROTTLE": "false",
}
_FOREIGN = ("AUTH_", "MVP_AUTH", "LISTEN_", "NOTIFY_", "WATCHDOG_")
_FOREIGN_NAMES = ("RUNTIME_DIRECTORY", "STATE_DIRECTORY", "CREDENTIALS_DIRECTORY")

# Ends the daemon at the first line, or at the end of the pipe: so it ends with the process that
# holds the other end, however that ends.
_KEEPER = """
"$0" "$@" </dev/null & child=$!
exec >/dev/null
read -r _
kill -TERM "$child"
wait "$child"
"""


class Daemon:
    """A private `mvp-authd` in a directory of its own.

    - settings: its `AUTH_…` variables. By default accounts are in memory, hashing is cheap, common
      passwords are allowed, and messages wait for `email`.

    The daemon is found by `MVP_AUTHD`, else on the `PATH` or beside this Python. Raises `ConfigurationError` where there
    is none, or where it does not start.
    """

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self.binary = find_daemon()
        self.settings = {**_DEFAULTS, **(settings or {})}
        self.directory = _new_directory()
        self.socket = str(self.directory / "run" / "mvp-auth.sock")
        """The path of the socket: for `MVP_AUTH_SOCKET`, or a client's argument."""
        self._process: subprocess.Popen[bytes] | None = None
        self._mailbox = Mailbox(self.socket)
        self._forget = weakref.finalize(self, self._mailbox.close)
        self._end = weakref.finalize(self, shutil.rmtree, self.directory, ignore_errors=True)
        self._finish: weakref.finalize[..., Daemon] | None = None

    def start(self) -> Daemon:
        """Starts the daemon and returns when it serves."""
        if self._process is not None:
            return self
        log = self.directory / "log"
        with log.open("ab") as errors:
            process = subprocess.Popen(
                ["/bin/sh", "-c", _KEEPER, self.binary],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=self._environment(),
                start_new_session=True,
            )
        self._process = process
        self._finish = weakref.finalize(self, _finish, process, os.getpid())
        if not _reports_ready(process):
            self.stop()
            said = log.read_text("utf-8", "replace").strip().splitlines()[-3:]
            raise ConfigurationError(f"{self.binary} did not start: {' '.join(said)}")
        return self

    def stop(self) -> None:
        """Stops the daemon. What it keeps in files is there for the next `start`."""
        if self._finish is not None:
            self._finish()
        self._process = self._finish = None

    def close(self) -> None:
        """Stops the daemon and removes its directory."""
        self._forget()
        self.stop()
        self._end()

    def client(self) -> Client:
        """A client of this daemon, to be closed by the caller."""
        return Client(self.socket)

    def async_client(self) -> AsyncClient:
        """An asyncio client of this daemon, to be closed by the caller."""
        return AsyncClient(self.socket)

    @property
    def emails(self) -> list[Email]:
        """The messages that came here so far.

        They are taken from the daemon from the moment in which this, or `email`, is first asked:
        with an app under test that takes them itself, ask the app.
        """
        return self._mailbox.open()

    def email(self, to: str, event: str | None = None, *, timeout: float = 10.0) -> Email:
        """The latest message to an address, which may still be under way.

        - event: `verification_email` or `password_reset_email`; None: either.
        - timeout: seconds to wait for the first one; then `DeadlineExceededError`.
        """
        deadline = time.monotonic() + timeout
        while True:
            for sent in reversed(self.emails):
                if sent.email == to and event in (None, sent.event):
                    return sent
            if time.monotonic() >= deadline:
                raise DeadlineExceededError(f"No message to {to} came within {timeout:g} s.")
            time.sleep(0.01)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _environment(self) -> dict[str, str]:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_FOREIGN) and name not in _FOREIGN_NAMES
        }
        return {
            **environment,
            "MVP_AUTH_RUNTIME_DIR": str(self.directory / "run"),
            "MVP_AUTH_STATE_DIR": str(self.directory / "state"),
            **self.settings,
        }


@contextmanager
def daemon(settings: Mapping[str, str] | None = None, **variables: str) -> Iterator[Daemon]:
    """A private daemon for the length of a `with`; the arguments are those of `Daemon`.

    ```python
    with daemon(AUTH_MIN_PASSWORD_LENGTH="12") as private, private.client() as auth:
        auth.register("ada@example.org", "correct horse battery")
    ```
    """
    private = Daemon({**(settings or {}), **variables})
    try:
        yield private.start()
    finally:
        private.close()


def find_daemon() -> str:
    """The path of `mvp-authd`: `MVP_AUTHD`, else on the `PATH` or beside this Python.

    Raises `ConfigurationError`.
    """
    if named := os.environ.get("MVP_AUTHD"):
        if os.access(named, os.X_OK) and os.path.isfile(named):
            return os.path.abspath(named)
        raise ConfigurationError(f"MVP_AUTHD names {named}, which is no program.")
    # Beside this Python: a virtual environment is used without being activated, too.
    search = os.pathsep.join((os.environ.get("PATH", os.defpath), scripts_directory()))
    if found := shutil.which("mvp-authd", path=search):
        return os.path.abspath(found)
    raise ConfigurationError(
        "There is no mvp-authd here: `pip install mvp-auth-daemon`, or name the program in"
        " MVP_AUTHD. Tests without a daemon use mvpauth.testing.StubAuth."
    )


def scripts_directory() -> str:
    """Where `pip install mvp-auth-daemon` puts the programs."""
    return sysconfig.get_path("scripts")


def _new_directory() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="mvp-auth-"))
    if len(os.fsencode(directory)) > LONGEST_DIRECTORY:
        directory.rmdir()
        directory = Path(tempfile.mkdtemp(prefix="mvp-auth-", dir="/tmp"))
    for name in ("run", "state"):
        (directory / name).mkdir(mode=0o700)
    return directory


def _reports_ready(process: subprocess.Popen[bytes]) -> bool:
    """Whether the daemon printed its line before it ended or the time was over."""
    assert process.stdout is not None
    deadline = time.monotonic() + START_SECONDS
    said = b""
    while b"\n" not in said:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
            return False
        part = os.read(process.stdout.fileno(), 4096)
        if not part:
            return False
        said += part
    return True


def _finish(process: subprocess.Popen[bytes], owner: int) -> None:
    """Ends the daemon; in a fork of its owner it only lets go."""
    assert process.stdin is not None and process.stdout is not None
    if os.getpid() != owner:
        process.returncode = 0
        return
    try:
        process.stdin.write(b"\n")
        process.stdin.close()
    except OSError:
        pass
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
