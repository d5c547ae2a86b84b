"""The pages of docs/how-to: the code that they show works. `tests/pages` runs their shell blocks."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e.serving import Server
from views.views_village import Village, new_village

ROOT = Path(__file__).parents[1]
PASSWORD = "correct horse battery staple"
PAGES = ROOT / "docs" / "how-to"


def blocks(page: str, name: str) -> str:
    """All blocks of the page that are marked with the name, one after another."""
    text = (PAGES / page).read_text()
    found = re.findall(rf"<!-- {name} -->\n```python\n(.*?)```", text, re.DOTALL)
    assert found, name
    return "\n\n".join(found)


def run(page: str, *names: str) -> dict[str, Any]:
    """What the blocks define."""
    code = "\n\n".join(blocks(page, name) for name in names)
    defined: dict[str, Any] = {"__name__": "shown"}
    exec(compile(code, f"docs/how-to/{page}", "exec", dont_inherit=True), defined)
    return defined


# --- a command --------------------------------------------------------------------------------------------

COPIED = ("chatd", "chatctl", "docs", "tests", "schema.sql", "pyproject.toml", "SECURITY.md")
ASKED = (
    "tests/contract/test_tables.py",
    "tests/contract/test_http_column.py",
    "tests/domain/test_matrix.py",
    "tests/e2e/test_every_event.py",
)
OF_THE_ROW = "color or not ["  # the other rows are as they were
EDIT = re.compile(r"<!-- in (\S+) -->\n```diff\n(.*?)```", re.DOTALL)
MOST_FILES = 6


def follow(page: str, copy: Path) -> set[str]:
    """Does what the page says to a copy of the repository; gives the files that it touched."""
    edits = EDIT.findall((PAGES / page).read_text())
    for file, diff in edits:
        lines, text = diff.splitlines(keepends=True), (copy / file).read_text()
        old = "".join(line[1:] for line in lines if line.startswith(" "))
        assert text.count(old) == 1, f"{old!r} is not one place in {file}"
        (copy / file).write_text(text.replace(old, "".join(line[1:] for line in lines)))
    return {file for file, _ in edits}


def test_whoever_follows_the_page_has_added_a_command(tmp_path: Path) -> None:
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    assert 0 < len(follow("add-a-command.md", tmp_path)) <= MOST_FILES
    how = {"cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": str(tmp_path)}, "text": True}
    subprocess.run([sys.executable, "docs/reference.py"], check=True, timeout=240, **how)
    reference = (tmp_path / "docs" / "reference" / "commands-and-queries.md").read_text()
    assert "room.set_color" in reference
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", OF_THE_ROW, *ASKED]
    tested = subprocess.run(command, capture_output=True, timeout=240, **how)
    assert tested.returncode == 0, tested.stdout[-3000:]


# --- a view -----------------------------------------------------------------------------------------------


@pytest.fixture
def village() -> Iterator[Village]:
    yield from new_village()


@pytest.mark.parametrize(
    "test", ["test_posts_are_counted_by_room_and_day", "test_a_view_that_is_built_again_says_the_same"]
)
def test_the_tests_of_the_shown_view_pass(village: Village, test: str) -> None:
    run("add-a-view.md", "view", "test")[test](village)


# --- a client -----------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "chat-data").start()
    yield server
    server.kill()


class Team:
    """Ada, who signs in with a password, her space `team` and in it the room `general`."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.shown = run("write-a-client.md", "client")
        self.chatctl("account", "create", "ada", "--password-stdin", typed=PASSWORD)
        self.chatctl("space", "create", "team", "--owner", "ada")
        self.chatctl("room", "create", "general", "--space", "team")
        self.token = self.shown["sign_in"](server.websocket, "ada", PASSWORD)["access_token"]
        self.enter(self.token)
        [self.room] = [room["id"] for room in json.loads(self.chatctl("--json", "room", "list"))]

    def chatctl(self, *words: str, typed: str | None = None) -> str:
        where = () if words[0] == "--url" else ("--data", str(self.server.data))
        command = [sys.executable, "-m", "chatctl.cli", *where, *words]
        done = subprocess.run(command, input=typed, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def enter(self, token: str) -> None:
        self.chatctl("--url", self.url, "--token", token, "room", "join", "general")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def client(self) -> Any:
        return self.shown["Client"](self.server.websocket, self.token, self.room)

    def connect(self) -> Any:
        return self.shown["connect"](self.server.websocket, subprotocols=["chatd.v1.json"])


@pytest.fixture
def team(server: Server) -> Team:
    return Team(server)


def test_the_shown_client_reads_posts_once_and_resumes(team: Team) -> None:
    post, client = team.shown["post"], team.client()
    with team.connect() as socket:
        link = client.open(socket)
        seq = post(link, team.room, "first", "n1")
        assert next(event for event in client.hear(link) if event["seq"] == seq)["data"]["nonce"] == "n1"
    with team.connect() as socket:
        link = team.client().open(socket)
        assert post(link, team.room, "first", "n1") == seq
        missed = post(link, team.room, "missed", "n2")
    with team.connect() as socket:
        link = client.open(socket)
        assert next(client.hear(link))["seq"] == missed
        with pytest.raises(team.shown["Refused"]) as refused:
            post(link, "nowhere", "hello", "n3")
        assert refused.value.code == "not_found"
    assert client.room.texts == {seq: "first", missed: "missed"}
