"""`chatctl server sessions`, `streams` and `followers`: what the server does at the moment, for people."""

from __future__ import annotations

import json


def test_sessions_are_shown_by_who_they_are(chatctl, town):
    lines = chatctl("server", "sessions").splitlines()
    assert lines[0].split("\t") == ["who", "protocol", "since", "unread", "behind", "demoted", "handled"]
    assert any(line.startswith("operator:") for line in lines[1:])
    assert json.loads(chatctl("--json", "server", "sessions"))["total"] >= 1


def test_streams_of_a_kind_are_listed_whole(chatctl, town):
    lines = chatctl("server", "streams", "--kind", "room").splitlines()
    assert lines[0].split("\t") == ["stream", "events", "newest", "last minute"]
    assert f"room/{town.room['id']}" in [line.split("\t")[0] for line in lines]
    every = json.loads(chatctl("--json", "server", "streams"))
    assert {row["stream"].partition("/")[0] for row in every} >= {"account", "room", "space"}


def test_followers_say_how_far_they_are(chatctl, town):
    lines = chatctl("server", "followers").splitlines()
    assert [line.split("\t")[0] for line in lines[1:]] == [
        "view notifications",
        "view search",
        "notifier",
        "pusher",
        "scheduler",
    ]
    assert len(json.loads(chatctl("--json", "server", "followers"))["followers"]) == 5
