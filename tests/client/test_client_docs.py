"""What docs/client.md shows and lists is true."""

from __future__ import annotations

import re
from pathlib import Path

import chatd.client
from chatd.client.wire import request_frame
from chatd.contract.requests import REQUESTS

PAGE = (Path(__file__).parents[2] / "docs" / "client.md").read_text()


def first_block(language: str) -> str:
    match = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert match is not None
    return match[1]


def test_the_bot_is_as_short_as_the_page_says():
    lines = [line for line in first_block("python").splitlines() if line.strip()]
    assert "A bot in 20 lines" in PAGE
    assert len(lines) <= 20


def test_every_method_and_exception_is_on_the_page():
    methods = [name for name in vars(chatd.client.Client) if not name.startswith("_")]
    missing = [name for name in [*methods, *chatd.client.__all__] if f"`{name}" not in PAGE]
    assert not missing


def test_the_library_asks_for_everything_as_the_command_or_query_that_it_is():
    for row in REQUESTS.values():
        assert request_frame(1, row.name, {}) == {"id": 1, row.kind: row.name, "data": {}}
