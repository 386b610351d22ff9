"""What a type checker says of an application that uses the client."""

import subprocess
import sys
import textwrap

import pytest

APP = """
    from uuid import UUID

    from mvpauth import AsyncClient, Client, MvpAuthError, TokenSource
    from mvpauth.errors import RateLimitedError, TokenError, ValidationError


    async def sign_in(auth: AsyncClient, email: str, password: str) -> str:
        pair = await auth.login(email, password, device_info="Firefox", timeout=2.5)
        source = TokenSource(auth, pair, on_update=lambda new: None)
        user = await auth.current_user(await source.access_token())
        identifier: UUID = user.id
        payload = await auth.verify(pair.access_token)
        same: bool = payload.sub == identifier
        for session in await auth.sessions(user_id=identifier):
            await auth.revoke_session(pair.access_token, session_id=session.id)
        return user.email if same else ""


    def register(email: str) -> float | None:
        with Client("/run/x.sock", roles=("client",)) as auth:
            try:
                auth.register(email, "correct horse battery", idempotency_key="12345678")
                auth.logout_all(user_id="5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10")
            except RateLimitedError as error:
                return error.retry_after
            except (TokenError, ValidationError, MvpAuthError) as error:
                print(error.code, error.message, [field.path for field in error.fields])
        return None
"""
WRONG = """
    from mvpauth import Client

    with Client(timeout="5") as auth:  # E
        auth.login("ada@example.org")  # E
        auth.login("ada@example.org", "x", "Firefox")  # E
        number: int = auth.verify("x").sub  # E
        auth.current_user("x").password  # E
        auth.verify("x").jti = "y"  # E
"""


def check(tmp_path, source):
    pytest.importorskip("mypy")
    app = tmp_path / "app.py"
    app.write_text(textwrap.dedent(source))
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", str(app)]
    command += ["--config-file", "/dev/null"]
    return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)


@pytest.mark.slow
def test_an_application_passes_mypy_strict(tmp_path):
    result = check(tmp_path, APP)
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
def test_mistakes_are_found(tmp_path):
    result = check(tmp_path, WRONG)
    found = {int(line.split(":")[1]) for line in result.stdout.splitlines() if ": error:" in line}
    lines = textwrap.dedent(WRONG).splitlines()
    assert found == {number for number, line in enumerate(lines, 1) if line.endswith("# E")}
