"""What chatctl says to people who look for a way: flags, names instead of ids, words instead of JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import trio

from chatctl.failure import Failed
from chatctl.follow import follow_log
from chatctl.output import cell
from chatd.client import Refused
from chatd.contract.event import EventPage, ListEvents

PAGE = (Path(__file__).parents[2] / "docs" / "chatctl.md").read_text()
KINDS = re.compile(r"^\| `(space|room|member|message|edit|emoji)` \| (.+) \|$", re.MULTILINE)


def test_member_lists_flag_who_is_disabled(chatctl, town) -> None:
    name = town.account["name"]
    other = chatctl.json("account", "create", f"lin-of-{name}", "--no-password")
    code = chatctl("invite", "create", "--space", town.space["name"]).strip()
    lin = chatctl.as_account(other["id"])
    lin("invite", "accept", code)
    lin("room", "join", town.room["id"])
    chatctl("account", "disable", other["id"])
    for caller in (chatctl, town.ada):
        for words in (("space", "members", town.space["id"]), ("room", "members", town.room["id"])):
            headings, *rows = (line.split("\t") for line in caller(*words).splitlines())
            flags = {row[headings.index("name")]: row[headings.index("disabled")] for row in rows}
            assert flags[other["name"]] == "yes", words
            assert flags[name] == ""


def test_ones_own_other_devices_end_and_the_one_that_asks_stays(chatctl, town) -> None:
    other = chatctl.as_account(town.account["id"])
    devices = town.ada.json("device", "list")
    assert [device["current"] for device in devices] == [True, False]
    chatctl.as_account(town.account["id"])
    (_, second, _) = town.ada.json("device", "list")
    town.ada("device", "revoke", second["id"])
    assert "not valid" in other.refused("space", "list")
    assert "all other devices" in town.ada("device", "revoke-others")
    assert [device["current"] for device in town.ada.json("device", "list")] == [True]


def test_a_guest_without_a_room_is_told_whom_to_ask(chatctl, town) -> None:
    code = chatctl("invite", "create", "--space", town.space["id"], "--role", "guest").strip()
    made = chatctl.json("account", "create", f"gus-of-{town.account['name']}", "--no-password")
    gus = chatctl.as_account(made["id"])
    gus("invite", "accept", code)
    assert "chatctl room invite ROOM NAME" in gus("room", "list")
    town.ada("room", "invite", town.room["id"], made["name"])
    assert town.room["name"] in gus("room", "list")
    assert "guest_direct_rooms" in gus.refused("direct", "open", town.account["name"])


def test_values_are_shown_in_words(chatctl) -> None:
    assert (
        cell([{"emoji": "+1", "count": 2}, {"emoji": "ok", "own": True}])
        == "emoji +1, count 2; emoji ok, own yes"
    )
    assert cell(["a", "b"]) == "a, b"
    assert "[{" not in chatctl("server", "status")


def test_the_screen_of_actors_has_names(chatctl, town) -> None:
    town.ada("message", "post", town.room["id"], "hello")
    shown = chatctl("server", "top", "--once")
    assert "\naccount/ada-" in shown or "\nroom/team-" in shown


def test_what_is_no_number_of_a_message_is_told_so(chatctl, town) -> None:
    result = town.ada.run("message", "mark-unread", town.room["id"], "x")
    assert result.exit_code == 2
    assert "'x' is not the number of a message" in result.stderr
    assert "everything in the room from number 2 on is unread" in town.ada(
        "message", "mark-unread", town.room["id"], "2"
    )


def test_the_command_that_takes_an_erasure_back_has_the_name_that_was_typed(chatctl, town) -> None:
    town.ada("message", "post", town.room["id"], "spam")
    said = chatctl("member", "erase-messages", town.account["name"], "--space", town.space["name"], "--yes")
    assert f"--space {town.space['name']}`" in said


def test_what_is_so_already_is_told_so(chatctl, town) -> None:
    name = town.account["name"]
    said = [chatctl("account", verb, name) for verb in ("enable", "disable", "disable", "enable")]
    assert "was not disabled" in said[0]
    assert "its tokens ended" in said[1]
    assert "was disabled already" in said[2]
    assert "needs new tokens" in said[3]
    assert "was not an administrator" in chatctl("account", "demote", name)


def test_the_page_names_the_fields_of_an_export(chatctl, town) -> None:
    posted = town.ada.json("message", "post", town.room["id"], "helo")
    town.ada("message", "edit", town.room["id"], str(posted["seq"]), "hello")
    town.ada("space", "add-emoji", town.space["id"], "party", "https://example.org/party.png")
    named = {kind: re.findall(r"`(\w+)`", fields) for kind, fields in KINDS.findall(PAGE)}
    seen = set()
    for line in map(json.loads, chatctl("space", "export", town.space["id"]).splitlines()):
        if line["kind"] in named:
            seen.add(line["kind"])
            assert not line["data"].keys() - set(named[line["kind"]]), line["kind"]
    assert seen == named.keys()


class PutBack:
    """A client whose server has another history at the second question."""

    async def ask(self, request: ListEvents, result: type[Any]) -> EventPage:
        if request.hash is not None:
            raise Refused("conflict", "the log does not go on from `after`")
        return EventPage(events=[], position=7, hash="ab12")


def test_who_follows_the_log_is_told_of_another_history() -> None:
    async def show(event: object) -> None:
        raise AssertionError(event)

    async def follow() -> None:
        await follow_log(PutBack(), show, after=None, stream=None, on=True)

    with pytest.raises(Failed, match=r"older copy .* `event tail --from 0`"):
        trio.run(follow)
