"""Every shell block of every page is run as it stands, in one shell for each page, in order."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatd.settings import loading

from .blocks import PAGES, ROOT, RUNNERS, Block, blocks, typed_pages
from .chatctl_loaded import Commands
from .reader import Reader

README = ROOT / "README.md"
CLIENT, BOT = ROOT / "docs" / "client.md", ROOT / "docs" / "how-to" / "write-a-bot.md"
OWN_TESTS = {  # the last two go on in the second terminal of the tour
    README,
    CLIENT,
    BOT,
}


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """chatctl, which the pages run two hundred times."""
    commands = Commands(tmp_path_factory.mktemp("commands") / "bin")
    yield commands.folder
    commands.end()


def new_reader(folder: Path, commands: Path) -> Iterator[Reader]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder.mkdir()
    reader = Reader(folder, port, commands)
    yield reader
    reader.end()


@pytest.fixture
def reader(tmp_path: Path, commands: Path) -> Iterator[Reader]:
    yield from new_reader(tmp_path / "chatd", commands)


@pytest.fixture(scope="module")
def tourist(tmp_path_factory: pytest.TempPathFactory, commands: Path) -> Iterator[Reader]:
    """Of the README, and of the pages that go on in the second terminal of its tour."""
    yield from new_reader(tmp_path_factory.mktemp("tour") / "chatd", commands)


@pytest.fixture(scope="module")
def tour(tourist: Reader) -> dict[Block, str]:
    return read(README, tourist)


@pytest.fixture
def second_terminal(tourist: Reader, tour: dict[Block, str]) -> Iterator[Reader]:
    yield tourist
    tourist.type("unset CHATD_URL CHATD_TOKEN\n")


def read(page: Path, reader: Reader) -> dict[Block, str]:
    """Follows the whole page; gives what each block printed."""
    return {block: reader.follow(block) for block in blocks(page)}


def test_every_shell_block_has_somebody_who_runs_it() -> None:
    unknown = [block.place for page in PAGES for block in blocks(page) if block.runner not in RUNNERS]
    assert not unknown
    machines = [page for page in PAGES if any(block.runner == "machine" for block in blocks(page))]
    typed = [block for page in machines for block in blocks(page) if block.typed]
    assert not [block.place for block in typed if not block.runner.endswith("machine")], (
        "mark it `<!-- run: machine -->`"
    )
    marked = [block for page in PAGES for block in blocks(page) if block.runner and not block.typed]
    assert not [block.place for block in marked]
    assert {page for page in typed_pages() if "```sh" in page.read_text()} >= OWN_TESTS


def test_every_comment_that_names_a_runner_stands_before_a_block() -> None:
    for page in PAGES:
        named = len(re.findall(r"^<!-- run: ", page.read_text(), re.MULTILINE))
        assert named == len([block for block in blocks(page) if block.runner or block.file]), page


@pytest.mark.parametrize("page", sorted(set(typed_pages()) - OWN_TESTS), ids=lambda page: page.stem)
def test_what_a_page_shows_works_as_it_is_typed(reader: Reader, page: Path) -> None:
    needed = {block.language for block in blocks(page) if block.runner == "completion"}
    if missing := [shell for shell in needed if shutil.which(shell) is None]:
        pytest.skip(f"not installed: {', '.join(missing)} (.ci/run installs what is missing)")
    reader.start_server()
    read(page, reader)


def test_the_tour_of_the_readme_works_as_it_is_typed(tourist: Reader, tour: dict[Block, str]) -> None:
    said = [line.split("  ")[-1].strip() for line in tourist.said().splitlines()]
    heard = ["ada: Hello, Grace!", "grace: Hello, Ada. Would it survive a crash?", "ada: It did."]
    assert list(dict.fromkeys(line for line in said if line in heard)) == heard
    assert any("all tables agree" in text for text in tour.values())
    results = [line for text in tour.values() for line in text.splitlines() if "'id': 2" in line]
    assert len(results) == 2
    assert results[0] == results[1]


def test_the_bot_of_the_library_answers(second_terminal: Reader) -> None:
    reader = second_terminal
    read(CLIENT, reader)
    reader.type("as_ada message post general '!echo hello 👋'\n")
    reader.wait(lambda: "echo: hello 👋" in reader.type("as_ada message list general\n"), "its answer")


def test_the_shown_bot_greets_who_joins(second_terminal: Reader) -> None:
    reader = second_terminal
    read(BOT, reader)
    reader.type("as_grace room leave general\nas_grace room join general\n")
    reader.wait(lambda: "greeter: Welcome!" in reader.type("as_ada message list general\n"), "its greeting")


def test_every_shown_file_of_settings_is_one(tmp_path: Path) -> None:
    shown = [block for page in PAGES for block in blocks(page) if block.language == "toml"]
    assert len(shown) >= 3
    for block in shown:
        secret = tmp_path / "secret"
        secret.touch()
        config = tmp_path / "chatd.toml"
        config.write_text(re.sub(r"/etc/chatd\S*-secret", str(secret), block.text))
        loading.load(config, {})
