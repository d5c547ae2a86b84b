"""HTML cut into tags and text, in time that grows with its length whatever stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from attrs import frozen

from chatctl.imports.records import plain

MAX_TAG: Final = 8_192  # characters of a tag; what begins like a longer one is text
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,40})((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_ATTRIBUTE: Final = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?")


@frozen
class Opens:
    tag: str
    attributes: dict[str, str]


@frozen
class Closes:
    tag: str


@frozen
class Says:
    """`text` is without references such as `&amp;`."""

    text: str


Token = Opens | Closes | Says


def tokens(html: str) -> Iterator[Token]:
    at = begin = 0
    comments = True  # that end may be ahead
    while True:
        at = html.find("<", at)
        if at == -1:
            break
        if html.startswith("<!", at):
            comment = html.startswith("<!--", at)
            end = html.find("-->", at + 4) if comment and comments else -1
            comments = comments and (end != -1 or not comment)
            end = end + 3 if end != -1 else html.find(">", at, at + MAX_TAG) + 1
            if not end:
                at += 2
                continue
            yield from _said(html[begin:at])
            at = begin = end
            continue
        found = _TAG.match(html, at, at + MAX_TAG)
        if found is None:
            at += 1
            continue
        yield from _said(html[begin:at])
        at = begin = found.end()
        tag = found[2].lower()
        yield Closes(tag) if found[1] else Opens(tag, _attributes(found[3]))
    yield from _said(html[begin:])


def _said(raw: str) -> Iterator[Says]:
    if raw:
        yield Says(plain(unescape(raw)))


def _attributes(raw: str) -> dict[str, str]:
    return {
        name.lower(): plain(unescape(double or single or bare))
        for name, double, single, bare in _ATTRIBUTE.findall(raw)
    }
