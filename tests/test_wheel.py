"""The package as users get it: built from the sdist, installed beside what it depends on, and started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PARTS = ("pipeline", "models", "flows")
TEXT = "Ada Lovelace was born in London in 1815.\nHer tutor was Mary Somerville.\nShe married William King.\n"


def run(*command: str | Path, folder: Path) -> str:
    """Standard output of a command that must succeed, away from the settings of whoever runs the tests."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GRAPHWRIGHT", "NEO4J"))
    }
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=folder, env=kept, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel made from the sdist of a clean copy: what an earlier build left in the tree cannot hide a mistake."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", folder, folder=folder)
    (made,) = (folder / "dist").glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel alone; what it depends on is seen through a path file."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True, symlinks=True)
    run(folder / "bin" / "pip", "install", "--quiet", "--no-deps", "--no-index", wheel, folder=folder)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def test_the_wheel_puts_one_name_into_site_packages(wheel: Path) -> None:
    names = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"graphwright"}


def test_the_wheel_holds_every_file_of_the_parts(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("graphwright/")}
    ours = {
        f"graphwright/{path.relative_to(ROOT)}"
        for part in PARTS
        for path in (ROOT / part).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == ours
    kinds = {Path(name).suffix for name in packed}
    assert {".py", ".typed", ".onnx", ".txt", ".yaml", ".sqlite"} <= kinds


def test_the_licence_is_in_the_wheel(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith("licenses/LICENSE"))
    assert archive.read(name) == (ROOT / "LICENSE").read_bytes()


def test_the_installed_command_runs(installed: Path, tmp_path: Path) -> None:
    command = installed / "bin" / "graphwright"
    assert "knowledge graph" in run(command, "--help", folder=tmp_path)
    where = run(
        installed / "bin" / "python", "-c", "import graphwright.flows.cli as cli; print(cli.__file__)", folder=tmp_path
    )
    assert Path(where.strip()).is_relative_to(installed)


def test_three_lines_of_text_become_turtle(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "ada.txt").write_text(TEXT, encoding="utf-8")
    run(installed / "bin" / "graphwright", "build", "ada.txt", "--to", "ada.ttl", folder=tmp_path)
    turtle = (tmp_path / "ada.ttl").read_text(encoding="utf-8")
    assert "@prefix prov:" in turtle
    assert "Lovelace" in turtle
