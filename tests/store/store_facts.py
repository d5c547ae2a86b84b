"""Facts for the tests of the store, and a log that runs without a thread."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Coroutine
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from chatd.domain.event import Fact, encode_personal
from chatd.domain.names.folded import of_account, of_place
from chatd.ports import Append, Appended, Taken
from chatd.store.connection import open_writer
from chatd.store.log.journal import Journal
from chatd.store.ops import data_model
from chatd.store.ops.data_folder import DATABASE
from chatd.store.ops.place import Place
from chatd.store.queries.reader import SqliteReader

T = TypeVar("T")


def as_decided(type: str, data: dict[str, Any], text: str | None) -> tuple[dict[str, Any], str | None]:
    """Data and text of a fact with the names folded that it gives, unless they are already."""
    kind, _, what = type.partition(".")
    if what in ("created", "updated", "renamed"):
        if kind in ("room", "space"):
            return (data if "folded" in data else of_place(data)), text
        if kind == "account" and text is not None:
            said = json.loads(text)
            return data, (text if "folded" in said else encode_personal(**of_account(said)))
        if kind == "account":
            return (data if "folded" in data else of_account(data)), None
    return data, text


class Pen:
    """Writes appends whose seqs follow on from one another, as the actors would."""

    def __init__(self) -> None:
        self._seqs: defaultdict[str, int] = defaultdict(int)
        self._clock = 1_000

    def fact(
        self, stream: str, type: str, data: dict[str, Any], by: str = "ann", text: str | None = None
    ) -> Fact:
        self._seqs[stream] += 1
        self._clock += 1
        data, text = as_decided(type, data, text)
        return Fact(stream, self._seqs[stream], type, self._clock, by, data, text)

    def append(
        self, stream: str, type: str, data: dict[str, Any], by: str = "ann", text: str | None = None
    ) -> Append:
        return Append((self.fact(stream, type, data, by, text),))

    def report(self, by: str, report: str) -> Append:
        data = {"report": report, "space": "home", "room": "hall", "seq": 5}
        return self.append(f"account/{by}", "message.reported", data, by, '{"reason":"loud"}')

    def edit(self, room: str, seq: int, text: str, by: str = "ann", **data: Any) -> Append:
        return self.append(f"room/{room}", "message.edited", {"seq": seq, **data}, by, text)

    def delete(self, room: str, seq: int, by: str = "ann") -> Append:
        return self.append(f"room/{room}", "message.deleted", {"seq": seq, "author": by}, by)

    def react(self, room: str, seq: int, emoji: str, by: str = "ann", what: str = "added") -> Append:
        return self.append(f"room/{room}", f"reaction.{what}", {"seq": seq, "emoji": emoji}, by)

    def rewind(self, stream: str, to: int) -> None:
        """The last appends to `stream` were not written."""
        self._seqs[stream] = to

    def post(
        self,
        room: str,
        text: str,
        by: str = "ann",
        nonce: str | None = None,
        reply_to: int | None = None,
        **data: Any,
    ) -> Append:
        if nonce is not None:
            data["nonce"] = nonce
        if reply_to is not None:
            data["reply_to"] = reply_to
        return Append((self.fact(f"room/{room}", "message.posted", data, by, text),))

    def upload(self, by: str, file: str, name: str, hash: str = "", **said: Any) -> Append:
        """A picture of 70 bytes that has a preview."""
        hash = hash or file * 32
        text = encode_personal(name=name, hash=hash, preview_hash="p" + hash[1:], width=8, height=6, **said)
        data = {"file": file, "type": "image/png", "size": 70}
        return self.append(f"account/{by}", "file.added", data, by, text)

    def account(self, id: str, name: str | None = None, **data: Any) -> Append:
        data = {"account": id, "name": name or id, "display_name": (name or id).title(), **data}
        return Append((self.fact(f"account/{id}", "account.created", data, "system"),))

    def speaking(self, id: str, data: dict[str, Any], name: str | None = None) -> Append:
        """An account as it is made today: what it says of itself is a body."""
        text = encode_personal(name=name or id, display_name=(name or id).title())
        return self.append(f"account/{id}", "account.created", {"account": id, **data}, "system", text)

    def space(self, id: str, owner: str = "ann", **data: Any) -> Append:
        stream = f"space/{id}"
        return Append(
            (
                self.fact(stream, "space.created", {"name": id, **data}, owner),
                self.fact(stream, "member.joined", {"account": owner, "role": "owner"}, owner),
            )
        )

    def room(self, id: str, space: str = "home", **data: Any) -> Append:
        data = {"space": space, "name": id, "kind": "text", "private": False, **data}
        return Append((self.fact(f"room/{id}", "room.created", data),))

    def join(self, stream: str, account: str, role: str | None = None) -> Append:
        data = {"account": account} | ({"role": role} if role else {})
        return Append((self.fact(stream, "member.joined", data, account),))

    def leave(self, stream: str, account: str, type: str = "member.left") -> Append:
        return Append((self.fact(stream, type, {"account": account}, account),))

    def village(self) -> list[Append]:
        """Two accounts, a space, a room that both are in, some talk."""
        return [
            self.account("ann", admin=True),
            self.account("bob"),
            self.space("home"),
            self.join("space/home", "bob", "member"),
            self.room("hall"),
            self.join("room/hall", "ann"),
            self.join("room/hall", "bob"),
            self.post("hall", "hello", nonce="n1"),
            self.post("hall", "hello yourself", by="bob", nonce="n1", reply_to=4),
            self.post("hall", "how are you?"),
        ]

    def busy_village(self) -> list[Append]:
        """The same, and something of all that people do with messages: every table gets a row."""
        return [
            *self.village(),
            self.post("hall", "@bob and all", by="ann", mentions=["bob", "room", "here"]),
            self.post("hall", "in the thread", by="bob", reply_to=4, thread=4),
            self.edit("hall", 4, "hello, all", mentions=["bob"]),
            self.react("hall", 4, "👍", "bob"),
            self.react("hall", 4, "👍"),
            self.react("hall", 4, "👍", what="removed"),
            self.append("room/hall", "pin.added", {"seq": 4}, "bob"),
            self.post("hall", "gone soon", nonce="n2", mentions=["bob"], expires_at=9_000),
            self.edit("hall", 14, "really gone soon", mentions=["bob"]),
            self.react("hall", 14, "👋", "bob"),
            self.append("room/hall", "pin.added", {"seq": 14}),
            self.delete("hall", 14),
            self.append("space/home", "emoji.added", {"name": "party", "image": "i1"}),
            self.append("account/bob", "thread.unfollowed", {"room": "hall", "seq": 4}, "bob"),
            self.append("account/bob", "subscription.updated", {"room": "hall", "level": "all"}, "bob"),
            self.append("account/bob", "block.added", {}, "bob", '{"account":"ann"}'),
            self.append("account/bob", "block.added", {}, "bob", '{"account":"rex"}'),
            self.append("account/bob", "block.removed", {}, "bob", '{"account":"ann"}'),
            self.append("account/bob", "direct.declined", {"room": "hall", "seq": 3}, "bob"),
            self.append("account/bob", "preferences.updated", {"quiet_from": 1, "quiet_to": 2}, "bob"),
            self.speaking("rex", {"owner": "ann", "scopes": ["read"]}),
            self.append("account/rex", "account.updated", {}, "rex", '{"about":"a bot"}'),
            self.append("account/rex", "bookmark.added", {"room": "hall", "seq": 5}, "rex", '{"note":"?"}'),
            self.append("account/rex", "preferences.updated", {}, "rex", '{"receipts":false}'),
            self.append("account/rex", "preferences.updated", {}, "rex", '{"quiet_from":3}'),
            self.speaking("eve", {}),
            self.append("account/eve", "account.updated", {}, "eve", '{"about":"soon gone"}'),
            self.append("account/eve", "preferences.updated", {}, "eve", '{"quiet_to":4}'),
            self.report("eve", "r2"),
            self.append("account/eve", "account.deleted", {"account": "eve"}, "eve"),
            self.speaking("adam", {}, name="eve"),
            self.report("bob", "r1"),
            self.append("space/home", "member.erasure_ordered", {"account": "rex", "due_at": 9}),
            self.append("account/ann", "report.resolved", {"report": "r1"}, "ann", '{"reason":"talked"}'),
            self.append("account/ann", "subscription.updated", {"room": "hall", "level": "none"}),
            self.post("hall", "@ann", by="bob", mentions=["ann"]),
            self.upload("ann", "f1", "a.png"),
            self.upload("ann", "f2", "b.png"),
            self.post("hall", "a picture", attachments=["f1"]),
            *self.held_village(),
            self.append("account/bob", "bookmark.added", {"room": "hall", "seq": 5, "note": "!"}, "bob"),
        ]

    def held_village(self) -> list[Append]:
        """Messages that are deleted before, under and after a legal hold, each with a picture."""
        appends = [self.append("space/home", "space.retention_set", {"keep_days": 30})]
        for number in range(3):
            file = f"h{number}"
            appends += [
                self.upload("bob", file, f"{file}.png"),
                self.post("hall", f"held {number}", attachments=[file]),
            ]
        posted = [append.facts[0].seq for append in appends if append.facts[0].type == "message.posted"]
        before, held, erased = posted
        return [
            *appends,
            self.edit("hall", held, "held, and edited"),
            self.delete("hall", before),
            self.append("space/home", "space.hold_set", {"hold": True}),
            self.append("room/hall", "room.retention_set", {"keep_days": 7}),
            self.delete("hall", held),
            self.delete("hall", erased),
            self.append("room/hall", "room.hold_set", {"hold": True}),
            self.append("space/home", "space.hold_set", {"hold": False}),
            self.append("room/hall", "room.hold_set", {"hold": False}),
            self.append("room/hall", "message.erased", {"seq": erased}, "system"),
        ]


class SingleThreaded:
    """What a journal asks of its connection, without a thread behind it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def current(self) -> sqlite3.Connection:
        return self._connection


class SingleThreadedReader(SqliteReader):
    """A reader that asks its one connection at once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        return question(self._connection)


def answer(question: Coroutine[Any, Any, T]) -> T:
    """What a question gives that waits for nothing, as those of a `SingleThreadedReader`."""
    try:
        question.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    raise AssertionError("it waits")


@cache
def _empty() -> bytes:
    """A database of the data model, which takes five times as long to build as to read."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        data_model.build(connection)
        return connection.serialize()


class Sheet:
    """A log in memory: a journal over an empty database, for properties that need many of them."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.deserialize(_empty())
        self.journal = Journal(SingleThreaded(self.connection), Place(Path("nowhere")))  # type: ignore[arg-type]
        self.journal.open(self.connection)
        self.reader = SingleThreadedReader(self.connection)

    def write(self, *appends: Append) -> list[Appended | Taken]:
        return self.journal.commit(appends)

    def __enter__(self) -> Sheet:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def tamper(folder: Path, *statements: str) -> None:
    """Somebody with an editor, while no server runs."""
    connection = open_writer(folder / DATABASE)
    for statement in statements:
        connection.execute(statement)
    connection.close()
