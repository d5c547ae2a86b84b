"""Deleted text is found nowhere: in no byte of any file of the data folder, and in no copy made later."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from .conftest import Serve
from .serving import Server
from .talking import Client, Frame
from .test_hostile_bytes import within
from .town import Town

# A word for those who index words, and signs of a script without spaces for those who cut texts into pieces.
# What an index keeps may be in lower case, and begin where the word before it ends.
SECRETS = ("Quixylophonist", "𡃁𪚥𠜎")
TRACES = (b"ixylophonist", *(sign.encode() for sign in SECRETS[1]))


def text_with_secrets(n: int) -> str:
    return f"number {n}: {' '.join(SECRETS)}, and that is all"


def traces(*where: Path) -> dict[str, list[bytes]]:
    """Which traces of the secrets stand in which files."""
    files = [path for place in where for path in (place.iterdir() if place.is_dir() else (place,))]
    found = {}
    for path in files:
        if path.is_file():
            content = path.read_bytes().lower()
            if standing := [trace for trace in TRACES if trace.lower() in content]:
                found[path.name] = standing
    return found


def indexed(server: Server) -> int:
    """How often a full-text index has one of the words in it."""
    path = (server.data / "views.db").as_uri() + "?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as connection:
        count = 0
        found = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'"
        for (name,) in connection.execute(found).fetchall():
            connection.execute(f"CREATE VIRTUAL TABLE temp.v_{name} USING fts5vocab(main, {name}, instance)")
            (here,) = connection.execute(
                f"SELECT count(*) FROM temp.v_{name} WHERE term LIKE '%xylophon%'"
            ).fetchone()
            count += here
        return count


def hits(client: Client, text: str) -> int:
    found: list[Frame] = client.ask("message.search", text=text)["hits"]
    return len(found)


def assert_erased(server: Server, town: Town, *clients: Client) -> None:
    """Soon, while the server runs; at once in what is asked of it; and in every copy and file afterwards."""
    for client in clients:
        for secret in SECRETS:
            assert hits(client, secret) == 0
    assert within(30, lambda: not traces(server.data)), traces(server.data)
    assert indexed(server) == 0
    copy = server.data.parent / f"copy-{time.monotonic_ns()}.db"
    town.operator.ask("backup.create", path=str(copy))
    assert traces(copy, server.log) == {}
    town.assert_sound()
    town.close()
    assert server.stop() == 0
    assert traces(server.data, server.log) == {}


def test_a_deleted_text_is_in_no_byte_of_any_file(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    seqs = []
    for n in range(6):
        ada.ask("draft.set", room=room, text=text_with_secrets(n))
        seqs.append(ada.post(room, text_with_secrets(n), nonce=f"n{n}")["seq"])
        bob.post(room, f"what is a {n}th phonist?", reply_to=seqs[-1])
    ada.ask("draft.set", room=room, text="")
    edited = ada.post(room, "innocent at first")["seq"]
    for text in (text_with_secrets(7), "innocent again"):
        ada.ask("message.edit", room=room, seq=edited, text=text)
    bob.ask("reaction.add", room=room, seq=seqs[0], emoji="👍")
    bob.ask("pin.add", room=room, seq=seqs[1])
    bob.ask("bookmark.add", room=room, seq=seqs[2])
    ada.ask("message.edit", room=room, seq=seqs[3], text="changed, but the version before is still there")
    for client in (ada, bob):
        assert hits(client, SECRETS[0]) == hits(client, SECRETS[1]) == 5
    before = traces(server.data)
    assert {trace for found in before.values() for trace in found} == set(TRACES)
    assert before.keys() & {"chatd.db", "chatd.db-wal"}
    assert before.keys() & {"views.db", "views.db-wal"}
    assert indexed(server) == 5

    for seq in (*seqs, edited):
        ada.ask("message.delete", room=room, seq=seq)
    assert_erased(server, town, ada, bob)


def test_of_many_messages_only_the_deleted_ones_are_gone(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    ada = town.open(town.member(room))
    frames = [
        ada.frame("message.post", {"room": room, "text": f"some {n} words that stay, xylograph {n}"})
        for n in range(300)
    ]
    frames[150]["data"]["text"] = text_with_secrets(150)
    ada.send_frames(frames)
    seqs = [ada.result(frame["id"])["seq"] for frame in frames]
    assert hits(ada, SECRETS[0]) == 1
    ada.ask("message.delete", room=room, seq=seqs[150])
    assert len(ada.ask("message.search", text="xylograph", limit=500)["hits"]) == 299
    assert_erased(server, town, ada)


def test_a_text_that_was_deleted_just_before_a_crash_is_gone_after_it(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    account = town.member(room)
    ada = town.open(account)
    seq = ada.post(room, text_with_secrets(1))["seq"]
    assert hits(ada, SECRETS[0]) == 1
    ada.ask("message.delete", room=room, seq=seq)
    server.kill()
    town.close()
    server.start()
    town.reconnect()
    assert_erased(server, town, town.open(account))


def test_a_text_whose_time_is_over_is_in_no_byte_of_any_file(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    soon = time.time_ns() // 1_000_000 + 2_000
    ada.ask("message.schedule", room=room, text=text_with_secrets(1), post_at=soon, expires_in=1)
    passing = ada.post(room, text_with_secrets(2), expires_in=3)["seq"]
    assert hits(bob, SECRETS[0]) == 1
    assert traces(server.data)
    bob.wait_event("message.deleted", seq=passing)
    later = bob.wait_event("message.posted", text=text_with_secrets(1))["seq"]
    deleted = bob.wait_event("message.deleted", seq=later)
    assert (deleted["by"], deleted["data"]["expired"]) == ("system", True)
    assert_erased(server, town, ada, bob)
