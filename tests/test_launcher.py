"""The executable, made of a small tree: what it unpacks is whole, or is not there."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from release.executable import compile_launcher, pack
from release.tree import SCRIPT

DEADLINE = 60
LARGE = 2_000_000  # bytes of the file that does not fit


@pytest.fixture(scope="module")
def chatd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("cc") is None or shutil.which("zstd") is None:
        pytest.skip("no compiler")
    folder = tmp_path_factory.mktemp("launcher")
    tree = folder / "tree"
    (tree / "bin").mkdir(parents=True)
    (tree / "bin" / "python3").write_text("#!/bin/sh\ntest -e ${0%/*}/../large && echo whole\n")
    (tree / "bin" / "python3").chmod(0o755)
    (tree / "a-link").symlink_to("bin/python3")
    (tree / "large").write_bytes(bytes(LARGE))
    compile_launcher(folder / "launcher")
    pack(tree, folder / "launcher", folder / "chatd", 1)
    return folder / "chatd"


def run(chatd: Path, home: Path, *words: str, full: bool = False, killed: bool = False) -> tuple[int, str]:
    """Status, and what it says. `full`: no file may be as large as the one that is large; `killed`: it ends
    there."""

    def bound() -> None:
        if full or killed:
            resource.setrlimit(resource.RLIMIT_FSIZE, (LARGE // 2, LARGE // 2))
        if full:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    done = subprocess.run(
        [chatd, *words],
        env={"HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        preexec_fn=bound,
        restore_signals=not full,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_tree_that_did_not_fit_leaves_nothing(chatd: Path, tmp_path: Path) -> None:
    for words in (("--version",), ("unpack", str(tmp_path / "opt"))):
        status, said = run(chatd, tmp_path, *words, full=True)
        assert (status, said.count("\n")) == (1, 1), said
        assert said.startswith("chatd: cannot write ")
        assert said.endswith("/large: File too large\n")
        assert [path.name for path in tmp_path.rglob("*") if path.name not in (".cache", "chatd")] == []
    assert run(chatd, tmp_path, "--version") == (0, "whole\n")


def test_a_tree_whose_unpacking_was_killed_is_not_used_and_goes_with_the_next(
    chatd: Path, tmp_path: Path
) -> None:
    opt = tmp_path / "opt"
    for words in (("--version",), ("unpack", f"{opt}/")):
        assert run(chatd, tmp_path, *words, killed=True)[0] == -signal.SIGXFSZ
    assert not opt.exists()
    assert len(list(tmp_path.glob("opt.new-*"))) == 1
    assert run(chatd, tmp_path, "--version") == (0, "whole\n")
    assert len(list((tmp_path / ".cache" / "chatd").iterdir())) == 1
    assert run(chatd, tmp_path, "unpack", f"{opt}/") == (0, "")
    assert not list(tmp_path.glob("opt.new-*"))
    assert opt.stat().st_mode & 0o777 == 0o755
    assert (opt / "a-link").readlink() == Path("bin/python3")


def test_a_tree_is_unpacked_only_where_nothing_is(
    chatd: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(chatd, tmp_path, "unpack", "here") == (0, "")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("here", "empty", "link"):
        status, said = run(chatd, tmp_path, "unpack", name)
        assert status == 1
        assert "which is there already" in said
    assert run(chatd, tmp_path, "unpack", "no/such/place")[1].startswith("chatd: cannot make no/such/place: ")
    assert run(chatd, tmp_path, "unpack")[0] == 1


@pytest.mark.parametrize("ignored", [False, True], ids=["", "by who started it"])
def test_ctrl_c_while_modules_are_loaded_ends_it_without_a_traceback(tmp_path: Path, ignored: bool) -> None:
    (tmp_path / "interrupted.py").write_text(
        "import os, signal, sys\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
        "main = lambda: sys.exit(signal.getsignal(signal.SIGINT) is not signal.SIG_IGN)\n"
    )
    (tmp_path / "script").write_text(SCRIPT.format(name="chatctl", module="interrupted"))
    before = signal.signal(signal.SIGINT, signal.SIG_IGN if ignored else signal.default_int_handler)
    try:
        ended = subprocess.run(
            [sys.executable, tmp_path / "script"], capture_output=True, text=True, timeout=DEADLINE
        )
    finally:
        signal.signal(signal.SIGINT, before)
    assert (ended.returncode, ended.stderr) == (0 if ignored else -signal.SIGINT, "")
