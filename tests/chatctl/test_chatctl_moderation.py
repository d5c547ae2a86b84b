"""Order kept from a terminal: against a real server, by an operator and by those who may."""

from __future__ import annotations

import itertools
import os
from datetime import datetime
from types import SimpleNamespace

import pytest

from chatctl.connection import Connection
from chatd.contract.message import ReportMessage
from chatd.contract.spec import Done

NUMBERS = itertools.count(1)


@pytest.fixture
def grace(chatctl, town):
    """A member of the town's space and of its room."""
    account = chatctl.json("account", "create", f"grace-{next(NUMBERS)}", "--no-password")
    tongue = chatctl.as_account(account["id"])
    code = chatctl("invite", "create", "--space", town.space["id"]).strip()
    tongue("invite", "accept", code)
    tongue("room", "join", town.room["id"])
    return SimpleNamespace(**account, ctl=tongue, code=code)


def role_of(chatctl, town, who):
    members = chatctl.json("space", "members", town.space["id"])
    return {member["account"]: member["role"] for member in members}.get(who.id)


# --- roles ---


def test_a_role_is_given_and_a_dry_run_says_what_that_would_change(chatctl, town, grace):
    words = ("member", "set-role", grace.name, "moderator", "--space", town.space["name"])
    would = chatctl(*words, "--dry-run")
    assert f"{grace.name} is member in {town.space['name']} and would be moderator" in would
    assert "member.kick" in would.partition("gains: ")[2].splitlines()[0]
    assert "loses: nothing" in would
    assert "member.kick" in chatctl.json(*words, "--dry-run")["gains"]
    assert role_of(chatctl, town, grace) == "member"
    ids = {"space": town.space["id"], "account": grace.id}
    assert chatctl.json(*words, "--reason", "she knows how") == ids
    assert role_of(chatctl, town, grace) == "moderator"


def test_an_owner_hands_a_space_over_and_the_last_one_stays(chatctl, town, grace):
    space = ("--space", town.space["id"])
    assert "needs an owner" in town.ada.refused("member", "set-role", town.account["name"], "member", *space)
    town.ada("member", "set-role", grace.name, "owner", *space)
    town.ada("member", "set-role", town.account["name"], "member", *space)
    assert chatctl.json("space", "show", town.space["id"])["owner"] == grace.id


# --- the door, and silence ---


def test_who_is_kicked_is_in_no_room_any_more(chatctl, town, grace):
    chatctl("member", "kick", grace.name, "--yes", "--space", town.space["id"], "--reason", "spam")
    assert grace.ctl.json("space", "list") == []
    assert grace.id not in [member["account"] for member in chatctl.json("room", "members", town.room["id"])]


def test_a_ban_keeps_out_and_is_listed_until_it_is_ended(chatctl, town, grace):
    space = ("--space", town.space["id"])
    assert chatctl("member", "bans", *space) == "nobody is banned or muted\n"
    chatctl("member", "ban", grace.name, "--yes", *space, "--for", "7d", "--reason", "spam")
    (row,) = chatctl.json("member", "bans", *space)
    assert (row["what"], row["name"], row["account"]) == ("ban", grace.name, grace.id)
    assert row["until"] > datetime.now().timestamp() * 1000
    assert (row["by"], row["reason"]) == (f"operator:{os.getuid()}", "spam")
    assert grace.ctl.refused("invite", "accept", grace.code)
    chatctl("member", "ban", grace.id, "--yes", *space)
    town.ada("member", "ban", grace.id, "--yes", *space, "--reason", "for good")
    shown = chatctl("member", "bans", *space)
    assert all(word in shown for word in ("never", grace.name, town.account["name"], "for good"))
    chatctl("member", "unban", grace.name, *space)
    grace.ctl("invite", "accept", grace.code)
    assert role_of(chatctl, town, grace) == "member"


def test_a_muted_member_is_listed_and_may_speak_again(chatctl, town, grace):
    space = ("--space", town.space["id"])
    chatctl("member", "mute", grace.name, *space, "--for", "30m", "--reason", "enough")
    assert "muted" in grace.ctl.refused("message", "post", town.room["id"], "but")
    assert [row["what"] for row in chatctl.json("member", "bans", *space)] == ["mute"]
    chatctl("member", "unmute", grace.name, *space)
    grace.ctl("message", "post", town.room["id"], "thanks")


