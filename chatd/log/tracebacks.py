"""An exception as an object of the log.

Without local variables: they hold tokens, passwords and what people write.
"""

from __future__ import annotations

import os
from traceback import walk_tb
from typing import Any, Final

MAX_FRAMES: Final = 50  # of one exception; what is between its first and last ones is counted


def traceback_rows(error: BaseException) -> list[dict[str, Any]]:
    """The exception, then what it came from, one row each; those of a group stand in its row. None comes
    twice, so that causes that go in a circle end."""
    return _rows(error, set())


def _rows(error: BaseException, seen: set[int]) -> list[dict[str, Any]]:
    rows = []
    origin: BaseException | None = error
    is_cause = False
    while origin is not None and id(origin) not in seen:
        seen.add(id(origin))
        rows.append(_row(origin, is_cause, seen))
        is_cause = origin.__cause__ is not None
        origin = origin.__cause__ or (None if origin.__suppress_context__ else origin.__context__)
    return rows


def _row(error: BaseException, is_cause: bool, seen: set[int]) -> dict[str, Any]:
    group = error.exceptions if isinstance(error, BaseExceptionGroup) else None
    return {
        "exc_type": type(error).__name__,
        "exc_value": _text(error),
        "exc_notes": [_text(note) for note in getattr(error, "__notes__", ())],
        "syntax_error": _place(error) if isinstance(error, SyntaxError) else None,
        "is_cause": is_cause,
        "frames": _frames(error),
        "is_group": group is not None,
        "exceptions": [_rows(one, seen) for one in group or ()],
    }


def _frames(error: BaseException) -> list[dict[str, Any]]:
    found = [
        {"filename": _path(frame.f_code.co_filename), "lineno": line, "name": frame.f_code.co_name}
        for frame, line in walk_tb(error.__traceback__)
    ]
    if len(found) <= MAX_FRAMES:
        return found
    half = MAX_FRAMES // 2
    skipped = {"filename": "", "lineno": -1, "name": f"Skipped frames: {len(found) - 2 * half}"}
    return [*found[:half], skipped, *found[-half:]]


def _path(filename: str) -> str:
    return filename if filename.startswith("<") else os.path.abspath(filename)


def _place(error: SyntaxError) -> dict[str, Any]:
    return {
        "offset": error.offset or 0,
        "filename": error.filename or "?",
        "line": error.text or "",
        "lineno": error.lineno or 0,
        "msg": error.msg,
    }


def _text(what: object) -> str:
    """Never raises: an exception may fail to say what it is."""
    try:
        return str(what)
    except Exception as error:
        return f"<no text: {type(error).__name__}>"
