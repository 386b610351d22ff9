"""The wheel: what is in it, and that it takes the library's place in an environment."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", place, PROJECT]
    subprocess.run(command, check=True)
    (wheel,) = place.glob("mvp_auth-*.whl")
    return wheel


def test_trap_20_the_wheel_is_the_package_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    source = PROJECT / "src"
    expected = {
        str(path.relative_to(source))
        for path in (source / "mvpauth").rglob("*")
        if path.suffix in (".py", ".typed")
    }
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert wheel.name.endswith("-py3-none-any.whl")
    (metadata,) = (name for name in names if name.endswith("/METADATA"))
    text = zipfile.ZipFile(wheel).read(metadata).decode()
    for extra in ("fastapi", "postgres", "argon2", "dev", "all", "flask", "django", "sqlalchemy"):
        assert f"Provides-Extra: {extra}\n" in text
    (entry_points,) = (name for name in names if name.endswith("/entry_points.txt"))
    assert b"mvpauth.testing.plugin" in zipfile.ZipFile(wheel).read(entry_points)


def test_trap_20_an_upgrade_leaves_no_file_of_the_library(wheel: Path, tmp_path: Path) -> None:
    library = tmp_path / "mvp_auth-0.1.0-py3-none-any.whl"
    info = "mvp_auth-0.1.0.dist-info"
    files = {
        "mvpauth/__init__.py": "OLD = True\n",
        "mvpauth/core/hooks.py": "OLD = True\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: mvp-auth\nVersion: 0.1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(library, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
        archive.writestr(f"{info}/RECORD", record)
    venv.create(tmp_path / "env", with_pip=True)
    python = str(tmp_path / "env" / "bin" / "python")
    pip = [python, "-m", "pip", "-q", "--disable-pip-version-check", "install", "--no-index"]
    subprocess.run([*pip, str(library)], check=True)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    (package,) = (tmp_path / "env").glob("lib/python*/site-packages/mvpauth")
    assert not (package / "core" / "hooks.py").exists()
    script = "import mvpauth; print(mvpauth.__version__, hasattr(mvpauth, 'OLD'))"
    said = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.split()[1] == "False"
    assert said.stdout.startswith("1.")
