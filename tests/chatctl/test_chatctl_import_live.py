"""An import into a space in which people go on: they write in its rooms, rename, archive, lock and delete
them, claim and delete accounts, while it is half way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from test_chatctl_import import messages, said, slack

from chatd.client import Client
from chatd.contract.import_ import AddImportMessages

MANY = 900  # messages of a room: several batches


def export(path: Path, team: str) -> Path:
    channels = [
        {"id": f"C{name}", "name": name, "created": 1600000000, "members": ["U1", "U2"]}
        for name in ("lounge", "den")
    ]
    talk = [said(f"{1600000000 + n}.000000", f"text {n}", ("U1", "U2")[n % 2]) for n in range(MANY)]
    for n in range(3, MANY, 7):
        talk[n]["thread_ts"] = talk[n - 3]["thread_ts"] = talk[n - 3]["ts"]
    den = [said(f"{1600000000 + n}.000000", f"den {n}") for n in range(5)]
    return slack(path, *talk, team=team, **{"channels.json": channels, "den/2020-09-13.json": den})


class Half:
    """An import that stops before its third batch of `lounge`, for `meanwhile`."""

    def __init__(self, chatctl: Any, town: SimpleNamespace, tmp_path: Path) -> None:
        self.chatctl = chatctl
        self.space = town.space["id"]
        self.ada = chatctl.as_account(town.account["name"])
        team = f"T{chatctl.json('server', 'status')['position']}"
        self.words = ("import", "run", str(export(tmp_path / "export.zip", team)), "--space", self.space)
        self.id = ""

    def run(self, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Any], None]) -> Any:
        asked, batches = Client.ask, 0

        async def ask(client: Client, request: object, result: type[Any], /) -> Any:
            nonlocal batches
            if isinstance(request, AddImportMessages) and len(request.messages) > 5:
                batches += 1
                if batches == 3:
                    self.id = request.import_
                    import trio

                    await trio.to_thread.run_sync(meanwhile, request.room)
            return await asked(client, request, result)

        with monkeypatch.context() as patched:
            patched.setattr(Client, "ask", ask)
            return self.chatctl.run(*self.words)

    def texts(self, room: str = "lounge") -> list[str | None]:
        found: list[Any] = []
        more: list[str] = []
        while page := self.chatctl.json("message", "list", f"{self.space}/{room}", "--limit", "500", *more):
            found[:0] = page
            if page[0]["seq"] == 1:
                break
            more = ["--before", str(page[0]["seq"])]
        return [one["text"] for one in found]

    def undone(self) -> str:
        return str(self.chatctl("import", "undo", self.id, "--yes"))


@pytest.fixture
def half(chatctl: Any, town: SimpleNamespace, tmp_path: Path) -> Half:
    return Half(chatctl, town, tmp_path)


def sound(chatctl: Any) -> None:
    assert chatctl.json("server", "verify")["findings"] == []


def test_what_people_write_meanwhile_stands_among_what_comes_in(
    half: Half, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(room: str) -> None:
        half.ada("room", "join", room)
        half.ada("message", "post", room, "live")
        first = messages(half.chatctl, half.space)[0]["seq"]
        half.ada("message", "post", room, "an answer", "--reply-to", str(first))

    assert half.run(monkeypatch, meanwhile).exit_code == 0
    texts = half.texts()
    assert [one for one in texts if one not in ("live", "an answer")] == [f"text {n}" for n in range(MANY)]
    assert texts.index("live") < texts.index(f"text {MANY - 1}")
    assert f"0 messages added, {MANY + 5} there already" in half.chatctl(*half.words)
    half.chatctl("import", "undo", half.id, "--yes")
    sound(half.chatctl)


@pytest.mark.parametrize("act", [("rename", "parlour"), ("archive",), ("lock",)], ids=lambda act: act[0])
def test_what_becomes_of_a_room_meanwhile_does_not_end_an_import(
    half: Half, monkeypatch: pytest.MonkeyPatch, act: tuple[str, ...]
) -> None:
    def meanwhile(room: str) -> None:
        verb, *more = act
        half.chatctl("room", verb, room, *more)

    done = half.run(monkeypatch, meanwhile)
    assert done.exit_code == 0, done.output
    assert f"{MANY + 5} messages added" in done.stdout.replace(",", "")
    assert f"0 messages added, {MANY + 5} there already" in half.chatctl(*half.words)
    half.undone()
    sound(half.chatctl)


def test_a_room_that_is_deleted_meanwhile_is_left_out_and_the_others_come(
    half: Half, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = half.run(monkeypatch, lambda room: half.chatctl("room", "delete", room, "--yes"))
    assert done.exit_code == 0, done.output
    assert "left out, since they were deleted here: lounge" in done.stderr
    assert half.texts("den") == [f"den {n}" for n in range(5)]
    assert "0 messages added, 5 there already" in half.chatctl(*half.words)
    half.undone()
    sound(half.chatctl)


def test_who_claims_a_placeholder_meanwhile_has_all_that_comes_later(
    half: Half, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = ""

    def meanwhile(room: str) -> None:
        nonlocal claimed
        claimed = messages(half.chatctl, half.space)[0]["by"]
        half.chatctl("account", "set-password", claimed, "--password-stdin", stdin="quite long and odd 77")
        half.chatctl.as_account(claimed)("message", "post", room, "it is me")

    assert half.run(monkeypatch, meanwhile).exit_code == 0
    by = {one["by"] for one in messages(half.chatctl, half.space, "den")}
    assert by == {claimed}
    assert "left, since people have used them: 1 room, 1 account" in half.undone()
    assert [text for text in half.texts() if text is not None] == ["it is me"]
    sound(half.chatctl)


def test_who_is_deleted_meanwhile_has_nothing_come_in_later(
    half: Half, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = ""

    def meanwhile(room: str) -> None:
        nonlocal gone
        gone = messages(half.chatctl, half.space)[0]["by"]
        half.chatctl("account", "delete", gone, "--yes")

    done = half.run(monkeypatch, meanwhile)
    assert done.exit_code == 0, done.output
    texts = half.texts()
    assert [text for text in texts if text is not None] == [f"text {n}" for n in range(1, MANY, 2)]
    assert "0 messages added" in half.chatctl(*half.words)
    half.undone()
    sound(half.chatctl)


def test_an_import_that_is_taken_back_meanwhile_ends_and_leaves_nothing(
    half: Half, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = half.run(monkeypatch, lambda _: half.chatctl("import", "undo", half.id, "--yes"))
    assert done.exit_code == 1
    [line] = done.stderr.splitlines()
    assert "taken back" in line
    assert "lounge" not in {room["name"] for room in half.chatctl.json("room", "list", "--space", half.space)}
    sound(half.chatctl)
