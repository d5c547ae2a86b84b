"""The log's lines: JSON objects for programs, readable ones for people, and never a local variable."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from chatd.log import Log
from chatd.log import logger as module
from chatd.log.tracebacks import MAX_FRAMES, traceback_rows

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"


class Paper:
    """Takes what is written."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Paper:
    paper = Paper()
    monkeypatch.setattr(module, "STDERR", paper)
    return paper


def test_a_line_for_programs_is_one_object(paper: Paper) -> None:
    Log().warning("clock_went_back", seconds=3, name="a\nb", odd=object)
    assert paper.text.endswith("}\n")
    assert paper.text.count("\n") == 1
    entry = json.loads(paper.text)
    assert re.fullmatch(TIME, entry.pop("timestamp"))
    assert entry == {
        "seconds": 3,
        "name": "a\nb",
        "odd": "<class 'object'>",
        "event": "clock_went_back",
        "level": "warning",
    }


def test_a_line_for_people_has_its_fields_in_order_and_shows_what_is_no_word(paper: Paper) -> None:
    log = Log()
    log.configure("info", True)
    log.error("odd", b="two words", a=1, c="a\nb\x1b[0m", d="")
    plain = re.sub(r"\x1b\[\d+m", "", paper.text)
    assert re.fullmatch(rf"{TIME} \[error    \] odd {{28}}a=1 b='two words' c='a\\nb\\x1b\[0m' d=\n", plain)


@pytest.mark.parametrize("level", module.LEVELS)
def test_what_is_below_the_level_is_not_said(paper: Paper, level: str) -> None:
    log = Log()
    log.configure(level, False)
    for one in module.LEVELS:
        getattr(log, one)("it")
    said = [json.loads(line)["level"] for line in paper.text.splitlines()]
    assert said == list(module.LEVELS[module.LEVELS.index(level) :])
    assert log.debugs is (level == "debug")


def crash(secret: str) -> None:
    try:
        raise KeyError("k")
    except KeyError as error:
        raise ExceptionGroup("both", [ValueError("v"), ExceptionGroup("in", [LookupError("l")])]) from error


@pytest.mark.parametrize("terminal", [False, True])
def test_an_exception_comes_with_its_causes_and_without_variables(paper: Paper, terminal: bool) -> None:
    log = Log()
    log.configure("info", terminal)
    try:
        crash("".join(reversed("neddih")))
    except ExceptionGroup:
        log.exception("crashed", n=1)
    assert "hidden" not in paper.text
    for named in ("KeyError", "ValueError", "LookupError", "test_log.py"):
        assert named in paper.text
    if terminal:
        return
    group, cause = json.loads(paper.text)["exception"]
    assert (group["exc_type"], group["is_group"], group["is_cause"]) == ("ExceptionGroup", True, False)
    assert (cause["exc_type"], cause["is_cause"]) == ("KeyError", True)
    assert [frame["name"] for frame in group["frames"]][-1] == "crash"
    assert [rows[0]["exc_type"] for rows in group["exceptions"]] == ["ValueError", "ExceptionGroup"]


def test_a_traceback_is_bounded_and_never_fails() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def deep(levels: int) -> Any:
        if levels == 0:
            raise Mute
        deep(levels - 1)

    try:
        deep(200)
    except Mute as error:
        error.__cause__ = error  # a circle
        [row] = traceback_rows(error)
    assert len(row["frames"]) == MAX_FRAMES + 1
    assert row["frames"][MAX_FRAMES // 2]["name"].startswith("Skipped frames: ")
    assert row["exc_value"] == "<no text: RuntimeError>"
