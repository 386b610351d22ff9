"""The examples are run by their own tests, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fastapi", "flask", "django"])
def test_example(name: str) -> None:
    pytest.importorskip(name)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore"]
    result = subprocess.run(
        [*command, str(EXAMPLES / name)],
        capture_output=True,
        text=True,
        cwd=EXAMPLES / name,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
