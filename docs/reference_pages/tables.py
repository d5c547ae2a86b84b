"""errors.md, limits.md, rights.md, settings.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, get_args

import attrs

from chatd.actors.sessions.admissions import KEPT as ADMISSIONS
from chatd.actors.sessions.admissions import KEPT_SECONDS as ADMITTED_SECONDS
from chatd.actors.sessions.conduct import BAD_FRAMES, STRANGER_REFUSALS
from chatd.actors.sessions.session import UNREAD, UNREAD_STRANGER
from chatd.contract import fields
from chatd.contract.close_codes import CLOSE_CODES
from chatd.contract.errors import MEANINGS
from chatd.contract.field_errors import MAX_QUOTED
from chatd.contract.push import MAX_PUSH_DEVICES
from chatd.contract.requests import REQUESTS
from chatd.domain.account import settings as of_account
from chatd.domain.account.decide import MAX_BOTS, MAX_RENAMES
from chatd.domain.names.mentions import MAX_MENTIONS
from chatd.domain.policy import roles
from chatd.domain.room.moderation import MAX_OVERRIDES
from chatd.domain.room.reaction import MAX_PINS, MAX_REACTIONS
from chatd.domain.space.state import MAX_EMOJI
from chatd.files.partials import OF_PERSON as UNFINISHED
from chatd.files.pictures.process import PROCESSES, SECONDS
from chatd.files.places import OF_ALL, OF_PERSON
from chatd.frames import codec
from chatd.gateway.http.rest.fields import MAX_PARAMETERS
from chatd.gateway.http.server.body_limit import API_BODY, FORM_BODY
from chatd.gateway.http.server.request_body import LEAST_RATE
from chatd.gateway.http.server.request_head import HEAD_BYTES
from chatd.gateway.websocket.bounds import MAX_CONTROL_FRAMES, MAX_FRAGMENTS
from chatd.gateway.websocket.frame_parser import (
    INBOX_BYTES,
    INBOX_SIZE,
    STRANGERS_BYTES,
    STRANGERS_MESSAGE,
)
from chatd.handlers.identity import MAX_IDENTITIES
from chatd.handlers.saved import MAX_DRAFTS, SAVED_BYTES
from chatd.handlers.scheduled import MAX_SCHEDULED
from chatd.ports.connection import OPEN_REQUESTS
from chatd.settings import HELP, Settings
from reference_pages.markdown import code, page, table

ERRORS_INTRODUCTION: Final = """\
A closed list. `message` says to a person what to do; programs look at `code`. Where a field is wrong,
`message` begins with its name: `role: one of owner, admin, moderator, member, guest`.
[commands-and-queries.md](commands-and-queries.md) says which codes each request may be refused with."""
LIMITS_INTRODUCTION: Final = """\
`session.open` says in `limits` what a client must know beforehand; the names in brackets are those of its
fields. The limits of single fields stand with their requests in
[commands-and-queries.md](commands-and-queries.md). How many requests an account or an address may make is a
matter of [settings](settings.md)."""
SETTINGS_INTRODUCTION: Final = """\
[operations.md](../operations.md#settings) explains where settings are given. Times are in seconds, sizes in
bytes. A rate is written `per second/at once`, as in `0.5/30`."""
RIGHTS_NOTES: Final = """\
The table is where a decision begins; mutes, locks and overrides change it in a room.
[permissions.md](../architecture/permissions.md) says how.

- Without `member.see_all` a member sees those who share a room with it, or another space in which it has
  that right, and nobody else.
- `room.see_public` and `room.join_public` are about rooms that are not private and that the member is not
  in.
- `message.announce` is posting in an `announcement` room; `message.hurry` is posting without waiting for
  slow mode.
- `message.delete_any` and `message.see_edits` are about messages of others; `mention.loud` is `@here` and
  `@room`.
- `room.remove` and `member.…` reach only below the member's own role; `message.delete_any` not above it.
- In a direct room everybody has the rights of a member.
- An operator at the admin socket stands above roles and is no member of anything. An account with `admin`
  may ask what operators ask and is otherwise an account like any other."""


def errors() -> str:
    return page(
        "Errors",
        ERRORS_INTRODUCTION,
        table(("code", "meaning"), ((code(name), meaning) for name, meaning in MEANINGS.items())),
        "## Close codes",
        "Why a WebSocket connection was closed.",
        table(
            ("code", "meaning", "reconnect?"),
            ((str(row.code), row.meaning, row.reconnect) for row in CLOSE_CODES),
        ),
    )


def limit_rows() -> tuple[tuple[str, str], ...]:
    """What is bounded by the contract and by constants, whatever the settings say."""
    return (
        ("one frame", f"{codec.MAX_FRAME:,} bytes"),
        (
            "one message from a client",
            f"{codec.MAX_MESSAGE:,} bytes; {STRANGERS_MESSAGE:,} while no session is open",
        ),
        ("frames in one message", f"{codec.MAX_FRAMES:,}"),
        ("WebSocket fragments of one message", f"{MAX_FRAGMENTS:,}"),
        ("control frames without a message between them", f"{MAX_CONTROL_FRAMES:,}"),
        ("frames that can be answered by no `id`, before the connection is closed (4003)", f"{BAD_FRAMES}"),
        (
            "refused requests before a session is open, until the connection is closed (4003)",
            f"{STRANGER_REFUSALS}",
        ),
        (
            "messages that wait for their session; the server reads on when there are less",
            f"{INBOX_SIZE}, and {INBOX_BYTES:,} bytes; {STRANGERS_BYTES:,} before a session is open",
        ),
        (
            "bytes left unread by a client; the server reads on when there are less",
            f"{UNREAD:,}; {UNREAD_STRANGER:,} before a session is open",
        ),
        ("foreign text in a refusal or in the log", f"{MAX_QUOTED} characters"),
        ("head of an HTTP request", f"{HEAD_BYTES:,} bytes"),
        ("body of an HTTP request", f"{FORM_BODY:,} bytes; {API_BODY:,} under `/api/`"),
        ("parameters in the query string of a REST request", f"{MAX_PARAMETERS}"),
        ("admissions that are kept", f"{ADMISSIONS:,} tokens, each {ADMITTED_SECONDS:g} seconds"),
        ("uploads of an account, its bots included, at once", f"{OF_PERSON}; {OF_ALL} of everybody"),
        ("unfinished uploads of an account, its bots included", f"{UNFINISHED}"),
        ("processes that read pictures", f"{PROCESSES} at once, each {SECONDS:g} seconds"),
        ("pace of a body, counted over the whole", f"{LEAST_RATE:,} bytes a second or more"),
        ("`id` of a request, if it is a string", f"{fields.MAX_ID} characters"),
        ("requests without a reply (`open_requests`)", f"{OPEN_REQUESTS:,}"),
        ("text of a chat message (`text`)", f"{fields.MAX_TEXT:,} characters"),
        (
            "a page (`limit`; `page`)",
            f"{fields.MAX_PAGE}, and {fields.DEFAULT_PAGE} when the request does not say",
        ),
        ("names mentioned in a message", f"{MAX_MENTIONS}"),
        ("different reactions on a message", f"{MAX_REACTIONS}"),
        ("pins in a room", f"{MAX_PINS}"),
        ("overrides in a room", f"{MAX_OVERRIDES}"),
        ("custom emoji in a space", f"{MAX_EMOJI}"),
        ("bots of an account", f"{MAX_BOTS}"),
        ("linked identities of an account", f"{MAX_IDENTITIES}"),
        ("new names of an account in 30 days", f"{MAX_RENAMES}"),
        ("bookmarks of an account", f"{of_account.MAX_BOOKMARKS:,}"),
        ("drafts of an account (`drafts`)", f"{MAX_DRAFTS}, with {SAVED_BYTES:,} bytes of text"),
        (
            "favourites of an account, rooms and spaces in an order of its own, quick reactions",
            f"{fields.MAX_FAVOURITES}, {fields.MAX_ROOM_ORDER}, {fields.MAX_SPACE_ORDER},"
            f" {fields.MAX_QUICK_REACTIONS}",
        ),
        ("devices of an account that are notified by web push", f"{MAX_PUSH_DEVICES}"),
        (
            "scheduled messages of an account (`scheduled`)",
            f"{MAX_SCHEDULED}, with {SAVED_BYTES:,} bytes of text",
        ),
    )


def limits() -> str:
    return page("Limits", LIMITS_INTRODUCTION, table(("what", "at most"), limit_rows()))


def rights() -> str:
    ranked = sorted(roles.RANK, key=lambda role: -roles.RANK[role])
    held = (
        (code(right), *("yes" if roles.may(role, right) else "" for role in ranked))
        for right in roles.LOWEST_ROLE
    )
    scopes = [*get_args(fields.Scope), "always", "never"]
    return page(
        "Rights",
        "What the roles of a space allow.",
        table(("right", *ranked), held),
        RIGHTS_NOTES,
        "Overrides of a room concern "
        f"{code(*roles.OVERRIDABLE_RIGHTS)}, for {code(*roles.OVERRIDABLE_ROLES)} and for single accounts.",
        "## Scopes of bots",
        "A bot may ask what its scopes cover, and do of that what its owner may. `always` needs no scope;"
        " `never` is for people.",
        table(("scope", "requests"), ((code(scope), _asked_with(scope)) for scope in scopes)),
    )


def _asked_with(scope: str) -> str:
    return code(*(row.name for row in REQUESTS.values() if row.scope == scope and row.asker != "operator"))


def settings() -> str:
    return page(
        "Settings",
        SETTINGS_INTRODUCTION,
        table(
            ("setting", "environment", "default", "meaning"),
            (
                (
                    code(field.name),
                    code(f"CHATD_{field.name.upper()}"),
                    shown_default(field.default),
                    help_of(field),
                )
                for field in attrs.fields(Settings)
            ),
        ),
    )


def shown_default(value: object) -> str:
    match value:
        case () | "" | None:
            return "none"
        case bool():
            return f"`{str(value).lower()}`"
        case float():
            return f"`{value:g}`"
        case Path():
            return f"`./{value}`"
        case tuple():
            return code(*value)
    return f"`{value}`"


def help_of(field: Any) -> str:
    return str(field.metadata[HELP])
