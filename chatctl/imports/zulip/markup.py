"""Zulip's Markdown as chatd's: people, streams and groups have their own forms, fences do more than code."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from attrs import define, field

from chatctl.imports.emoji import with_emoji
from chatctl.imports.keys import bounded
from chatctl.imports.markdown import code, fenced, literal, quoted, span
from chatctl.imports.records import mention, plain

MAX_TEXT: Final = 262_144  # characters of a message that are read
MAX_DEPTH: Final = 5  # of quotes in each other
_FENCE: Final = re.compile(r"^ {0,3}(?P<sign>`{3,}|~{3,}) ?(?P<about>[^`\n]*)$")
_CODE: Final = re.compile(r"(?<!`)(`++)(?:(?!\1)[^\n]){0,2000}?\1(?!`)")
_FORMS: Final = re.compile(
    r"@_?\*\*(?P<person>[^*|\n]{0,100})(?:\|(?P<id>\d{1,18}))?\*\*"
    r"|@_?\*(?P<group>[^*\n]{1,100})\*"
    r"|#\*\*(?P<stream>[^*\n]{1,300})\*\*"
    r"|(?P<picture>!?)\[(?P<label>[^\]\n]{0,300})\]\((?:https?://[^/\s()]{1,200})?/user_uploads/(?P<upload>[^\s()]{1,500})\)"
    r"|<time:(?P<time>[^>\n]{1,60})>"
    r"|\$\$(?P<math>[^$\n]{1,2000})\$\$"
)


@define
class Writer:
    """`named` gives the id of the one person with a name. `uploads`: paths and names of the files that the
    text shows."""

    named: Callable[[str], int | None]
    uploads: list[tuple[str, str]] = field(factory=list)

    def markdown(self, content: str) -> str:
        text = plain(content[:MAX_TEXT])
        if text.startswith("/me "):
            return span("*", self._inline(text[4:]))
        if text.startswith("/poll "):
            question, *answers = text[6:].split("\n")
            lines = [f"{n}. {self._inline(each)}" for n, each in enumerate(filter(None, answers), 1)]
            return "\n".join([span("**", self._inline(question)), *lines])
        if text.startswith("/todo "):
            title, *tasks = text[6:].split("\n")
            lines = [f"- {self._inline(each)}" for each in filter(None, tasks)]
            return "\n".join([span("**", self._inline(title)), *lines])
        return self._blocks(text.split("\n"), 0).strip("\n")

    def _blocks(self, lines: list[str], depth: int) -> str:
        parts: list[str] = []
        run: list[str] = []
        at = 0
        while at < len(lines):
            fence = _FENCE.match(lines[at])
            if fence is None:
                run.append(lines[at])
                at += 1
                continue
            if run:
                parts.append(self._inline("\n".join(run)))
                run = []
            end = _end(lines, at + 1, fence["sign"])
            parts.append(self._block(fence["about"].strip(), lines[at + 1 : end], depth))
            at = end + 1
        if run:
            parts.append(self._inline("\n".join(run)))
        return "\n".join(parts)

    def _block(self, about: str, inside: list[str], depth: int) -> str:
        kind, _, title = about.partition(" ")
        if kind == "quote" and depth < MAX_DEPTH:
            return quoted(self._blocks(inside, depth + 1))
        if kind == "spoiler" and depth < MAX_DEPTH:
            hidden = span("||", self._blocks(inside, depth + 1))
            return f"{self._inline(title)}\n{hidden}" if title else hidden
        return fenced("\n".join(inside), kind)

    def _inline(self, text: str) -> str:
        """Code stays as it is."""
        parts, at = [], 0
        for found in _CODE.finditer(text):
            parts += [self._forms(text[at : found.start()]), found[0]]
            at = found.end()
        return "".join([*parts, self._forms(text[at:])])

    def _forms(self, text: str) -> str:
        return with_emoji(_FORMS.sub(self._form, text), more=True) if text else text

    def _form(self, found: re.Match[str]) -> str:
        if found["person"] is not None:
            id_ = int(found["id"]) if found["id"] else self.named(found["person"])
            return literal(f"@{found['person']}") if id_ is None else mention(bounded(str(id_)))
        if found["group"]:
            return literal(f"@{found['group']}")
        if found["stream"]:
            return literal("#" + re.sub(r"@\d+$", "", found["stream"]).replace(">", " > "))
        if found["upload"]:
            name = found["label"] or found["upload"].rpartition("/")[2]
            self.uploads.append((found["upload"], name))
            return "" if found["picture"] else literal(name)
        return code(found["math"]) if found["math"] else literal(found["time"])


def _end(lines: list[str], at: int, sign: str) -> int:
    while at < len(lines):
        line = lines[at].strip()
        if len(line) >= len(sign) and line == sign[0] * len(line):
            return at
        at += 1
    return at
