"""What the system has no more of is said in one line by whoever was started, and is no traceback."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner

import chatd.app
from chatctl.cli import cli
from chatctl.connection import Connection
from chatd.settings import Settings
from chatd.shortage import shortage

NO_THREAD = RuntimeError("can't start new thread")
SHORT = [
    (OSError(errno.EMFILE, os.strerror(errno.EMFILE)), "ulimit -n"),
    (OSError(errno.ENFILE, os.strerror(errno.ENFILE), "/data/x"), "fs.file-max"),
    (OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)), "ulimit -v"),
    (MemoryError(), "ulimit -v"),
    (NO_THREAD, "ulimit -u"),
    (ExceptionGroup("", [ExceptionGroup("", [NO_THREAD])]), "ulimit -u"),
]
OTHERS = [
    OSError(errno.ENOENT, "no"),
    RuntimeError("a bug"),
    BlockingIOError(errno.EAGAIN, "later"),
    OSError(),
]


@pytest.mark.parametrize(("error", "limit"), SHORT, ids=str)
def test_chatctl_says_which_limit_is_in_the_way(
    error: Exception, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(*_: object, **__: object) -> NoReturn:
        raise error

    monkeypatch.setattr(Connection, "run", short)
    result = CliRunner().invoke(cli, ["account", "list"])
    assert result.exit_code == 1
    assert result.stderr.startswith("chatctl: ")
    assert result.stderr.count("\n") == 1
    assert limit in result.stderr


@pytest.mark.parametrize(("error", "limit"), SHORT, ids=str)
def test_a_server_that_cannot_start_for_it_says_so(
    error: Exception, limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def short(*_: object) -> NoReturn:
        raise error

    monkeypatch.setattr(chatd.app, "serve", short)
    problem = chatd.app.run(Settings(data=tmp_path), print, Settings)
    assert problem is not None
    assert limit in str(shortage(problem))


@pytest.mark.parametrize("error", OTHERS, ids=repr)
def test_nothing_else_is_taken_for_it(error: Exception) -> None:
    assert shortage(error) is None
    assert shortage(ExceptionGroup("", [error])) is None
