"""Files of an export on their way to the server: what is no matter of the file does not lose it."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from chatctl.failure import Failed
from chatctl.imports import attach
from chatctl.imports.attach import TRIES, Missing, Uploads
from chatctl.imports.records import File
from chatctl.transfer import NotReached, Refusing

EXPORT: Any = SimpleNamespace(open=lambda path: io.BytesIO(b"hello"))
FILE = File("F1", "notes.txt", path="F1")


class Answers:
    """What the server does with one upload after another: an exception, or the id of the file."""

    def __init__(self, *answers: Exception | str) -> None:
        self._answers: Iterator[Exception | str] = iter(answers)
        self.tokens: list[str | None] = []
        self.bodies: list[bytes] = []

    def __call__(
        self, place: Path, token: str | None, account: str, source: io.BytesIO, size: int, name: str
    ) -> dict[str, str]:
        self.tokens.append(token)
        self.bodies.append(source.read(size))
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return {"id": answer}


def uploaded(monkeypatch: pytest.MonkeyPatch, answers: Answers, *tokens: str) -> str:
    monkeypatch.setattr(attach, "upload_for", answers)
    given = iter(tokens)
    uploads = Uploads(EXPORT, Path("admin.sock"), lambda: next(given, None), None)

    async def upload() -> str:
        return await uploads.upload(FILE, "A1")

    return trio.run(upload, clock=MockClock(autojump_threshold=0.01))


def test_a_file_waits_for_a_server_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = [NotReached("gone", connected=False)] * (TRIES * 3)
    answers = Answers(NotReached("it broke", connected=True), *gone, "F9")
    assert uploaded(monkeypatch, answers) == "F9"
    assert set(answers.bodies) == {b"hello"}


def test_a_file_at_which_the_connection_breaks_again_and_again_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(Missing, match="it broke"):
        uploaded(monkeypatch, Answers(*[NotReached("it broke", connected=True)] * TRIES))


@pytest.mark.parametrize("status", [403, 500, 503, 507])
def test_trouble_of_the_server_ends_the_import_and_loses_no_file(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    with pytest.raises(Failed, match="no space") as raised:
        uploaded(monkeypatch, Answers(Refusing("no space", status)))
    assert not isinstance(raised.value, Missing)


def test_a_file_that_the_server_does_not_take_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Missing, match="too large"):
        uploaded(monkeypatch, Answers(Refusing("too large", 413)))


def test_a_token_that_has_run_out_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Answers(Refusing("expired", 401), "F9")
    assert uploaded(monkeypatch, answers, "old", "new") == "F9"
    assert answers.tokens == ["old", "new"]
    with pytest.raises(Failed, match="signed out") as raised:
        uploaded(monkeypatch, Answers(*[Refusing("signed out", 401)] * 2), "old", "older")
    assert not isinstance(raised.value, Missing)


def test_a_full_disk_of_temporary_files_loses_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The import ends: the message would come without its file, which could be had."""
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: open("/dev/full", "r+b"))  # noqa: SIM115
    with pytest.raises(Failed, match="TMPDIR") as failed:
        uploaded(monkeypatch, Answers())
    assert not isinstance(failed.value, Missing)
