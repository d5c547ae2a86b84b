"""Every verb, against a real server."""

from __future__ import annotations

import json

from chatctl.connection import Connection
from chatd.contract.pin import AddPin
from chatd.contract.spec import Done


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
    assert [row["account"] for row in listed["joined"]] == [guest["id"]]
    assert "guest-one" in chatctl("invite", "list", "--space", town.space["id"])
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


def test_a_message_is_shown_edited_and_keeps_its_versions(chatctl, town):
    room, name = town.room["name"], town.account["name"]
    seq = str(town.ada.json("message", "post", room, "first")["seq"])
    said = town.ada.json("message", "edit", room, seq, "-", stdin="second\n")
    assert said == {"room": town.room["id"], "seq": int(seq)}
    shown = chatctl.json("message", "show", room, seq)
    assert (shown["text"], shown["by"]) == ("second", town.account["id"])
    assert name in chatctl("message", "show", room, seq)
    assert [version["text"] for version in chatctl.json("message", "edits", room, seq)] == ["first", "second"]
    lines = chatctl("message", "edits", room, seq).splitlines()
    assert [name in line for line in lines if "first" in line or "second" in line] == [True, True]
    assert "only the author" in chatctl.refused("message", "edit", room, seq, "not mine")


def test_an_operator_deletes_a_message_and_nobody_finds_its_text_any_more(chatctl, town):
    room = town.room["name"]
    seq = str(town.ada.json("message", "post", room, "unsayable")["seq"])
    assert len(chatctl.json("message", "search", "unsayable", "--room", room)) == 1
    deleted = chatctl.json("message", "delete", room, seq, "--reason", "not here")
    assert deleted == {"room": town.room["id"], "seq": int(seq)}
    assert "not here" in chatctl("audit", "list", "--space", town.space["id"], "--type", "message.deleted")
    assert chatctl("message", "list", room).endswith("(deleted)\n")
    assert chatctl("message", "edits", room, seq) == "its text has been erased\n"
    assert chatctl.json("message", "search", "unsayable", "--room", room) == []
    assert "erased" in chatctl("message", "delete", room, seq)  # again, which changes nothing


def test_a_message_that_is_not_there_is_refused_in_one_line(chatctl, town):
    assert "no such message" in chatctl.refused("message", "show", town.room["name"], "99")


def test_messages_are_searched_by_room_space_and_author(chatctl, town):
    room, other = town.room["name"], chatctl.json("room", "create", "aside", "--space", town.space["id"])
    town.ada("room", "join", other["id"])
    town.ada("message", "post", room, "a walrus [bold]here")
    town.ada("message", "post", other["id"], "another walrus")
    found = chatctl.json("message", "search", "walrus", "--space", town.space["name"])
    assert [hit["room"] for hit in found] == [other["id"], town.room["id"]]
    assert chatctl.json("message", "search", "walrus", "--room", room) == found[1:]
    by = ("--by", town.account["name"].upper())
    assert town.ada.json("message", "search", "walrus", *by) == found
    shown = chatctl("message", "search", "walrus", "--room", room)
    assert shown.startswith(f"{town.space['name']}/{room} ")
    assert shown.endswith(f"{town.account['name']}: a walrus [bold]here\n")
    assert "no account" in chatctl.refused("message", "search", "walrus", "--by", "nobody-there")


def test_a_search_that_finds_more_says_so_beside_its_output(chatctl, town):
    for _ in range(3):
        town.ada("message", "post", town.room["name"], "gannet")
    found = chatctl.run("--json", "message", "search", "gannet", "--room", town.room["name"], "--limit", "2")
    assert len(json.loads(found.stdout)) == 2
    assert found.stderr == "there are more; use `--limit 4` to see them\n"
    everything = chatctl.run("message", "search", "gannet", "--room", town.room["name"], "--limit", "3")
    assert (len(everything.stdout.splitlines()), everything.stderr) == (3, "")


def test_a_found_text_cannot_write_on_the_terminal(chatctl, town):
    town.ada("message", "post", town.room["name"], "dodo \x1b]0;owned\x07 \u202eevil")
    shown = chatctl("message", "search", "dodo", "--room", town.room["name"])
    assert "dodo \\x1b]0;owned\\x07 \\x202eevil" in shown


def test_the_pins_of_a_room_are_listed(chatctl, town):
    room = town.room["id"]
    assert chatctl("room", "pins", room) == "nothing is pinned in it\n"
    seq = town.ada.json("message", "post", room, "remember this")["seq"]
    in_protocol(AddPin(room, seq), chatctl)
    (pin,) = chatctl.json("room", "pins", town.room["name"])
    assert (pin["seq"], pin["message"]["text"]) == (seq, "remember this")
    assert "remember this" in chatctl("room", "pins", room)


def test_custom_emoji_come_and_go(chatctl, town):
    space = town.space["name"]
    added = chatctl.json("space", "add-emoji", space, "party", "https://a.example/party.png")
    assert added == {"space": town.space["id"], "emoji": "party"}
    (emoji,) = chatctl.json("space", "emoji", space)
    assert (emoji["name"], emoji["image"]) == ("party", "https://a.example/party.png")
    assert "party.png" in chatctl("space", "emoji", space)
    assert chatctl("space", "remove-emoji", space, "party") == "removed :party:\n"
    assert chatctl.json("space", "emoji", space) == []


def in_protocol(request, chatctl):
    """What chatctl has no verb for."""
    return Connection(chatctl.data, None, None, json=False).ask(request, Done)


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
    for words in (("server", "status"), ("server", "top", "--once")):
        assert "clock steps" in chatctl(*words)
        assert "refused" in chatctl(*words)


def test_a_backup_becomes_a_new_folder(chatctl, tmp_path):
    copy = str(tmp_path / "copy.db")
    made = chatctl.json("backup", "create", copy)
    assert "exists" in chatctl.refused("backup", "create", copy)
    entry, *_ = chatctl.json("audit", "list", "--type", "backup.created")
    assert entry["data"] == {"path": copy, "bytes": made["bytes"], "upto": made["position"]}
    assert copy in chatctl("audit", "list", "--type", "backup.created")
    tailed = chatctl("event", "tail", "--stream", "server/main", "--no-follow")
    assert "backup.created" in tailed
    restored = chatctl.json("backup", "restore", copy, "--data", str(tmp_path / "new"))
    assert restored["position"] == made["position"]
    assert restored["epoch"] != chatctl.json("server", "status")["epoch"]
    assert "already" in chatctl.refused("backup", "restore", copy, "--data", str(tmp_path / "new"))


def test_a_file_that_is_no_backup_is_refused_in_one_line(chatctl, tmp_path):
    (tmp_path / "no.db").write_text("not a database")
    assert chatctl.refused("backup", "restore", str(tmp_path / "no.db"), "--data", str(tmp_path / "new"))
    missing = str(tmp_path / "gone.db")
    assert f"there is no backup {missing}" in chatctl.refused(
        "backup", "restore", missing, "--data", str(tmp_path / "new")
    )
    assert not (tmp_path / "new").exists()
