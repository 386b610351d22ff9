"""Where the daemon's socket is, who serves it, and what to do when it cannot be reached."""

from __future__ import annotations

import errno
import os
import socket
import stat
import struct
import warnings
from collections.abc import Mapping
from typing import NamedTuple

from .errors import ConfigurationError, ServiceUnavailableError, unavailable

SOCKET_NAME = "mvp-auth.sock"
SYSTEM_DIRECTORY = "/run/mvp-auth"
MAXIMUM_PATH_BYTES = 107
"""What fits into the kernel's `sockaddr_un`."""


class Endpoint(NamedTuple):
    """A socket's path, and every path that was considered."""

    path: str
    searched: tuple[str, ...]


class CannotConnect(Exception):
    """A failed attempt: what to tell the caller, and whether trying again can help."""

    def __init__(self, error: ServiceUnavailableError, *, is_final: bool) -> None:
        super().__init__(error)
        self.error = error
        self.is_final = is_final


def candidates(
    argument: str | os.PathLike[str] | None = None, environ: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """The paths at which the socket may be, in the order of the search.

    The argument, else `MVP_AUTH_SOCKET`, else in `MVP_AUTH_RUNTIME_DIR`, else in
    `$XDG_RUNTIME_DIR/mvp-auth` or `/run/mvp-auth`. An empty variable is as an unset one.
    `RUNTIME_DIRECTORY` is not looked at: under systemd it is the application's own.
    """
    environ = os.environ if environ is None else environ
    if argument is not None and os.fspath(argument) != "":
        return (_path(os.fspath(argument)),)
    if url := environ.get("MVP_AUTH_SOCKET"):
        return (_path(url),)
    if directory := environ.get("MVP_AUTH_RUNTIME_DIR"):
        return (_path(_join(directory)),)
    paths = []
    if directory := environ.get("XDG_RUNTIME_DIR"):
        paths.append(_path(_join(directory + "/mvp-auth")))
    paths.append(_join(SYSTEM_DIRECTORY))
    return tuple(paths)


def locate(paths: tuple[str, ...]) -> Endpoint:
    """The first path that exists; the last one when none does.

    A path that may not be looked at is taken when no other exists, so that the error is about
    permission and not about absence.
    """
    hidden = None
    for path in paths:
        try:
            os.stat(path)
        except PermissionError:
            hidden = hidden or path
        except OSError:
            continue
        else:
            return Endpoint(path, paths)
    return Endpoint(hidden or paths[-1], paths)


def explain(error: OSError, endpoint: Endpoint) -> CannotConnect:
    """What a failed `connect` means and what to do about it."""
    path = endpoint.path
    if error.errno == errno.ENOENT or error.errno == errno.ENOTDIR:
        looked = " and ".join(endpoint.searched)
        text = (
            f"There is no socket at {looked}. Is mvp-authd running? Set MVP_AUTH_SOCKET when it"
            " listens elsewhere."
        )
    elif error.errno in (errno.EACCES, errno.EPERM):
        text = (
            f"This process may not use {path}. Add its user to the group mvp-auth"
            " (usermod -aG mvp-auth USER) and start it again."
        )
    elif error.errno == errno.ECONNREFUSED:
        text = f"Nobody listens at {path}. Is mvp-authd running?"
    elif error.errno in (errno.EAGAIN, errno.ETIMEDOUT):
        text = f"The daemon at {path} is too busy to accept the connection."
    else:
        text = f"The daemon cannot be reached at {path}: {error.strerror or 'unknown error'}."
    is_final = error.errno in (errno.EACCES, errno.EPERM)
    return CannotConnect(unavailable(text, retryable=not is_final), is_final=is_final)


def connect(endpoint: Endpoint, daemon_uid: int | None) -> socket.socket:
    """A connected, non-blocking socket. Never waits: on Unix sockets the kernel answers at once.

    Raises `CannotConnect`. A full backlog is EAGAIN, which is worth another attempt.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        connection.connect(endpoint.path)
        check_peer(connection, endpoint.path, daemon_uid)
    except OSError as error:
        connection.close()
        raise explain(error, endpoint) from None
    except BaseException:
        connection.close()
        raise
    return connection


def check_peer(connection: socket.socket, path: str, daemon_uid: int | None) -> None:
    """Refuses a socket that somebody else has put in the daemon's place.

    Good are root (systemd holds the socket), this process's user, and the user `daemon_uid`; where
    none is given, the owner of the socket's directory. A directory in which everybody may create
    files is warned of.
    """
    if not hasattr(socket, "SO_PEERCRED"):
        return
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    _, uid, _ = _UCRED.unpack(credentials)
    directory = os.path.dirname(path) or "."
    try:
        status = os.stat(directory)
    except OSError:
        status = None
    accepted = {0, os.geteuid()}
    if daemon_uid is not None:
        accepted.add(daemon_uid)
    elif status is not None:
        accepted.add(status.st_uid)
    if uid not in accepted:
        text = (
            f"The socket {path} is served by uid {uid}, which is not the daemon's."
            f" If it should be, pass daemon_uid={uid}."
        )
        raise CannotConnect(unavailable(text, retryable=False), is_final=True)
    if status is not None and status.st_mode & stat.S_IWOTH and path not in _warned:
        _warned.add(path)
        warnings.warn(
            f"Everybody may create files in {directory}, so another user could put a socket in"
            f" the place of {path}. Move it to a directory of the daemon's own.",
            RuntimeWarning,
            stacklevel=2,
        )


_UCRED = struct.Struct("iII")
_warned: set[str] = set()


def _join(directory: str) -> str:
    return directory.rstrip("/") + "/" + SOCKET_NAME


def _path(url: str) -> str:
    """The path of `unix:///path`; a plain path is taken as it is."""
    path = url.removeprefix("unix://")
    if not path:
        raise ConfigurationError(f"The socket {url!r} has no path: write unix:///run/mvp-auth/….")
    if "\0" in path:
        raise ConfigurationError("The socket's path holds a zero byte.")
    if (size := len(os.fsencode(path))) > MAXIMUM_PATH_BYTES:
        raise ConfigurationError(
            f"The socket's path is {size} bytes long, and the system allows"
            f" {MAXIMUM_PATH_BYTES}: {path}"
        )
    return path
