"""Every verb, against a real server."""

from __future__ import annotations

import json


def test_an_account_is_made_listed_and_shown(chatctl):
    made = chatctl.json(
        "account", "create", "grace", "--password-stdin", "--admin", stdin="a long enough one 7\n"
    )
    assert (made["name"], made["admin"]) == ("grace", True)
    assert made in chatctl.json("account", "list")
    assert chatctl.json("account", "show", "GRACE") == made
    assert "grace" in chatctl("account", "list")


def test_an_account_made_without_terminal_or_pipe_has_no_password_and_says_so(chatctl):
    result = chatctl.run("account", "create", "robot")
    assert result.exit_code == 0
    assert result.stderr.strip() == "robot has no password; set one with `chatctl account set-password robot`"


def test_a_name_that_is_taken_is_refused_in_one_line(chatctl):
    chatctl("account", "create", "twice", "--no-password")
    assert "taken" in chatctl.refused("account", "create", "twice", "--no-password")


def test_a_disabled_account_gets_in_again_when_enabled(chatctl, town):
    name = town.account["name"]
    assert chatctl.json("account", "disable", name) == {"account": town.account["id"]}
    assert chatctl.json("account", "show", name)["disabled"]
    assert town.ada.refused("space", "list")
    chatctl("account", "enable", name)
    assert chatctl.as_account(name).json("space", "list")


def test_signing_out_ends_a_token(chatctl, town):
    chatctl("account", "sign-out", town.account["id"])
    assert "`chatctl account token NAME`" in town.ada.refused("space", "list")


def test_a_password_is_set_from_a_pipe(chatctl, town):
    said = chatctl(
        "account", "set-password", town.account["name"], "--password-stdin", stdin="correct horse 9!\n"
    )
    assert "new password" in said


def test_a_token_is_printed_bare_and_as_json(chatctl, town):
    bare = chatctl("account", "token", town.account["name"], "--name", "ci", "--expires-in", "12h")
    assert len(bare.splitlines()) == 1
    assert chatctl.json("account", "token", town.account["name"])["token"]


def test_a_space_is_made_listed_and_shown(chatctl, town):
    assert town.space in chatctl.json("space", "list")
    assert chatctl.json("space", "show", town.space["name"])["id"] == town.space["id"]
    assert [m["role"] for m in chatctl.json("space", "members", town.space["id"])] == ["owner"]
    assert town.space["name"] in chatctl("space", "list")
    assert town.space["id"] in chatctl("space", "show", town.space["name"])


def test_an_account_makes_its_own_space(town):
    space = town.ada.json("space", "create", "mine", "--description", "all mine")
    assert space["description"] == "all mine"
    assert space["id"] in [known["id"] for known in town.ada.json("space", "list")]


def test_a_room_is_made_renamed_and_archived(chatctl, town):
    room = chatctl.json("room", "create", "old", "--space", town.space["name"], "--private", "--topic", "x")
    assert (room["private"], room["topic"]) == (True, "x")
    assert chatctl.json("room", "rename", room["id"], "new") == {"room": room["id"]}
    chatctl("room", "archive", f"{town.space['name']}/new")
    shown = chatctl.json("room", "show", "new", "--space", town.space["id"])
    assert (shown["name"], shown["archived"]) == ("new", True)
    assert {"new", town.room["name"]} == {
        known["name"] for known in chatctl.json("room", "list", "--space", town.space["id"])
    }


def test_an_account_joins_and_leaves(chatctl, town):
    members = chatctl.json("room", "members", town.room["name"])
    assert [member["account"] for member in members] == [town.account["id"]]
    town.ada("room", "leave", town.room["name"])
    assert chatctl.json("room", "members", town.room["name"]) == []
    assert chatctl("room", "members", town.room["name"]) == "nobody is in it\n"


def test_an_invite_leads_into_a_space_until_it_is_revoked(chatctl, town):
    invite = chatctl.json("invite", "create", "--space", town.space["name"], "--max-uses", "2")
    guest = chatctl.json("account", "create", "guest-one", "--no-password")
    joined = chatctl.as_account(guest["id"]).json("invite", "accept", invite["code"])
    assert joined["id"] == town.space["id"]
    (listed,) = chatctl.json("invite", "list", "--space", town.space["id"])
    assert (listed["id"], listed["uses"]) == (invite["id"], 1)
    chatctl("invite", "revoke", invite["id"])
    late = chatctl.json("account", "create", "guest-two", "--no-password")
    assert chatctl.as_account(late["id"]).refused("invite", "accept", invite["code"])


def test_messages_are_posted_once_and_listed(chatctl, town):
    room = town.room["name"]
    first = town.ada.json("message", "post", room, "hello 👋 [bold]", "--nonce", "n1")
    assert town.ada.json("message", "post", room, "hello 👋 [bold]", "--nonce", "n1") == first
    reply = town.ada.json("message", "post", room, "-", "--reply-to", str(first["seq"]), stdin="two\nlines\n")
    messages = chatctl.json("message", "list", room)
    assert [(m["seq"], m["text"]) for m in messages] == [
        (first["seq"], "hello 👋 [bold]"),
        (reply["seq"], "two\nlines"),
    ]
    shown = chatctl("message", "list", room, "--limit", "1").splitlines()
    assert len(shown) == 1
    assert shown[0].endswith(f"{town.account['name']}: two⏎lines")


def test_a_message_cannot_write_on_the_terminal(chatctl, town):
    town.ada("message", "post", town.room["name"], "\x1b]0;owned\x07 \u202eevil")
    shown = chatctl("message", "list", town.room["name"])
    assert "\x1b" not in shown
    assert "\\x1b]0;owned\\x07 \\x202eevil" in shown


def test_the_log_is_shown_from_a_position_and_of_one_stream(chatctl, town):
    events = [json.loads(line) for line in chatctl("--json", "event", "tail", "--no-follow").splitlines()]
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    later = chatctl("--json", "event", "tail", "--no-follow", "--from", "3").splitlines()
    assert json.loads(later[0])["position"] == 3
    of_room = chatctl("--json", "event", "tail", "--no-follow", "--stream", f"room/{town.room['name']}")
    assert {json.loads(line)["stream"] for line in of_room.splitlines()} == {f"room/{town.room['id']}"}


def test_the_server_says_how_it_is(chatctl):
    assert chatctl.json("server", "status")["ready"] is True
    assert "MiB" in chatctl("server", "status")
    assert chatctl.json("server", "check")["ok"] is True
    assert chatctl.json("server", "verify")["findings"] == []
    assert "agree" in chatctl("server", "verify")
    assert chatctl.json("server", "top")["commits"]
    assert "waiting" in chatctl("server", "top", "--once")


def test_a_backup_becomes_a_new_folder(chatctl, tmp_path):
    copy = str(tmp_path / "copy.db")
    made = chatctl.json("backup", "create", copy)
    assert "exists" in chatctl.refused("backup", "create", copy)
    restored = chatctl.json("backup", "restore", copy, "--data", str(tmp_path / "new"))
    assert restored["position"] == made["position"]
    assert restored["epoch"] != chatctl.json("server", "status")["epoch"]
    assert "already" in chatctl.refused("backup", "restore", copy, "--data", str(tmp_path / "new"))


def test_a_file_that_is_no_backup_is_refused_in_one_line(chatctl, tmp_path):
    (tmp_path / "no.db").write_text("not a database")
    assert chatctl.refused("backup", "restore", str(tmp_path / "no.db"), "--data", str(tmp_path / "new"))
