"""Temporary files of the tests are in memory only where that is good for them, and none stay there."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import in_memory
import pytest

LIKE_A_RUN = """
import pathlib, signal, sys
import in_memory
in_memory.MEMORY, in_memory.ROOM = pathlib.Path(sys.argv[1]), 0
with in_memory.temporary_files() as folder:
    print(folder, flush=True)
    signal.pause()
"""


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In its place, a folder of the test's own, with as much room as the test says."""
    monkeypatch.setattr(in_memory, "MEMORY", tmp_path)
    monkeypatch.setattr(in_memory, "ROOM", 0)
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_within_everything_temporary_is_there_and_afterwards_nothing(memory: Path) -> None:
    with in_memory.temporary_files() as folder:
        assert folder is not None
        assert folder.parent == memory
        assert Path(tempfile.mkdtemp()).parent == folder
        assert os.environ["TMPDIR"] == str(folder)
    assert list(memory.iterdir()) == []
    assert "TMPDIR" not in os.environ
    assert Path(tempfile.gettempdir()) != folder


def test_whoever_names_a_place_decides(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/elsewhere")
    with in_memory.temporary_files() as folder:
        assert folder is None
        assert os.environ["TMPDIR"] == "/elsewhere"


@pytest.mark.parametrize(
    "place",
    [
        {"f_bavail": (64 << 20) // 4096},  # as a container has it
        {"f_flag": os.ST_NOEXEC},
        None,
    ],
    ids=["small", "without programs", "missing"],
)
def test_a_place_that_is_no_good_is_left_alone(
    place: dict[str, int] | None, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_at(_: Path) -> SimpleNamespace:
        if place is None:
            raise FileNotFoundError
        return SimpleNamespace(**{"f_flag": 0, "f_frsize": 4096, "f_bavail": 1 << 24, **place})

    monkeypatch.setattr(in_memory, "ROOM", 3 << 30)
    monkeypatch.setattr(os, "statvfs", looked_at)
    with in_memory.temporary_files() as folder:
        assert folder is None
        assert list(memory.iterdir()) == []
        assert "TMPDIR" not in os.environ


def test_what_a_run_that_was_killed_has_left_goes_with_the_next_one(memory: Path) -> None:
    command = [sys.executable, "-c", LIKE_A_RUN, str(memory)]
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    environment = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
    with subprocess.Popen(command, env=environment | paths, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        left = Path(run.stdout.readline().rstrip("\n"))
        assert left.parent == memory
        with in_memory.temporary_files():
            assert left.is_dir(), "a run that goes on keeps what it has"
        run.kill()
    with in_memory.temporary_files():
        assert not left.exists()
