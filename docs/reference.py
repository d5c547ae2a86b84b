"""Writes the parts of the documents that the code knows better: tables of requests, limits, rights, settings.

`python docs/reference.py` rewrites what stands between `<!-- begin: NAME -->` and `<!-- end: NAME -->` in the
pages below; `--check` changes nothing and ends with status 1 when a page is not current.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import msgspec.inspect as kinds
from chatd.contract.table import ENTRIES
from chatd.contract.table.entry import Entry

from chatd import codec, ports
from chatd.contract import command
from chatd.domain.account import settings as personal
from chatd.domain.names import mentions as mention
from chatd.domain.policy import roles as rights
from chatd.domain.room import reaction
from chatd.domain.space import decide as space
from chatd.handlers.scheduled import MAX_SCHEDULED
from chatd.handlers.settings import MAX_DRAFTS, SAVED_BYTES
from chatd.settings import Settings

DOCS = Path(__file__).parent
NEEDS = {"nothing": "nothing", "session": "a session", "operator": "an operator"}
MARKED = re.compile(r"(<!-- begin: ([a-z-]+) -->\n).*?(<!-- end: \2 -->)", re.DOTALL)


# --- requests -----------------------------------------------------------------------------------------


def requests(*nouns: str) -> str:
    """The requests about these nouns, as the command table says them."""
    chosen = [entry for entry in ENTRIES if entry.name.partition(".")[0] in nouns]
    rows = ((f"`{e.name}`", e.kind, NEEDS[e.needs], _fields(e), e.doc) for e in chosen)
    return table(("name", "kind", "needs", "fields", "what it does"), rows)


def _fields(entry: Entry) -> str:
    info = kinds.type_info(entry.type)
    assert isinstance(info, kinds.DataclassType)
    return "<br>".join(_field(field) for field in info.fields) or "none"


def _field(field: kinds.Field) -> str:
    name = field.encode_name.rstrip("_")  # as in `Entry.fields`
    shown = f"`{name}{'' if field.required else '?'}` {_type(field.type)}"
    if not field.required and field.default not in (None, kinds.NODEFAULT):
        shown += f", default {str(field.default).lower()}"
    return shown


def _type(type_: kinds.Type) -> str:
    match type_:
        case kinds.UnionType(types):
            return " or ".join(_type(one) for one in types if not isinstance(one, kinds.NoneType))
        case kinds.LiteralType(values):
            return ", ".join(f"`{value}`" for value in _in_order(values))
        case kinds.StrType():
            return "string" + _span(type_.min_length or None, type_.max_length)
        case kinds.IntType():
            return "integer" + _span(type_.ge, type_.le)
        case kinds.FloatType():
            return "number" + _span(type_.ge, type_.le)
        case kinds.BoolType():
            return "boolean"
        case kinds.ListType(item_type=item):
            return "list" + _items(type_.min_length or None, type_.max_length) + _type(item)
        case kinds.StructType(fields=fields):
            return "`{" + ", ".join(field.encode_name for field in fields) + "}`"
    raise TypeError(f"no words for {type_}")


def _in_order(values: Iterable[Any]) -> list[Any]:
    """Roles from the highest; what is no role as it comes."""
    return sorted(values, key=lambda value: -rights.RANK.get(value, 0))


def _span(least: float | None, most: float | None) -> str:
    if most is None:
        return "" if least is None else f" from {_number(least)}"
    return f" up to {_number(most)}" if least is None else f" {_number(least)} to {_number(most)}"


def _items(least: int | None, most: int | None) -> str:
    if most is None:
        return " of: "
    return f" of up to {most:,}: " if least is None else f" of {least:,} to {most:,}: "


def _number(value: float) -> str:
    return "2⁵³" if value == 2**53 else f"{value:,g}" if isinstance(value, float) else f"{value:,}"


# --- limits, rights, settings -------------------------------------------------------------------------


def limits() -> str:
    return table(
        ("what", "at most"),
        (
            ("one frame", f"{codec.MAX_FRAME:,} bytes"),
            ("one message from a client", f"{codec.MAX_MESSAGE:,} bytes"),
            ("frames in one message", f"{codec.MAX_FRAMES:,}"),
            ("requests without an answer (`open_requests`)", f"{ports.OPEN_REQUESTS:,}"),
            ("text of a chat message", f"{command.MAX_TEXT:,} characters"),
            ("a page (`limit`)", f"{command.MAX_PAGE}, and {command.DEFAULT_PAGE} when nothing is said"),
            ("names mentioned in a message", f"{mention.MAX_MENTIONS}"),
            ("different reactions on a message", f"{reaction.MAX_REACTIONS}"),
            ("pins in a room", f"{reaction.MAX_PINS}"),
            ("custom emoji in a space", f"{space.MAX_EMOJI}"),
            ("bookmarks of an account", f"{personal.MAX_BOOKMARKS:,}"),
            ("drafts of an account (`drafts`)", f"{MAX_DRAFTS}, with {SAVED_BYTES:,} bytes of text"),
            ("scheduled messages (`scheduled`)", f"{MAX_SCHEDULED}, with {SAVED_BYTES:,} bytes of text"),
        ),
    )


def permissions() -> str:
    roles = sorted(rights.RANK, key=lambda role: -rights.RANK[role])
    return table(
        ("right", *roles),
        (
            (f"`{right}`", *("yes" if rights.may(role, right) else "" for role in roles))
            for right in rights.LOWEST_ROLE
        ),
    )


def settings() -> str:
    return table(
        ("setting", "environment", "default", "meaning"),
        (
            (f"`{field.name}`", f"`CHATD_{field.name.upper()}`", _default(field.default), _help(field))
            for field in attrs.fields(Settings)
        ),
    )


def _default(value: object) -> str:
    match value:
        case () | "" | None:
            return "none"
        case bool():
            return f"`{str(value).lower()}`"
        case float():
            return f"`{value:g}`"
        case Path():
            return f"`./{value}`"
    return f"`{value}`"


def _help(field: Any) -> str:
    return str(field.metadata["typed-settings"]["help"])


# --- pages --------------------------------------------------------------------------------------------


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


PARTS: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "protocol.md": {
        "limits": limits,
        "rights": permissions,
        "account-requests": lambda: requests("account"),
        "identity-requests": lambda: requests("identity"),
        "session-requests": lambda: requests("session"),
        "device-requests": lambda: requests("device", "totp"),
        "bot-requests": lambda: requests("bot"),
        "space-requests": lambda: requests("space", "invite", "emoji"),
        "room-requests": lambda: requests("room", "direct"),
        "order-requests": lambda: requests("member", "ban", "report", "audit", "access"),
        "message-requests": lambda: requests("message"),
        "reaction-requests": lambda: requests("reaction", "pin"),
        "thread-requests": lambda: requests("thread"),
        "read-requests": lambda: requests("read", "unread", "receipt"),
        "presence-requests": lambda: requests("presence", "typing"),
        "notification-requests": lambda: requests("notification", "subscription", "preferences"),
        "saved-requests": lambda: requests("bookmark", "draft"),
        "operator-requests": lambda: requests("event", "server", "view", "backup"),
    },
    "operations.md": {"settings": settings},
}


def current(page: str) -> str:
    """The text of a page with its generated parts as they should be."""
    parts = PARTS[page]
    made: list[str] = []

    def write(match: re.Match[str]) -> str:
        made.append(match[2])
        return f"{match[1]}{parts[match[2]]()}{match[3]}"

    text = MARKED.sub(write, (DOCS / page).read_text())
    if missing := parts.keys() - set(made):
        raise ValueError(f"{page} has no place for: {', '.join(sorted(missing))}")
    return text


def main(arguments: list[str]) -> int:
    stale = [page for page in PARTS if current(page) != (DOCS / page).read_text()]
    if "--check" in arguments:
        for page in stale:
            sys.stderr.write(f"docs/{page} is not current; run: python docs/reference.py\n")
        return 1 if stale else 0
    for page in stale:
        (DOCS / page).write_text(current(page))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
