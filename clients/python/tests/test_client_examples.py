"""The examples run as they are, and the README's first lines are one of them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from daemons import PASSWORD
from mvpauth import Client
from mvpauth.errors import UserExistsError

ROOT = Path(__file__).resolve().parents[1]
PRINTED = {
    "five_lines": "ada@example.org\n",
    "blocking": ("Phone \nLaptop (this one)\n2 sessions ended\nThe phone is signed out at once.\n"),
    "errors": ("{password}\nWelcome.\nUser already exists (USER_EXISTS)\n"),
    "stay_signed_in": "1 token, refreshed: True\nmary@example.org\n",
}


@pytest.mark.parametrize("name", PRINTED)
def test_an_example_prints_what_it_should(name, daemon):
    with Client(daemon.path) as auth:
        try:
            auth.register("ada@example.org", PASSWORD)
        except UserExistsError:
            pass
    program = subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "examples" / f"{name}.py")],
        env={**os.environ, "MVP_AUTH_SOCKET": f"unix://{daemon.path}"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (program.returncode, program.stderr) == (0, "")
    pattern = re.escape(PRINTED[name]).replace(re.escape("{password}"), "password: [^\n]+")
    assert re.fullmatch(pattern, program.stdout), program.stdout


def test_the_readme_begins_with_the_five_lines():
    readme = (ROOT / "README.md").read_text()
    block = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    assert block is not None
    assert block[1] == (ROOT / "examples" / "five_lines.py").read_text()
