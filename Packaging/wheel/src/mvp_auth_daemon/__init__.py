"""The programs of mvp-auth: where they are, and how they are run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from ._version import __version__

__all__ = ["PROGRAMS", "__version__", "authd", "cli", "http", "mail", "path"]

PROGRAMS = ("mvp-authd", "mvp-auth-http", "mvp-auth-mail", "mvp-auth")


def path(program: str) -> Path:
    """Where a program lies: one of `PROGRAMS`. Raises `ValueError` for another name."""
    if program not in PROGRAMS:
        raise ValueError(f"the programs are {', '.join(PROGRAMS)}; {program!r} is none of them")
    return Path(__file__).parent / "bin" / program


def authd() -> NoReturn:
    """Becomes the daemon."""
    _become("mvp-authd")


def http() -> NoReturn:
    """Becomes the REST shim."""
    _become("mvp-auth-http")


def mail() -> NoReturn:
    """Becomes the mailer."""
    _become("mvp-auth-mail")


def cli() -> NoReturn:
    """Becomes the command line."""
    _become("mvp-auth")


def _become(program: str) -> NoReturn:
    # In the place of this process: signals, exit code and standard streams are the program's own.
    os.execv(path(program), [program, *sys.argv[1:]])
