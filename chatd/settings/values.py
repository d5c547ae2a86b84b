"""Reads one value of a setting: from TOML, which has types, or from text (the environment, flags).

A value of another type is refused, never converted: `2.9` is no whole number, `0.0` no switch. The ValueError
says what the value must be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
SWITCHES: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}
SURROGATE: Final = re.compile("[\ud800-\udfff]")
LARGEST: Final = 10**18
MAX_SHOWN: Final = 60  # characters of a wrong value that are shown
MAX_ENTRIES: Final = 5  # wrong entries of a list that are shown
MAX_PATH: Final = 250  # of a path


def from_text(hint: Any, text: str) -> Any:
    """The value of type `hint` that a text stands for. Raises ValueError."""
    stripped = text.strip()
    if hint is bool:
        if stripped.lower() not in SWITCHES:
            raise ValueError(f"must be true or false, not {shown(text)}")
        return SWITCHES[stripped.lower()]
    if hint is int:
        return int(stripped) if INTEGER.fullmatch(stripped) else checked(hint, text)
    if hint is float:
        return float(stripped) if NUMBER.fullmatch(stripped) else checked(hint, text)
    return checked(hint, text)


def checked(hint: Any, value: Any) -> Any:
    """The value, if it is of type `hint`; a path and a list with commas may be text. Raises ValueError."""
    if not _is_utf_8(value) and Path not in (hint, *get_args(hint)):  # the system's paths are any bytes
        raise ValueError(f"must be text in UTF-8, not {shown(value)}")
    if get_origin(hint) is Literal:
        if value in get_args(hint) and isinstance(value, str):
            return value
        raise ValueError(f"must be one of {', '.join(get_args(hint))}, not {shown(value)}")
    if get_origin(hint) is tuple:
        return _texts(value)
    if Path in get_args(hint) or hint is Path:
        return _path(value)
    if hint is bool and isinstance(value, bool):
        return value
    if hint is int and type(value) is int and abs(value) <= LARGEST:
        return value
    if hint is float and type(value) in (int, float) and abs(value) <= LARGEST:
        return float(value)
    if hint is str and isinstance(value, str) and "\0" not in value:
        return value
    raise ValueError(f"must be {NAMES[hint]}, not {shown(value)}")


def _is_utf_8(value: Any) -> bool:
    """Whether all can be sent and stored: what is not UTF-8 in the environment comes as lone surrogates."""
    texts = value if isinstance(value, (list, tuple)) else (value,)
    return not any(isinstance(text, str) and SURROGATE.search(text) for text in texts)


NAMES: Final = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}


def shown(value: Any) -> str:
    """A wrong value as its writer knows it, shortened."""
    match value:
        case bool():
            text = str(value).lower()
        case str():
            text = repr(value)
        case dict():
            text = "a table"
        case list() | tuple():
            text = "a list"
        case _:
            text = str(value)
    return shortened(text)


def shown_each(values: Sequence[str]) -> str:
    """Wrong entries of a list, those beyond the first few as a number."""
    more = len(values) - MAX_ENTRIES
    names = " and ".join(shown(value) for value in values[:MAX_ENTRIES])
    return f"{names} and {more} more" if more > 0 else names


def shown_path(path: Path) -> str:
    """Whole, unless it is longer than any that is of use."""
    text = " ".join(str(path).split())
    return text if len(text) <= MAX_PATH else f"{text[:MAX_PATH]}…"


def shortened(text: str) -> str:
    """On one line, and not much of it."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}…"


def _texts(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, (list, tuple)) or not all(isinstance(part, str) for part in parts):
        raise ValueError(f'must be a list of texts, such as ["a", "b"], not {shown(value)}')
    return tuple(stripped for part in parts if (stripped := part.strip()))


def _path(value: Any) -> Path:
    if isinstance(value, Path):
        return value
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError(f"must be a path, not {shown(value)}")
    return Path(value)