def test_all_messages_of_an_account_are_counted_ordered_to_be_erased_and_kept_after_all(chatctl, town, grace):
    for text in ("one", "two"):
        grace.ctl("message", "post", town.room["id"], text)
    town.ada("message", "post", town.room["id"], "kept")
    space = ("--space", town.space["id"])
    words = ("member", "erase-messages", grace.name, *space, "--yes")
    assert chatctl.json(*words, "--dry-run")["messages"] == 2
    assert chatctl.json("member", "erasures", *space) == []
    assert "there are 2 messages" in chatctl(*words, "--dry-run")
    assert "keep-messages" in chatctl(*words, "--yes", "--reason", "spam")
    (order,) = chatctl.json("member", "erasures", *space)
    assert (order["name"], order["reason"]) == (grace.name, "spam")
    assert grace.name in chatctl("member", "erasures", *space)
    assert "erasure.list" in chatctl.refused(*words, "--yes")
    assert "stay" in chatctl("member", "keep-messages", grace.name, *space)
    assert chatctl.json("member", "erasures", *space) == []


def test_moderators_name_those_who_left_by_their_ids(chatctl, town, grace):
    space = ("--space", town.space["id"])
    town.ada("member", "kick", grace.name, "--yes", *space)
    assert "by the id" in town.ada.refused("member", "ban", grace.name, *space, "--yes")
    town.ada("member", "ban", grace.id, "--yes", *space)
    assert [row["account"] for row in town.ada.json("member", "bans", *space)] == [grace.id]


# --- rooms ---


def test_a_member_is_let_into_a_private_room_and_sent_out_of_it(chatctl, town, grace):
    room = chatctl.json("room", "create", "den", "--space", town.space["id"], "--private")
    ids = {"room": room["id"], "account": grace.id}
    assert chatctl.json("room", "invite", room["id"], grace.name) == ids
    assert grace.ctl.json("room", "show", room["id"])["member"]
    assert chatctl.json("room", "remove", room["id"], grace.name, "--reason", "done", "--yes") == ids
    assert grace.ctl.refused("room", "show", room["id"])


def test_a_locked_room_an_archived_one_and_a_slow_one_are_opened_again(chatctl, town, grace):
    room = town.room["id"]
    chatctl("room", "lock", room, "--reason", "calm down")
    assert "locked" in grace.ctl.refused("message", "post", room, "x")
    chatctl("room", "unlock", room)
    chatctl("room", "slow-mode", room, "10m", "--reason", "a heated day")
    assert "a heated day" in chatctl("audit", "list", "--space", town.space["id"], "--type", "room.updated")
    grace.ctl("message", "post", room, "one")
    assert "slow mode" in grace.ctl.refused("message", "post", room, "two")
    chatctl("room", "slow-mode", room, "0")
    grace.ctl("message", "post", room, "two")
    chatctl("room", "archive", room)
    assert "archived" in grace.ctl.refused("message", "post", room, "three")
    chatctl("room", "unarchive", room)
    grace.ctl("message", "post", room, "three")


def test_an_override_says_before_whom_it_changes_and_is_cleared(chatctl, town, grace):
    words = ("room", "override", town.room["id"], "message.post")
    would = chatctl(*words, "--role", "member", "--deny", "--dry-run")
    assert would == f"gains message.post: nobody\nloses message.post: {grace.name}\n"
    assert chatctl.json(*words, "--role", "member", "--deny", "--dry-run")["loses"] == [grace.id]
    chatctl(*words, "--role", "member", "--deny", "--reason", "a show")
    assert "override" in grace.ctl.refused("message", "post", town.room["id"], "x")
    assert "message.post denied to role member" in chatctl("room", "show", town.room["id"])
    assert "overrides" not in grace.ctl("room", "show", town.room["id"])
    chatctl(*words, "--account", grace.name, "--allow")
    assert f"message.post allowed to {grace.name}" in chatctl("room", "show", town.room["id"])
    grace.ctl("message", "post", town.room["id"], "x")
    chatctl(*words, "--account", grace.name, "--clear")
    assert grace.ctl.refused("message", "post", town.room["id"], "x")


def test_a_deleted_room_is_gone(chatctl, town):
    assert chatctl.json("room", "delete", town.room["name"], "--yes") == {"room": town.room["id"]}
    assert chatctl.json("room", "list", "--space", town.space["id"]) == []
    assert town.ada.refused("room", "show", town.room["id"])


# --- spaces ---


def test_a_space_is_changed_locked_and_deleted(chatctl, town, grace):
    space = town.space["id"]
    assert chatctl.json("space", "update", space, "--name", f"x{space}", "--description", "ours") == {
        "space": space
    }
    shown = chatctl.json("space", "show", space)
    assert (shown["name"], shown["description"]) == (f"x{space}", "ours")
    chatctl("space", "lock", space, "--reason", "raid")
    assert "locked" in chatctl.refused("invite", "create", "--space", space)
    chatctl("space", "unlock", space)
    chatctl("invite", "create", "--space", space)
    assert chatctl.json("space", "delete", space, "--reason", "over", "--yes") == {"space": space}
    assert space not in [known["id"] for known in chatctl.json("space", "list")]
    assert grace.ctl.json("space", "list") == []


