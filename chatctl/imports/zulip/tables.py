"""The tables in `realm.json` that are needed, held but for reactions, of which there may be millions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from attrs import define, field
from msgspec import Struct

from chatctl.imports.archive import Archive
from chatctl.imports.export import Unreadable
from chatctl.imports.json_decoding import NotJson, decoded
from chatctl.imports.json_text import ANY, Opened, elements
from chatctl.imports.problems import Problems, lost_in
from chatctl.scratch_database import scratch_database

MAX_ROWS: Final = 1_000_000  # of people, streams and recipients
MAX_MEMBERS: Final = 2_000_000  # people in streams and groups


class Realm(Struct, frozen=True):
    string_id: str | None = None
    name: str | None = None


class User(Struct, frozen=True):
    id: int
    full_name: str | None = None
    email: str | None = None
    delivery_email: str | None = None
    is_bot: bool | None = None
    is_active: bool | None = None


class Stream(Struct, frozen=True):
    id: int
    name: str | None = None
    description: str | None = None
    invite_only: bool | None = None
    deactivated: bool | None = None
    date_created: float | None = None


class Recipient(Struct, frozen=True):
    """`type`: 1 a person, 2 a stream, 3 a group; `type_id` is its id."""

    id: int
    type: int
    type_id: int


class Subscription(Struct, frozen=True):
    user_profile: int
    recipient: int
    active: bool | None = None


class Emoji(Struct, frozen=True):
    name: str | None = None
    deactivated: bool | None = None


class Reaction(Struct, frozen=True):
    message: int
    user_profile: int
    emoji_name: str | None = None
    emoji_code: str | None = None
    reaction_type: str | None = None


_DECODERS: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    "zerver_realm": msgspec.json.Decoder(Realm),
    "zerver_userprofile": msgspec.json.Decoder(User),
    "zerver_userprofile_crossrealm": msgspec.json.Decoder(User),
    "zerver_userprofile_mirrordummy": msgspec.json.Decoder(User),
    "zerver_stream": msgspec.json.Decoder(Stream),
    "zerver_recipient": msgspec.json.Decoder(Recipient),
    "zerver_subscription": msgspec.json.Decoder(Subscription),
    "zerver_realmemoji": msgspec.json.Decoder(Emoji),
    "zerver_reaction": msgspec.json.Decoder(Reaction),
}
_EACH: Final[Opened] = {(): "object", **{(name,): "list" for name in _DECODERS}, (ANY,): "any"}


class Reactions:
    """By message, in a temporary database."""

    def __init__(self) -> None:
        self._database = scratch_database(
            "CREATE TABLE reaction (message INTEGER NOT NULL, person INTEGER NOT NULL, emoji TEXT NOT NULL,"
            " PRIMARY KEY (message, person, emoji)) WITHOUT ROWID"
        )

    def add(self, message: int, person: int, emoji: str) -> None:
        self._database.execute("INSERT OR IGNORE INTO reaction VALUES (?, ?, ?)", (message, person, emoji))

    def of(self, message: int, most: int) -> list[tuple[int, str]]:
        sql = "SELECT person, emoji FROM reaction WHERE message = ? LIMIT ?"
        return self._database.execute(sql, (message, most)).fetchall()

    def close(self) -> None:
        self._database.close()


@define
class Tables:
    realm: str = ""
    users: dict[int, User] = field(factory=dict)
    streams: dict[int, Stream] = field(factory=dict)
    recipients: dict[int, Recipient] = field(factory=dict)
    members: dict[int, list[int]] = field(factory=dict)  # by recipient
    emoji: dict[str, Emoji] = field(factory=dict)
    reactions: Reactions = field(factory=Reactions)
    _count: int = 0
    _member_count: int = 0

    def take(self, row: Any) -> None:
        self._member_count += isinstance(row, Subscription)
        self._count += not isinstance(row, Subscription | Reaction)
        if self._count > MAX_ROWS or self._member_count > MAX_MEMBERS:
            raise Unreadable(
                f"realm.json has more than {MAX_ROWS:,} people and streams, or {MAX_MEMBERS:,} people in them"
            )
        match row:
            case Realm():
                self.realm = (row.string_id or row.name or "")[:200]
            case User():
                self.users.setdefault(row.id, row)
            case Stream():
                self.streams[row.id] = row
            case Recipient():
                self.recipients[row.id] = row
            case Subscription() if row.active is not False:
                self.members.setdefault(row.recipient, []).append(row.user_profile)
            case Emoji() if row.name and not row.deactivated:
                self.emoji[row.name] = row
            case Reaction() if sign := sign_of(row):
                self._add_reaction(row, sign)
            case _:
                pass

    def _add_reaction(self, row: Reaction, sign: str) -> None:
        if abs(row.message) < 2**63 and abs(row.user_profile) < 2**63:
            self.reactions.add(row.message, row.user_profile, sign)


def read_tables(archive: Archive, name: str, problems: Problems) -> Tables:
    tables = Tables()
    for table, raw, place in _rows(archive, name, problems):
        try:
            tables.take(decoded(raw, _DECODERS[table], lost_in(problems, place)))
        except NotJson:
            problems.add("unreadable", place)
    return tables


def _rows(archive: Archive, name: str, problems: Problems) -> Iterator[tuple[str, bytes, str]]:
    number, last = 0, ""
    with archive.open(name) as stream:
        for path, raw in elements(stream, name, problems, _EACH):
            number, last = (number + 1, last) if path[0] == last else (1, path[0])
            if len(path) == 2 and path[0] in _DECODERS:
                yield path[0], raw, f"{name} {path[0]} row {number}"


def sign_of(row: Reaction) -> str:
    """The character, by its code points; the name of one that the organisation made."""
    if row.reaction_type == "unicode_emoji":
        try:
            return "".join(chr(int(each, 16)) for each in (row.emoji_code or "").split("-"))[:64]
        except (ValueError, OverflowError):
            return ""
    return f":{row.emoji_name}:" if row.emoji_name else ""
