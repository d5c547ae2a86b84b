"""Paths: which requests stand at an address, by its segments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

import msgspec

from chatd.contract.spec import RequestType

_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")

Methods = dict[str, RequestType]  # by method
Found = tuple[Methods, tuple[str, ...]]  # and what stands in place of the fields of the path


class _Node(msgspec.Struct, eq=False):
    """What may follow the segments that lead here."""

    words: dict[str, _Node] = msgspec.field(default_factory=dict)
    field: _Node | None = None
    methods: Methods = msgspec.field(default_factory=dict)


class Paths:
    """All addresses under `/api/v1`."""

    def __init__(self, rows: Iterable[RequestType]) -> None:
        self._root = _Node()
        for row in rows:
            self._node(row.http.path).methods[row.http.method] = row

    def _node(self, path: str) -> _Node:
        node = self._root
        for part in path.split("/")[1:]:
            if part.startswith("{"):
                node.field = node = node.field or _Node()
            else:
                node = node.words.setdefault(part, _Node())
        return node

    def find(self, path: str) -> Found | None:
        """`path`: as it was sent, behind `/api/v1`. None: nothing stands there."""
        return _walk(self._root, path.split("/"), 1, ())


def _walk(node: _Node, parts: list[str], index: int, values: tuple[str, ...]) -> Found | None:
    """A word counts before a field."""
    if index == len(parts):
        return (node.methods, values) if node.methods else None
    part = parts[index]
    following = node.words.get(part)
    if following is not None and (found := _walk(following, parts, index + 1, values)) is not None:
        return found
    if node.field is None or not part:
        return None
    return _walk(node.field, parts, index + 1, (*values, part))


def unquoted(text: str) -> str:
    """What was written with percent signs (RFC 3986, 2.1). Raises ValueError when it is not UTF-8."""
    if "%" not in text:
        return text
    if _BAD_ESCAPE.search(text):
        raise ValueError("a percent sign is followed by two hexadecimal digits")
    return unquote_to_bytes(text).decode()


def allowed(methods: Mapping[str, RequestType]) -> str:
    """The value of `Allow`."""
    names = {*methods, "OPTIONS", *(("HEAD",) if "GET" in methods else ())}
    return ", ".join(sorted(names))