# --- reports, the audit, access ---


def test_reports_are_listed_for_operators_and_resolved_by_moderators(chatctl, town, grace):
    space = ("--space", town.space["id"])
    seq = grace.ctl.json("message", "post", town.room["id"], "rude")["seq"]
    in_protocol(town.ada, ReportMessage(town.room["id"], seq, "rude to me"))
    (report,) = chatctl.json("report", "list", *space)
    assert (report["room"], report["seq"], report["by"]) == (town.room["id"], seq, town.account["id"])
    shown = chatctl("report", "list", *space)
    assert "rude to me" in shown
    assert town.account["name"] in shown
    town.ada("report", "resolve", report["id"], "--reason", "talked to")
    assert chatctl("report", "list", *space) == "nothing was reported\n"
    (report,) = chatctl.json("report", "list", *space, "--all")
    assert (report["resolved_by"], report["resolution"]) == (town.account["id"], "talked to")
    assert "talked to" in chatctl("report", "list", *space, "--all")


def test_the_audit_says_who_did_what_to_whom_and_why(chatctl, town, grace):
    space = ("--space", town.space["id"])
    town.ada("member", "mute", grace.name, *space, "--reason", "first")
    chatctl("member", "mute", grace.name, *space, "--reason", "second")
    chatctl("member", "unmute", grace.name, *space)
    about = ("audit", "list", *space, "--account", grace.name)
    entries = chatctl.json(*about, "--type", "member.muted")
    assert [entry["data"]["reason"] for entry in entries] == ["second", "first"]
    (own,) = chatctl.json(*about, "--type", "member.muted", "--by", town.account["name"])
    assert own["by"] == town.account["id"]
    assert chatctl.json(*about, "--by", f"operator:{os.getuid()}", "--type", "member.unmuted")
    shown = chatctl(*about)
    assert "first" in shown
    assert f"{town.space['name']}/{town.room['name']}" in shown  # where she came in
    few = chatctl.run("--json", *about, "--limit", "1")
    assert few.stderr == "there are more; use `--limit 2` to see them\n"
    assert "admin" in grace.ctl.refused("audit", "list", *space)


def test_access_is_explained(chatctl, town, grace):
    room = chatctl.json("room", "create", "vault", "--space", town.space["id"], "--private")
    said = chatctl("access", "explain", grace.name, room["id"])
    assert said.startswith(f"{grace.name} does not see vault: the room is private")
    said = chatctl("access", "explain", grace.name, town.room["name"], "--space", town.space["id"])
    assert f"{grace.name} sees {town.room['name']}: it is a member of the room" in said
    (line,) = (line for line in said.splitlines() if "message.announce" in line.split()[:1])
    assert line.split()[1] == "no"
    assert "its role is member" in line
    assert chatctl.json("access", "explain", grace.id, town.room["id"])["rights"]["message.post"]["allowed"]


def test_who_saw_a_room_is_known_for_any_moment(chatctl, town, grace):
    room = chatctl.json("room", "create", "strongroom", "--space", town.space["id"], "--private")
    words = ("access", "who", room["id"])
    assert [row["name"] for row in chatctl.json(*words)["accounts"]] == [town.account["name"]]
    chatctl("room", "invite", room["id"], grace.id)
    (joined,) = chatctl.json("audit", "list", "--space", town.space["id"], "--limit", "1")
    inside = datetime.fromtimestamp(joined["at"] / 1000)
    chatctl("room", "remove", room["id"], grace.id, "--yes")
    assert grace.name not in chatctl(*words)
    assert grace.name in chatctl(*words, "--at", inside.isoformat())
    assert grace.name in chatctl(*words, "--at", inside.astimezone().isoformat())
    assert chatctl(*words, "--at", "1999-12-31") == "nobody saw it\n"


@pytest.mark.parametrize(
    "words",
    [
        ["member", "kick", "x"],
        ["member", "set-role", "x", "king", "--space", "s"],
        ["member", "ban", "x", "--space", "s", "--for", "soon"],
        ["space", "update", "s"],
        ["room", "override", "r", "message.post", "--allow"],
        ["room", "override", "r", "message.post", "--role", "member"],
        ["room", "override", "r", "message.post", "--role", "member", "--account", "x", "--deny"],
        ["room", "override", "r", "message.post", "--role", "owner", "--deny"],
        ["room", "slow-mode", "r", "slow"],
        ["report", "resolve", "x"],
        ["access", "who", "r", "--at", "yesterday"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2(nowhere, words):
    assert nowhere.run(*words).exit_code == 2


def in_protocol(ctl, request):
    """What chatctl has no verb for, as an account."""
    return Connection(ctl.data, ctl.url, ctl.token, json=False).ask(request, Done)
