"""Deleting and exporting accounts, and bots, at the command line."""

from __future__ import annotations

import json


def test_an_export_is_one_json_object_a_line(chatctl, town, tmp_path):
    name, room = town.account["name"], town.room["id"]
    for n in range(3):
        town.ada("message", "post", room, f"line {n}\nand the next")
    file = tmp_path / "ada.jsonl"
    made = chatctl.json("account", "export", name, str(file))
    items = [json.loads(line) for line in file.read_text().splitlines()]
    assert made == {"file": str(file), "items": len(items)}
    assert next(item["data"]["text"] for item in items if item["kind"] == "message") == "line 0\nand the next"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "give the name of a new file" in chatctl.refused("account", "export", name, str(file))
    other = tmp_path / "nobody.jsonl"
    chatctl.refused("account", "export", "nobody-at-all", str(other))
    assert not other.exists()


def test_deleting_an_account_says_first_what_would_go(chatctl, town):
    account = chatctl.json("account", "create", f"brief-{town.account['name']}", "--no-password")
    name = account["name"]
    assert "nothing else" in chatctl("account", "delete", name, "--dry-run")
    assert chatctl.json("account", "show", name)["deleted"] is False
    assert f"{name} is deleted" in chatctl("account", "delete", name, "--yes", "--reason", "asked for")
    assert chatctl.json("account", "show", account["id"])["deleted"] is True
    assert "there is no account" in chatctl.refused("account", "show", name)


def test_an_owner_is_not_deleted_before_the_space_has_another(chatctl, town):
    line = chatctl.refused("account", "delete", town.account["name"], "--yes")
    assert town.space["name"] in line


def test_bots_are_made_bounded_and_taken_back(chatctl, town):
    owner, bot = town.account["name"], f"rex-{town.account['name']}"
    made = chatctl.json("bot", "create", bot, "--owner", owner, "--scope", "read", "--scope", "post")
    assert made["account"]["owner"] == town.account["id"]
    assert [row["scopes"] for row in chatctl.json("bot", "list", "--owner", owner)] == [["post", "read"]]
    assert "react" in chatctl("bot", "update", bot, "--scope", "react")
    assert [row["scopes"] for row in chatctl.json("bot", "list", "--owner", owner)] == [["react"]]
    assert chatctl("bot", "token", bot).strip() not in ("", made["token"])
    chatctl("bot", "delete", bot, "--yes")
    assert "no bots" in chatctl("bot", "list", "--owner", owner)
