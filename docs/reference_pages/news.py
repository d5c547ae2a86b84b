"""events.md and signals.md: what clients receive unasked."""

from __future__ import annotations

from typing import Final

from chatd.contract.events import EVENTS
from chatd.contract.signals import SIGNALS
from chatd.contract.spec import EventType, SignalType
from reference_pages.markdown import bullets, code, page
from reference_pages.types import described, fields, object_fields, parts_of

EVENTS_INTRODUCTION: Final = """\
An event is a fact in the log. [protocol.md](../protocol.md#frames) shows its frame; this page says what
`data` holds in each kind of stream, and what a client does with it. A client ignores fields and events
that it does not know.

- A field that *may be missing* is left out where it does not apply. Texts, and what an account says of
  itself, are missing once they were erased.
- An event that a member may not see in full comes with `"data": {}`: it is there so that no `seq` is
  missing.
- An event whose `seq` is not beyond what the client has loaded of the stream changes nothing any more."""
SIGNALS_INTRODUCTION: Final = """\
A signal is not logged, and the server may drop it: it says what is true now, and a query says the same.
Its `stream` names what it is about, `by` the account whose doing it tells."""
STREAMS: Final = {
    "account": "Every account has a stream of its own, which only that account gets.",
    "space": "Members of a space get its stream.",
    "room": "Members of a room get its stream.",
    "server": "Nobody gets the server's stream, `server/main`; operators and admins read it with `audit.list`"
    " and `event.list`.",
}
LETS: Final = {
    "in": "Lets `account` into the stream, this event included.",
    "out": "Lets `account` out of the stream, after this event.",
    "all_out": "The last event that the stream's members get.",
}


def events() -> str:
    named = dict.fromkeys(class_ for row in EVENTS.values() for class_ in parts_of(row.payload))
    return page(
        "Events",
        EVENTS_INTRODUCTION,
        *(_stream(kind) for kind in STREAMS),
        *(described(class_) for class_ in named),
    )


def _stream(kind: str) -> str:
    rows = [row for row in EVENTS.values() if row.stream == kind]
    return "\n\n".join([f"## Streams `{kind}/<id>`", STREAMS[kind], *(_event(row) for row in rows)])


def _event(row: EventType) -> str:
    said = []
    if row.audience is not None:
        to_itself = " and to `account`" if row.about_member else ""
        all_see = ", unless it lets a member out: that is for all" if row.lets == "out" else ""
        said.append(
            f"Shown in full to those who hold `{row.audience}`{to_itself}, and empty to others{all_see}."
        )
    if row.about_member:
        said.append("Empty for a guest who does not see `account`.")
    if row.lets is not None:
        said.append(LETS[row.lets])
    if row.erases:
        said.append("With it texts are erased from the database.")
    if row.personal:
        said.append(f"Erased with the account: {code(*row.personal)}.")
    if row.text:
        said.append("`text` is erased with the message, and with the account.")
    if row.audited:
        said.append("Stands in the audit.")
    return _described(row, bullets(said))


def signals() -> str:
    return page("Signals", SIGNALS_INTRODUCTION, *(_signal(row) for row in SIGNALS.values()))


def _signal(row: SignalType) -> str:
    return _described(row, bullets([f"Stream: the {row.stream}.", f"Heard by: {row.hears}."]))


def _described(row: EventType | SignalType, said: str) -> str:
    data = object_fields(row.payload) if fields(row.payload) else "`data` is empty."
    parts = (f"### `{row.name}`", row.doc, data, said)
    return "\n\n".join(part.strip("\n") for part in parts if part)
