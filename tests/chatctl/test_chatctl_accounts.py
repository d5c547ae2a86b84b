"""What operators do for people who lost something."""

from __future__ import annotations

import re


def test_devices_shows_where_an_account_is_signed_in(chatctl, town) -> None:
    devices = chatctl.json("account", "devices", town.account["name"])
    assert [device["name"] for device in devices] == ["token"]
    assert "token" in chatctl("account", "devices", town.account["name"])
    chatctl("account", "sign-out", town.account["name"])
    assert "not signed in anywhere" in chatctl("account", "devices", town.account["name"])


def test_recovery_link_prints_a_link_and_nothing_else(chatctl, town) -> None:
    printed = chatctl("account", "recovery-link", town.account["name"])
    home = chatctl.url.replace("127.0.0.1", "localhost")  # so that the page that it opens may use passkeys
    assert re.fullmatch(rf"{home}/recover\?code=[0-9a-f]{{64}}\n", printed)
    made = chatctl.json("account", "recovery-link", town.account["id"])
    assert made.keys() == {"url", "expires_at"}
    assert made["url"] != printed.strip()


def test_reset_totp_says_that_there_is_nothing_to_reset(chatctl, town) -> None:
    assert "no second factor" in chatctl.refused("account", "reset-totp", town.account["name"])


def test_reset_passkeys_says_that_there_is_nothing_to_reset(chatctl, town) -> None:
    assert "no passkeys" in chatctl.refused("account", "reset-passkeys", town.account["name"])


def test_usage_shows_what_an_account_has_used(chatctl, town) -> None:
    name = town.account["name"]
    before = chatctl.json("account", "usage", name)
    town.ada("message", "post", town.room["id"], "one")
    after = chatctl.json("account", "usage", name)
    assert after["spaces"] == {"used": 1, "quota": None}
    assert before.keys() == after.keys()
    shown = chatctl("account", "usage", name)
    assert "spaces owned" in shown
    assert "today ends at" in shown


def test_administrators_are_made_and_unmade(chatctl) -> None:
    for name in ("keeper-of-keys", "climber"):
        chatctl("account", "create", name, "--no-password")
    chatctl("account", "promote", "keeper-of-keys")
    assert "is an administrator" in chatctl("account", "promote", "climber", "--reason", "on call")
    assert chatctl.json("account", "show", "climber")["admin"] is True
    admin = chatctl.as_account("climber")
    assert admin.json("account", "list")
    assert chatctl.json("account", "demote", "climber", "--reason", "off duty")["admin"] is False
    assert "operator" in admin.refused("account", "list")


def test_accounts_are_called_otherwise(chatctl) -> None:
    made = chatctl.json("account", "create", "old-name", "--no-password")
    assert "renamed old-name to new-name" in chatctl("account", "rename", "old-name", "new-name")
    assert chatctl.json("account", "show", "new-name")["id"] == made["id"]
    shown = chatctl.json("account", "set-display-name", "new-name", "Somebody New", "--reason", "asked")
    assert shown["display_name"] == "Somebody New"
    stream = f"account/{made['id']}"
    events = chatctl("--json", "event", "tail", "--stream", stream, "--from", "0", "--no-follow")
    assert '"reason":"asked"' in events.replace(" ", "")
