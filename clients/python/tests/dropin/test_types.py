"""A user's app, with what the package says of its types."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

APP = Path(__file__).with_name("typed_app.py")


@pytest.mark.slow
def test_an_app_is_strictly_typed(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    # From elsewhere, so that the package's own configuration does not count.
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(APP)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
