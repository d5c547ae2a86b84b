"""Searching on a real server, by several people at once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from .talking import Client, Refused
from .town import Town, absent_id


def found(client: Client, text: str | None = None, **fields: object) -> list[str]:
    return [hit["snippet"] for hit in client.ask("message.search", text=text, **fields)["hits"]]


def test_what_was_just_said_is_found_at_once_and_only_by_those_who_may(town: Town) -> None:
    room, closed = town.room(), town.room(private=True)
    owner, member = town.open(town.owner), town.open(town.member(room))
    outsider = town.open(town.account("outsider"))
    for number in range(5):
        assert owner.post(room, f"Grüße Nummer {number}")["seq"]
        assert f"Grüße Nummer {number}" in found(member, f"grusse {number} ", room=room)
    owner.post(closed, "Grüße im Stillen")
    assert found(owner, "stillen ") == ["Grüße im Stillen"]
    assert found(member, "stillen ") == found(outsider, "grusse ") == []
    for fields in ({"room": closed}, {"room": absent_id()}, {"space": absent_id()}):
        with pytest.raises(Refused, match="not_found"):
            member.ask("message.search", text="stillen", **fields)
    assert town.operator.ask("message.search", text="stillen")["hits"]


def test_pages_go_on_where_the_one_before_ended(town: Town) -> None:
    room = town.room()
    owner = town.open(town.owner)
    for number in range(7):
        owner.post(room, f"page {number}")
    first = owner.ask("message.search", text="page ", room=room, limit=4)
    owner.post(room, "page later")
    rest = owner.ask("message.search", text="page ", room=room, limit=4, cursor=first["next"])
    assert [hit["snippet"] for hit in first["hits"] + rest["hits"]] == [f"page {n}" for n in range(6, -1, -1)]
    assert rest["next"] is None
    assert first["hits"][0]["highlights"] == [[0, 4]]


@pytest.mark.parametrize("text", ['"', "a OR", "NEAR(", "***", "\x00", "x' --", ")", "日*", "-a"])
def test_a_hostile_text_breaks_nothing(town: Town, text: str) -> None:
    member = town.open(town.member(town.room()))
    with suppress(Refused):
        found(member, text)
    assert found(member, "surely-absent ") == []


def test_deleted_words_are_not_in_the_views_files(town: Town) -> None:
    room = town.room()
    owner = town.open(town.owner)
    seqs = [owner.post(room, f"say xylophonquark and Käsefüßler {n}")["seq"] for n in range(3)]
    owner.ask("message.edit", room=room, seq=seqs[0], text="xylophonquark again")
    assert len(found(owner, "xylophonquark ")) == 3
    for seq in seqs:
        owner.ask("message.delete", room=room, seq=seq)
    assert found(owner, "xylophonquark ") == found(owner, "kasefussler ") == []
    assert traces(town.server.data) == {}


def traces(folder: Path) -> dict[str, str]:
    words = [word.encode() for word in ("lophonquark", "sefüßler", "sefussler")]
    held = {file.name: file.read_bytes() for file in folder.glob("views.db*")}
    return {name: word.decode() for name, content in held.items() for word in words if word in content}
