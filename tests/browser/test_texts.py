"""What people write, in a real browser: it is drawn, and nothing of it ever runs. And the ways into rooms."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from .driving import Account, Server, Town, assert_calm, drive, serving
from .hostile_texts import HOSTILE, RUNS
from .uploaded_picture import uploaded_picture

WORD = "the last of them"
TEXTS = (*HOSTILE, WORD)
CALM = (
    "```python\ndef tide(hour):\n    return 1\n```",
    "👍🎉",
    "[my bank](https://evil.example/login) and ||a secret||",
)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("chatd")
    with serving(folder) as server:
        town = Town(server)
        hostile = town.room(f"Trap {RUNS}", topic=f"{RUNS} [x](javascript:alert(1))")
        calm, preview = town.room("Calm"), town.room("Open to all", topic="Come in")
        ann, bob = town.member(hostile, calm, name="ann"), town.member(hostile, calm, preview, name="bob")
        mallory = town.member(hostile, name="mallory")
        his, theirs = town.open(bob), town.open(mallory)
        theirs.ask("account.update", display_name=RUNS, about=RUNS, avatar="https://evil.example/x.png")
        for text in TEXTS:
            theirs.post(hostile, text)
        _talk(server, town, bob, calm, ann)
        his.post(preview, "Read me first")
        request = theirs.ask("direct.open", accounts=[ann.id])["room"]["id"]
        theirs.post(request, "we have not met")
        eve = town.member(calm, name="eve")
        rooms = {"hostile": hostile, "calm": calm, "preview": preview, "request": request}
        with closing(town.open(ann)) as hers:
            rooms["begun"] = hers.ask("direct.open", accounts=[eve.id])["room"]["id"]
        rooms["offered"] = his.ask("direct.open", accounts=[ann.id])["room"]["id"]
        saw = drive(
            "texts", server, folder, ann=ann, bob=bob, eve=eve, rooms=rooms, texts=len(TEXTS), word=WORD
        )
        town.close()
    return saw


def _talk(server: Server, town: Town, bob: Account, room: str, ann: Account) -> None:
    his = town.open(bob)
    for text in CALM:
        his.post(room, text)
    his.post(room, f"@{ann.name} look")
    edited = his.post(room, "before")["seq"]
    his.ask("message.edit", room=room, seq=edited, text="after")
    gone = his.post(room, "not for long")["seq"]
    his.ask("message.delete", room=room, seq=gone)
    files = [uploaded_picture(server, bob.token, *shape) for shape in ((800, 600), (300, 900))]
    his.post(room, "Two pictures", attachments=files)
    his.post(room, "The end of it")


def test_nothing_that_somebody_writes_or_is_called_runs(seen: Any) -> None:
    assert_calm(seen)
    assert seen["dialogs"] == []
    assert seen["found"] == []
    assert seen["allShown"]


def test_marks_are_drawn(seen: Any) -> None:
    drawn = seen["drawn"]
    assert drawn["keyword"] == "def"
    assert drawn["jumbo"] == 1
    assert drawn["mention"].startswith("@ann")
    assert drawn["host"] == "(evil.example)"
    assert drawn["edited"] == 1
    assert drawn["deleted"] == 1
    assert drawn["spoiler"] == "0"


def test_pictures_open_over_the_window_and_close_with_escape(seen: Any) -> None:
    assert seen["second"].startswith("Picture 2 of 2")
    assert seen["focusBack"]


def test_only_what_somebody_looks_at_is_read(seen: Any) -> None:
    read = {"looked": 0, "noLine": True, "elsewhere": 1, "back": 0, "below": 0, "marked": 1}
    assert seen["unread"] == read


def test_a_new_message_is_announced_with_who_wrote_it(seen: Any) -> None:
    assert any(said.startswith("eve") and "while you look" in said for said in seen["announced"])


def test_the_keys_lead_from_message_to_message_and_to_the_field(seen: Any) -> None:
    keys = {"says": "far below", "last": True, "above": True, "top": True, "field": True}
    assert seen["keys"] == keys


def test_axe_finds_nothing(seen: Any) -> None:
    assert seen["violations"] == []
