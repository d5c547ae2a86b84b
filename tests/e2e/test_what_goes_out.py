"""What leaves the server is what the contract declares, whatever stands in the database."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from json_schema import validator

from chatd.contract.requests import REQUESTS
from chatd.contract.schema import json_schema, to_definition

from .conftest import ended_well
from .provider import Provider
from .serving import Server
from .talking import Client, Frame
from .town import Town
from .uploads import UPLOADING, upload

COLUMN, VALUE = "column_of_tomorrow", "nobody is to read this"
HOUR = 3_600_000  # milliseconds
# What a server that is alone answers.
QUERIES = sorted(
    name for name, row in REQUESTS.items() if row.kind == "query" and not name.startswith("cluster.")
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One whose tables have a column that its code has never heard of."""
    with Provider() as provider:
        data = tmp_path_factory.mktemp("chatd") / "data"
        server = Server(data, program=UPLOADING, **provider.settings).start()
        assert server.stop() == 0
        assert add_a_column(server.data) > 30
        yield server.start()
        ended_well(server)


def add_a_column(data: Path) -> int:
    """To each table of each database in the folder; gives how many."""
    count = 0
    for file in data.glob("*.db"):
        with closing(sqlite3.connect(file, isolation_level=None)) as database:
            tables = database.execute("SELECT name FROM pragma_table_list WHERE type = 'table'").fetchall()
            for (table,) in tables:
                if not table.startswith("sqlite_"):
                    database.execute(f"ALTER TABLE {table} ADD COLUMN {COLUMN} TEXT DEFAULT '{VALUE}'")
                    count += 1
    return count


def furnish(town: Town) -> tuple[Client, dict[str, Frame]]:
    """Something for every query to find. Gives the owner's session, and what to ask."""
    ann, room = town.open(town.owner), town.room("Square")
    bob = town.open(town.member(room, name="bob"))
    mine = {"room": room}
    seq = ann.post(room, f"hello @{bob.opened['account']['name']} https://example.org")["seq"]
    answer = bob.post(room, f"hello @{town.owner.name}", reply_to=seq)["seq"]
    ann.ask("message.edit", **mine, seq=seq, text="hello again")
    bob.ask("reaction.add", **mine, seq=seq, emoji="👍")
    ann.ask("pin.add", **mine, seq=seq)
    ann.ask("message.report", **mine, seq=answer, reason="rude")
    bob.ask("read.mark", **mine, seq=seq)
    ann.ask("bookmark.add", **mine, seq=seq, note="later")
    ann.ask("draft.set", **mine, text="soon")
    ann.ask("message.schedule", **mine, text="then", post_at=round(time.time() * 1000) + HOUR)
    note = {"file": upload(ann)["id"]}
    ann.ask("message.post", **mine, text="hello, a note", attachments=[note["file"]])
    ann.ask("subscription.update", **mine, level="all")
    ann.ask("preferences.update", receipts=True)
    ann.ask("bot.create", name="Max", scopes=["read"])
    ann.ask("emoji.add", space=town.space, name="wave", image="https://example.org/wave.png")
    ann.ask("member.ban", space=town.space, account=town.member().id)
    ann.ask("member.erase_messages", space=town.space, account=bob.opened["account"]["id"])
    ann.wait_event("notification.created")
    begun = town.operator.ask("import.begin", space=town.space, format="slack", source="slack:T1")
    moved = {"import": begun["import"]}
    person = {"key": "U1", "name": "mover"}
    town.operator.ask("import.add_people", **moved, people=[person])
    room = {"key": "C1", "name": "moved", "kind": "public", "members": [town.owner.id]}
    came = town.operator.ask("import.add_rooms", **moved, rooms=[room])["rooms"][0]["room"]
    message = {"key": "1.1", "by": town.owner.id, "at": 1, "text": "hi"}
    town.operator.ask("import.add_messages", **moved, room=came, messages=[message])
    everything: dict[str, Frame] = {name: {} for name in QUERIES}
    everything |= {name: {"space": town.space} for name in QUERIES if "space" in REQUESTS[name].fields}
    everything |= {name: mine for name in QUERIES if "room" in REQUESTS[name].fields}
    everything |= {name: mine | {"seq": seq} for name in QUERIES if "seq" in REQUESTS[name].fields}
    everything |= {name: note for name in QUERIES if "file" in REQUESTS[name].fields}
    everything |= {
        "account.get": {"account": town.owner.id},
        "account.devices": {"account": town.owner.id},
        "invite.check": {"code": ann.ask("invite.create", space=town.space)["invite"]["code"]},
        "quota.get": {"account": town.owner.id},
        "profile.list": {"accounts": [bob.opened["account"]["id"]]},
        "access.explain": mine | {"account": bob.opened["account"]["id"]},
        "message.count_old": {"space": town.space, "keep_days": 1},
        "message.search": mine | {"text": "hello"},
        "reaction.list": mine | {"seq": seq, "emoji": "👍"},
        "receipt.list": mine | {"seq": answer},
        "import.people": moved,
        "report.context": {"report": ann.ask("report.list", space=town.space)["reports"][0]["id"]},
    }
    return ann, everything


@pytest.fixture(scope="module")
def replies(server: Server) -> Iterator[dict[str, Any]]:
    """What every query gave; what came of itself stands under `event.…` and `signal.…`."""
    town = Town(server)
    ann, everything = furnish(town)
    found = {"session.open": ann.opened}
    for name, data in everything.items():
        found[name] = (town.operator if REQUESTS[name].asker == "operator" else ann).ask(name, **data)
    for frame in ann.events:
        found[f"event.{frame['stream'].partition('/')[0]}.{frame['event']}"] = frame
    for frame in ann.signals:
        found[f"signal.{frame['signal']}"] = frame
    yield found
    town.close()


def test_a_new_column_never_goes_out_by_itself(replies: dict[str, Any]) -> None:
    assert replies.keys() > {*QUERIES, "event.room.message.posted", "signal.draft.set"}
    for name, reply in replies.items():
        assert COLUMN not in json.dumps(reply), name
        assert VALUE not in json.dumps(reply), name


def test_all_that_goes_out_is_of_the_schema(replies: dict[str, Any]) -> None:
    schema = json_schema("test")
    for name, reply in replies.items():
        definition = f"result.{name}" if name in REQUESTS else name
        validator({**schema, "anyOf": [to_definition(definition)]}).validate(reply)
