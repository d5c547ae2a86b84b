"""`chatctl import`: an export comes into a space, again, in pieces, with files, and goes."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trio
from e2e.serving import Server
from imports.packing import packed
from loopback import Answering, Loopback
from msgspec import to_builtins

from chatctl.imports.fit import LONGEST_TOPIC
from chatctl.imports.move import MEMBERS_AT_ONCE
from chatd.client import Client
from chatd.client.calls import Calls
from chatd.clock import new_id
from chatd.contract.import_ import AddImportMessages, ImportRoom, ImportUndone, UndoImport
from chatd.frames.codec import JSON, MSGPACK

KILLS = 20
CUT_OFF = 130
GOES_ON = "stopped: {}; the same command goes on from there"


def dying_after(requests: int) -> Callable[..., Awaitable[Any]]:
    """A client that ends the command after so many requests, the last of which was carried out."""
    left, asked = requests, Client.ask

    async def ask(self: Client, request: object, result: type[Any], /) -> Any:
        nonlocal left
        answer = await asked(self, request, result)
        left -= 1
        if left == 0:
            raise KeyboardInterrupt
        return answer

    return ask


def said(ts: str, text: str, user: str = "U1", **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": user, "text": text, "ts": ts, **more}


def slack(path: Path, *messages: dict[str, Any], team: str = "T1", **more: Any) -> Path:
    """One channel of a workspace of its own."""
    users = [
        {
            "id": "U1",
            "team_id": team,
            "name": "zoe",
            "profile": {"real_name": "Zoe L.", "email": "zoe@example.org"},
        },
        {"id": "U2", "team_id": team, "name": "yan", "profile": {"real_name": "Yan"}},
        {"id": "U3", "team_id": team, "name": "gone", "deleted": True, "profile": {}},
    ]
    channels = [{"id": "C1", "name": "lounge", "created": 1600000000, "members": ["U1", "U2"]}]
    files = {"users.json": users, "channels.json": channels, "lounge/2020-09-13.json": list(messages), **more}
    return packed(path, files)


@pytest.fixture
def team(town: SimpleNamespace) -> str:
    """The name of a workspace that no other test imports from."""
    return f"T{town.space['id'][-8:]}"


@pytest.fixture
def place(town: SimpleNamespace) -> str:
    name: str = town.space["id"]
    return name


def messages(chatctl: Any, place: str, room: str = "lounge") -> list[Any]:
    found: list[Any] = chatctl.json("message", "list", f"{place}/{room}", "--limit", "500")
    return found


def test_a_plan_counts_and_changes_nothing_and_needs_no_server(chatctl: Any, tmp_path: Path) -> None:
    lost = said("1600000003.000000", "lost", thread_ts="1500000000.000000", parent_user_id="U1")
    export = slack(
        tmp_path / "export.zip", said("1600000001.000000", "hi"), said("1600000002.000000", "ho", "U9"), lost
    )
    people = tmp_path / "people.csv"
    printed = chatctl(
        "--data", str(tmp_path / "nowhere"), "import", "plan", str(export), "--people", str(people)
    )
    assert "slack: 3 messages by 2 authors in 1 room" in printed
    assert "lounge (public): 3 messages, 2020-09-13 to 2020-09-13" in printed
    assert "1 x missing root" in printed
    assert "1 x missing person" in printed
    rows = list(csv.DictReader(people.read_text("utf-8-sig").splitlines()))
    assert [(row["key"], row["messages"], row["address"]) for row in rows][:2] == [
        ("U1", "2", "zoe@example.org"),
        ("U9", "1", ""),
    ]
    assert "exists already" in chatctl.refused("import", "plan", str(export), "--people", str(people))


def test_a_plan_says_what_is_written_to_oneself_and_stays_behind(chatctl: Any, tmp_path: Path) -> None:
    notes = {
        "dms.json": [{"id": "D000001", "members": ["U1", "U1"]}],
        "D000001/2020-09-13.json": [said("1600000001.000000", "a")],
    }
    export = slack(tmp_path / "export.zip", said("1600000002.000000", "hi"), **notes)
    printed = chatctl("import", "plan", str(export))
    assert "1 message in 1 direct room of one person: notes to oneself are not imported" in printed


def test_an_export_comes_in_once_and_a_newer_one_adds_what_is_new(
    chatctl: Any, place: str, team: str, tmp_path: Path
) -> None:
    first = [said("1600000001.000000", "hi <@U2>"), said("1600000002.000000", "ho", "U2")]
    old = slack(tmp_path / "old.zip", *first, team=team)
    assert "2 messages added" in chatctl("import", "run", str(old), "--space", place)
    assert "0 messages added, 2 there already" in chatctl("import", "run", str(old), "--space", place)
    edited = {**first[1], "text": "better", "edited": {"user": "U2", "ts": "1600000100.000000"}}
    new = slack(tmp_path / "new.zip", first[0], edited, said("1600000003.000000", "new", "U3"), team=team)
    assert "1 message added, 1 edited" in chatctl("import", "run", str(new), "--space", place)
    there = messages(chatctl, place)
    assert [message["at"] for message in there] == [1600000001000, 1600000002000, 1600000003000]
    assert [message["text"] for message in there][1:] == ["better", "new"]
    assert there[0]["text"].startswith("hi @yan")
    names = {row["name"].partition("-")[0] for row in chatctl.json("space", "members", place)}
    assert {"zoe", "yan"} <= names
    assert "gone" not in names


def test_who_has_an_account_is_named_in_a_table(
    chatctl: Any, town: SimpleNamespace, place: str, team: str, tmp_path: Path
) -> None:
    export = slack(
        tmp_path / "export.zip",
        said("1600000001.000000", "mine"),
        said("1600000002.000000", "his", "U2"),
        team=team,
    )
    people = tmp_path / "people.csv"
    chatctl("import", "plan", str(export), "--people", str(people))
    rows = list(csv.reader(people.read_text().splitlines()))
    rows = [[*row[:-1], town.account["name"] if row[0] == "U1" else row[-1]] for row in rows]
    with people.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    chatctl("import", "run", str(export), "--space", place, "--people", str(people))
    mine, his = messages(chatctl, place)
    assert mine["by"] == town.account["id"]
    assert his["by"] != town.account["id"]
    people.write_text("key,account\nU1,nobody-at-all\n")
    assert "nobody-at-all" in chatctl.refused(
        "import", "run", str(export), "--space", place, "--people", str(people)
    )
    people.write_text("name\nada\n")
    assert "no columns" in chatctl.refused(
        "import", "run", str(export), "--space", place, "--people", str(people)
    )


def test_an_import_that_is_killed_again_and_again_leaves_what_one_leaves_that_was_not(
    chatctl: Any, place: str, team: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(14)
    talk = [said(f"{1600000000 + n}.000000", f"text {n}", chance.choice(["U1", "U2"])) for n in range(1200)]
    for n in range(3, 1200, 7):
        talk[n]["thread_ts"] = talk[n - 3]["thread_ts"] = talk[n - 3]["ts"]
    more: dict[str, Any] = {
        "channels.json": [
            {"id": f"C{name}", "name": name, "created": 1600000000, "members": ["U1", "U2"]}
            for name in ("lounge", "den")
        ],
        "lounge/2020-09-14.json": [],
        "den/2020-09-13.json": [{**one, "text": f"den {one['text']}"} for one in talk[:700]],
    }
    export = slack(tmp_path / "export.zip", *talk, team=team, **more)
    words = ["import", "run", str(export), "--space", place]
    for _ in range(KILLS):  # nobody gets to the end within so few requests
        with monkeypatch.context() as patched:
            patched.setattr(Client, "ask", dying_after(chance.randrange(3, 8)))
            cut = chatctl.run(*words)
            assert cut.exit_code == CUT_OFF
            assert re.fullmatch(GOES_ON.format(r"\d+ messages came in"), cut.stderr.splitlines()[-1])
    chatctl(*words)
    other = chatctl.json(
        "space", "create", f"other {team}", "--owner", chatctl.json("account", "list")[0]["id"]
    )
    whole = slack(tmp_path / "whole.zip", *talk, team=f"{team}x", **more)
    chatctl("import", "run", str(whole), "--space", other["id"])

    def told(space: str, room: str) -> list[Any]:
        there = messages(chatctl, space, room)
        return [(one["seq"], one["at"], one["text"], one["reply_to"]) for one in there]

    for room in ("lounge", "den"):
        assert told(place, room) == told(other["id"], room)
    [done] = chatctl.json("import", "list", "--space", place)
    assert (done["messages"], done["rooms"]) == (1900, 2)


def test_two_rooms_are_under_way_at_once_and_each_keeps_its_order(
    chatctl: Any, place: str, team: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"room-{number}" for number in range(5)]
    channels = [
        {"id": f"C{number}", "name": name, "created": 1600000000, "members": ["U1"]}
        for number, name in enumerate(names)
    ]
    days = {
        f"{name}/2020-09-13.json": [said(f"{1600000000 + n}.000000", f"{name} {n}") for n in range(400)]
        for name in names
    }
    export = slack(tmp_path / "export.zip", team=team, **{"channels.json": channels, **days})
    asked, under_way, both = Client.ask, set[str](), trio.Event()

    async def watching(self: Client, request: object, result: type[Any], /) -> Any:
        if not isinstance(request, AddImportMessages):
            return await asked(self, request, result)
        assert request.room not in under_way, "a room's batches come one after another"
        under_way.add(request.room)
        if len(under_way) == 2:
            both.set()
        await both.wait()
        answer = await asked(self, request, result)
        under_way.discard(request.room)
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(Client, "ask", watching)
        assert "2000 messages added" in chatctl("import", "run", str(export), "--space", place).replace(
            ",", ""
        )
    made = [room for room in chatctl.json("room", "list", "--space", place) if room["name"] in names]
    assert [room["name"] for room in sorted(made, key=lambda room: str(room["id"]))] == names
    for name in names:
        assert [one["text"] for one in messages(chatctl, place, name)] == [f"{name} {n}" for n in range(400)]


def test_what_the_server_refuses_in_the_middle_is_said_in_one_line(
    chatctl: Any, place: str, team: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Client.ask

    async def refusing(self: Client, request: object, result: type[Any], /) -> Any:
        if isinstance(request, AddImportMessages):  # somebody takes the import back meanwhile
            await asked(self, UndoImport(request.import_), ImportUndone)
        return await asked(self, request, result)

    export = slack(tmp_path / "export.zip", said("1600000001.000000", "hi"), team=team)
    with monkeypatch.context() as patched:
        patched.setattr(Client, "ask", refusing)
        assert "taken back" in chatctl.refused("import", "run", str(export), "--space", place)


def test_an_import_waits_for_a_server_that_is_gone_and_says_so(
    chatctl: Any, team: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(tmp_path / "data").start()
    try:
        there = type(chatctl)(str(server.data), f"http://127.0.0.1:{server.port}")
        owner = there.json("account", "create", "ann", "--no-password")["id"]
        space = there.json("space", "create", "moved", "--owner", owner)["id"]
        asked, restarts = Client.ask, iter([True])

        async def killing(self: Client, request: object, result: type[Any], /) -> Any:
            if isinstance(request, AddImportMessages) and next(restarts, False):
                server.kill()
                server.start()
            return await asked(self, request, result)

        export = slack(tmp_path / "export.zip", said("1600000001.000000", "hi"), team=team)
        with monkeypatch.context() as patched:
            patched.setattr(Client, "ask", killing)
            result = there.run("import", "run", str(export), "--space", space)
        assert result.exit_code == 0, result.output
        assert "the server is gone (" in result.stderr
        assert result.stdout.startswith("1 message added")
    finally:
        server.kill()


def test_what_has_no_key_in_the_export_comes_in_all_the_same(
    chatctl: Any, place: str, team: str, tmp_path: Path
) -> None:
    talk = said("1600000001.000000", "hi", "U1", reactions=[{"name": "tada", "users": [""], "count": 1}])
    lists: dict[str, Any] = {
        "users.json": [{"id": "U1", "team_id": team, "name": "zoe"}, {"id": "", "name": "yan"}],
        "channels.json": [
            {"id": "C1", "name": "lounge", "members": ["", "U1"]},
            {"id": "", "name": "den", "members": ["U1"]},
        ],
        "den/2020-09-13.json": [talk],
    }
    export = slack(tmp_path / "export.zip", talk, team=team, **lists)
    for added in ("2 messages added", "0 messages added, 2 there already"):
        assert added in chatctl("import", "run", str(export), "--space", place)


def test_a_text_that_is_too_long_becomes_several_messages(
    chatctl: Any, place: str, team: str, tmp_path: Path
) -> None:
    text = "\n".join(f"line {n}" for n in range(3000))
    export = slack(tmp_path / "export.zip", said("1600000001.000000", text), team=team)
    told = chatctl.run("import", "run", str(export), "--space", place)
    assert "3 messages added" in told.stdout
    assert "2 of them are further parts of others that were too long for one message" in told.stderr
    parts = [message["text"] for message in messages(chatctl, place)]
    assert len(parts) == -(-len(text) // 10_000)
    assert "\n".join(parts) == text


def test_all_parts_of_a_long_text_follow_it_when_it_is_edited_or_deleted(
    chatctl: Any, place: str, team: str, tmp_path: Path
) -> None:
    long = ["a" * 25_000, "b" * 25_000, "c" * 25_000]
    talk = [said(f"160000000{n}.000000", text, reply_count=1) for n, text in enumerate(long)]
    chatctl("import", "run", str(slack(tmp_path / "1.zip", *talk, team=team)), "--space", place)
    assert len(messages(chatctl, place)) == 9
    edited = {"edited": {"user": "U1", "ts": "1600000100.000000"}}
    later = [
        {**talk[0], "subtype": "tombstone", "text": "This message was deleted.", "hidden": True},
        {**talk[1], **edited, "text": "short"},
        {**talk[2], **edited, "text": "d" * 25_000},
    ]
    chatctl("import", "run", str(slack(tmp_path / "2.zip", *later, team=team)), "--space", place)
    texts = [message["text"] for message in messages(chatctl, place) if not message["deleted"]]
    assert texts == ["short", "d" * 10_000, "d" * 10_000, "d" * 5_000]


def test_an_older_import_that_is_taken_back_leaves_the_later_one_its_rooms(
    chatctl: Any, place: str, team: str, tmp_path: Path
) -> None:
    old, new = said("1600000001.000000", "old"), said("1600000002.000000", "new")
    first = slack(tmp_path / "1.zip", old, team=team)
    second = slack(tmp_path / "2.zip", old, new, team=team)
    chatctl("import", "run", str(first), "--space", place)
    chatctl("import", "run", str(second), "--space", place)
    older, _ = (one["id"] for one in chatctl.json("import", "list", "--space", place))
    chatctl("import", "undo", older, "--yes")
    assert "1 message added, 1 there already" in chatctl("import", "run", str(second), "--space", place)
    rooms = [room["name"] for room in chatctl.json("room", "list", "--space", place)]
    assert [name for name in rooms if name.startswith("lounge")] == ["lounge"]


def test_an_import_that_is_half_taken_back_must_go_first(
    chatctl: Any, place: str, team: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = [said(f"{1600000000 + n}.000000", f"text {n}") for n in range(1_100)]
    export = slack(tmp_path / "export.zip", *talk, team=team)
    chatctl("import", "run", str(export), "--space", place)
    [listed] = chatctl.json("import", "list", "--space", place)
    with monkeypatch.context() as patched:
        patched.setattr(Client, "ask", dying_after(2))
        cut = chatctl.run("import", "undo", listed["id"], "--yes")
    assert (cut.exit_code, cut.stderr) == (CUT_OFF, GOES_ON.format("500 messages erased") + "\n")
    assert "half taken back" in chatctl.refused("import", "run", str(export), "--space", place)
    assert "100 messages erased" in chatctl("import", "undo", listed["id"], "--yes")
    assert "1100 messages added" in chatctl("import", "run", str(export), "--space", place)


def test_who_is_who_is_decided_by_the_first_run(
    chatctl: Any, town: SimpleNamespace, place: str, team: str, tmp_path: Path
) -> None:
    export = slack(tmp_path / "export.zip", said("1600000001.000000", "mine"), team=team)
    chatctl("import", "run", str(export), "--space", place)
    people = tmp_path / "people.csv"
    people.write_text(f"key;account\nU1;{town.account['name']}\nU77;-\n")
    again = chatctl.run("import", "run", str(export), "--space", place, "--people", str(people))
    assert "an earlier run has decided who this is" in again.stderr
    assert "U1 is zoe" in again.stderr
    assert "nobody who came in has these keys of the table: U77." in again.stderr


def test_no_token_comes_along_wherever_an_app_put_it(
    chatctl: Any, place: str, team: str, tmp_path: Path
) -> None:
    secret = "https://files.example.org/T1-F1/a.png?t=xoxe-1-2-abc"
    talk = [
        said(
            "1600000001.000000",
            "",
            attachments=[{"title": "a", "title_link": secret, "text": f"at {secret}"}],
        ),
        said("1600000002.000000", "see", blocks=[{"type": "image", "image_url": secret, "alt_text": "a"}]),
        said("1600000003.000000", f"bare {secret} end"),
    ]
    chatctl("import", "run", str(slack(tmp_path / "export.zip", *talk, team=team)), "--space", place)
    told = messages(chatctl, place)
    assert len(told) == 3
    assert "xoxe" not in str(told)


class _Pictures(Answering):
    def do_GET(self) -> None:
        self.answer(200, b"from elsewhere")


@pytest.fixture
def elsewhere() -> Iterator[str]:
    with Loopback(_Pictures) as server:
        yield f"127.0.0.1:{server.port}"


def test_files_come_out_of_the_export_and_from_elsewhere_only_when_told_so(
    chatctl: Any, place: str, team: str, tmp_path: Path, elsewhere: str
) -> None:
    inside = {"id": "F1", "name": "notes.txt", "mimetype": "text/plain", "size": 5, "mode": "hosted"}
    outside = {
        **inside,
        "id": "F2",
        "name": "far.txt",
        "url_private": f"http://{elsewhere}/far.txt?t=xoxe-secret",
    }
    talk = [
        said("1600000001.000000", "", files=[inside]),
        said("1600000002.000000", "see", files=[outside]),
        said("1600000003.000000", "see this", files=[outside]),
    ]
    upload = {"__uploads/F1/notes.txt": b"hello"}
    export = slack(tmp_path / "export.zip", *talk[:2], team=team, **upload)
    assert "1 file;" in chatctl("import", "run", str(export), "--space", place)
    first, second = messages(chatctl, place)
    assert [file["name"] for file in first["files"]] == ["notes.txt"]
    copy = tmp_path / "copy"
    chatctl("file", "download", first["files"][0]["id"], str(copy))
    assert copy.read_bytes() == b"hello"
    assert second["text"].startswith("see\n📎 *far.txt (")
    assert "xoxe" not in second["text"]
    more = slack(tmp_path / "more.zip", *talk, team=team, **upload)
    run = ["import", "run", str(more), "--space", place, "--fetch"]
    refused = chatctl.run(*run)
    assert "1 file could not be had" in refused.stderr
    for files in ("2 files", "0 files"):  # those that were missing come now, once
        assert f", {files};" in chatctl(*run, "--fetch-from", elsewhere)
    late = messages(chatctl, place)[3:]
    assert [(one["files"][0]["name"], one["at"]) for one in late] == [
        ("far.txt", 1600000002000),
        ("far.txt", 1600000003000),
    ]
    assert [one["reply_to"] for one in late] == [second["seq"], messages(chatctl, place)[2]["seq"]]
    for one in chatctl.json("import", "list", "--space", place):
        chatctl("import", "undo", one["id"], "--yes")
    chatctl(*run, "--fetch-from", elsewhere)
    third = messages(chatctl, place)[-1]
    assert [file["name"] for file in third["files"]] == ["far.txt"]


def test_an_import_is_taken_back(chatctl: Any, place: str, team: str, tmp_path: Path) -> None:
    export = slack(tmp_path / "export.zip", said("1600000001.000000", "hi"), team=team)
    chatctl("import", "run", str(export), "--space", place)
    [listed] = chatctl.json("import", "list", "--space", place)
    assert "1 message erased" in chatctl("import", "undo", listed["id"], "--yes")
    assert "0 messages erased" in chatctl("import", "undo", listed["id"], "--yes")
    assert "lounge" not in {room["name"] for room in chatctl.json("room", "list", "--space", place)}
    assert "1 message added" in chatctl("import", "run", str(export), "--space", place)


def test_people_get_links_with_which_they_claim_their_placeholders(
    chatctl: Any, place: str, team: str, tmp_path: Path
) -> None:
    export = slack(tmp_path / "export.zip", said("1600000001.000000", "hi"), team=team)
    chatctl("import", "run", str(export), "--space", place)
    [listed] = chatctl.json("import", "list", "--space", place)
    made = chatctl.json("import", "people", listed["id"])
    assert {one["placeholder"] for one in made} == {True}
    chatctl("account", "set-password", made[0]["account"], "--password-stdin", stdin="quite long and odd 77")
    links = tmp_path / "links.csv"
    assert "2 links" in chatctl("import", "people", listed["id"], "--links", str(links))
    assert links.stat().st_mode & 0o077 == 0
    rows = list(csv.DictReader(links.read_text().splitlines()))
    assert sorted(row["name"] for row in rows) == sorted(one["name"] for one in made[1:])
    assert all("/recover" in row["link"] for row in rows)
    assert "exists already" in chatctl.refused("import", "people", listed["id"], "--links", str(links))


def test_only_some_rooms_and_into_one_that_is_there(
    chatctl: Any, town: SimpleNamespace, place: str, team: str, tmp_path: Path
) -> None:
    export = slack(tmp_path / "export.zip", said("1600000001.000000", "hi"), team=team)
    run = ["import", "run", str(export), "--space", place]
    for wrong in (["--only", "elsewhere"], ["--room", f"elsewhere={town.room['name']}"]):
        assert "no room 'elsewhere'" in chatctl.refused(*run, *wrong)
    assert chatctl("import", "list", "--space", place) == "nothing was imported\n"
    chatctl(*run, "--room", f"lounge={town.room['name']}")
    assert [one["text"] for one in messages(chatctl, place, town.room["name"])] == ["hi"]


def test_rooms_that_become_one_keep_all_that_was_said_in_each(
    chatctl: Any, town: Any, place: str, team: str, tmp_path: Path
) -> None:
    """Their messages have the same keys: `ts` is unique in a channel only."""
    edited = {"edited": {"user": "U1", "ts": "1600000009.000000"}}
    more: dict[str, Any] = {
        "channels.json": [
            {"id": f"C{name}", "name": name, "created": 1600000000, "members": ["U1", "U2"]}
            for name in ("lounge", "den")
        ],
        "lounge/2020-09-14.json": [],
        "den/2020-09-13.json": [
            said("1600000001.000000", "den", thread_ts="1600000001.000000", **edited),
            said("1600000002.000000", "den reply", thread_ts="1600000001.000000"),
        ],
        "dms.json": [{"id": f"D{n}", "created": 1, "members": ["U1", "U2"]} for n in (1, 2)],
        "D1/2020-09-13.json": [said("1600000001.000000", "one")],
        "D2/2020-09-13.json": [said("1600000001.000000", "two")],
    }
    lounge = [
        said("1600000001.000000", "lounge", thread_ts="1600000001.000000"),
        said("1600000002.000000", "lounge reply", thread_ts="1600000001.000000"),
    ]
    rooms = ("--room", f"lounge={town.room['id']}", "--room", f"den={town.room['id']}")
    export = slack(tmp_path / "export.zip", *lounge, team=team, **more)
    words = ("import", "run", str(export), "--space", place)
    first = chatctl.json(*words, *rooms)
    assert (first["added"], first["edited"], first["unchanged"]) == (6, 0, 0)
    there = messages(chatctl, place, town.room["name"])
    numbers = {one["text"]: one["seq"] for one in there}
    assert set(numbers) == {"lounge", "lounge reply", "den", "den reply"}
    roots = {one["text"]: one["reply_to"] for one in there if one["reply_to"] is not None}
    assert roots == {"lounge reply": numbers["lounge"], "den reply": numbers["den"]}
    again = chatctl.json(*words)  # it is remembered which room that was
    assert (again["added"], again["edited"], again["unchanged"]) == (0, 0, 6)
    other = slack(tmp_path / "other.zip", said("1600000001.000000", "elsewhere"), team=f"{team}x")
    moved = chatctl.json("import", "run", str(other), "--space", place, "--room", f"lounge={town.room['id']}")
    assert (moved["added"], moved["edited"]) == (1, 0)


def test_messages_from_later_than_the_clock_are_told_before_and_after(
    chatctl: Any, place: str, team: str, tmp_path: Path
) -> None:
    later = said("4000000000.000000", "from the year 2096")
    export = slack(tmp_path / "export.zip", said("1600000001.000000", "hi"), later, team=team)
    assert "1 message from later than now" in chatctl("import", "plan", str(export))
    assert chatctl.json("import", "plan", str(export))["future"] == 1
    words = ["import", "run", str(export), "--space", place]
    result = chatctl.run(*words)
    [listed] = chatctl.json("import", "list", "--space", place)
    assert result.exit_code == 0
    told = [line for line in result.stderr.splitlines() if "later than the server's clock" in line]
    assert len(told) == 2, "while it comes in, and at the end"
    assert f"`chatctl import undo {listed['id']}`" in told[1]
    assert "clock" not in chatctl.run(*words).stderr, "they are there already"


def test_a_room_has_as_many_members_as_there(
    chatctl: Any, place: str, team: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatctl.imports.move.MEMBERS_AT_ONCE", 7)
    users = [{"id": f"U{n}", "team_id": team, "name": f"crowd{n}", "profile": {}} for n in range(20)]
    members = [user["id"] for user in users]
    channels = [{"id": "C1", "name": "crowd", "created": 1600000000, "members": members}]
    more = {"users.json": users, "channels.json": channels}
    export = slack(tmp_path / "export.zip", team=team, **more)
    for _ in range(2):
        chatctl("import", "run", str(export), "--space", place)
        assert len(chatctl.json("room", "members", f"{place}/crowd")) == 20


def test_what_is_sent_at_once_fits_into_a_frame() -> None:
    """A frame has a limit of bytes, and one of MessagePack a limit of items in a list."""
    ids = [new_id() for _ in range(MEMBERS_AT_ONCE)]
    room = ImportRoom("C1", "crowd", "private", "t" * LONGEST_TOPIC, members=ids)
    frame = {"kind": "command", "id": 1, "type": "import.add_rooms", "data": {"rooms": [to_builtins(room)]}}
    for wire in (JSON, MSGPACK):
        encoded = wire.encode(frame)
        [found] = wire.decode(wire.join([encoded]) if not wire.text else encoded.decode())
        assert found == frame, found


def test_an_import_into_a_server_of_another_version_is_refused_in_one_line(
    chatctl: Any, place: str, team: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Calls.make

    async def make(self: Calls, name: str, data: dict[str, Any]) -> dict[str, Any]:
        answer = await made(self, name, data)
        for room in answer.get("rooms", ()):
            room.pop("own", None)
        return answer

    export = slack(tmp_path / "export.zip", said("1600000001.000000", "hi"), team=team)
    monkeypatch.setattr(Calls, "make", make)
    line = chatctl.refused("import", "run", str(export), "--space", place)
    assert "`own`" in line
    assert "Use the chatctl that came with it" in line


def test_an_import_is_not_taken_back_under_a_legal_hold(
    chatctl: Any, place: str, team: str, tmp_path: Path
) -> None:
    export = slack(tmp_path / "export.zip", said("1600000001.000000", "hi"), team=team)
    chatctl("import", "run", str(export), "--space", place)
    [listed] = chatctl.json("import", "list", "--space", place)
    chatctl("room", "retention", f"{place}/lounge", "--hold", "--reason", "case 7")
    line = chatctl.refused("import", "undo", listed["id"], "--yes")
    assert "nothing was taken back: a legal hold stands on the room 'lounge'" in line
    assert [one["text"] for one in messages(chatctl, place)] == ["hi"]
    chatctl("room", "retention", f"{place}/lounge", "--end-hold", "--yes")
    assert "1 message erased" in chatctl("import", "undo", listed["id"], "--yes")


def test_an_admin_imports_over_the_network_whatever_the_role_in_the_space(
    chatctl: Any, place: str, team: str, tmp_path: Path
) -> None:
    name = f"admin-{team}"
    chatctl("account", "create", name, "--no-password", "--admin")
    admin = chatctl.as_account(name)
    admin("invite", "accept", chatctl("invite", "create", "--space", place).split()[-1])
    notes = {"id": "F1", "name": "notes.txt", "mimetype": "text/plain", "size": 5, "mode": "hosted"}
    talk = [said("1600000001.000000", "hi", files=[notes]), said("1600000002.000000", "ho", "U2")]
    export = slack(tmp_path / "export.zip", *talk, team=team, **{"__uploads/F1/notes.txt": b"hello"})
    other = chatctl.json("room", "create", f"other-{team}", "--space", place)["id"]
    for more in ([], ["--room", f"lounge={other}"]):
        words = ["import", "run", str(export), "--space", place, *more]
        assert "2 messages added" in admin(*words)
        assert "2 there already" in admin(*words)
        [first, _] = messages(chatctl, place, f"other-{team}" if more else "lounge")
        assert [file["name"] for file in first["files"]] == ["notes.txt"]
        for one in admin.json("import", "list", "--space", place):
            admin("import", "undo", one["id"], "--yes")
        assert "lounge" not in {room["name"] for room in chatctl.json("room", "list", "--space", place)}


def test_where_old_messages_are_erased_an_import_says_so(
    chatctl: Any, place: str, team: str, tmp_path: Path
) -> None:
    export = slack(tmp_path / "export.zip", said("1600000001.000000", "hi"), team=team)
    words = ["import", "run", str(export), "--space", place]
    chatctl("space", "retention", place, "90d", "--yes")
    said_first = "keeps messages for 90 days: older ones are erased within a day"
    assert said_first in chatctl.run(*words).stderr
    chatctl("space", "retention", place, "all", "--yes")
    assert "keeps messages" not in chatctl.run(*words).stderr


def test_a_room_that_was_deleted_here_is_left_out_and_named(
    chatctl: Any, place: str, team: str, tmp_path: Path
) -> None:
    export = slack(tmp_path / "export.zip", said("1600000001.000000", "hi"), team=team)
    words = ["import", "run", str(export), "--space", place]
    chatctl(*words)
    chatctl("room", "delete", f"{place}/lounge", "--yes")
    result = chatctl.run(*words)
    assert "0 messages added" in result.stdout
    assert "left out, since they were deleted here: lounge" in result.stderr
    assert "lounge" not in {room["name"] for room in chatctl.json("room", "list", "--space", place)}
    for one in chatctl.json("import", "list", "--space", place):
        chatctl("import", "undo", one["id"], "--yes")
    assert "1 message added" in chatctl(*words), "after it was taken back it begins anew"


def test_what_is_no_export_is_said_in_one_line(chatctl: Any, place: str, tmp_path: Path) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(b"\0" * 100)
    assert "no known format" in chatctl.refused("import", "plan", str(other))
    whole = slack(tmp_path / "whole.zip", said("1600000001.000000", "hi")).read_bytes()
    sealed = bytearray(whole)
    for sign, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place_of = -1
        while (place_of := sealed.find(sign, place_of + 1)) >= 0:
            sealed[place_of + flags] |= 1
    for content, why in (
        (b"", "is empty"),
        (whole[:50], "is damaged (other.bin: it was cut off"),
        (bytes(sealed), "is encrypted: unpack it"),
        (b"7z\xbc\xaf\x27\x1c", "unpack it, and give the folder"),
    ):
        other.write_bytes(content)
        assert why in chatctl.refused("import", "plan", str(other))
    wrong = chatctl.run("import", "run", str(other), "--space", place, "--format", "icq")
    assert wrong.exit_code == 2
    assert "--format is one of" in wrong.stderr
