"""Runs a script of Node that uses the browser client in chromium, and gives what it saw.

A script stands in `node/` beside this module and begins with `scenario` of `harness.cjs`. The test starts
a server with `serving`, and makes there the accounts and rooms that the script needs.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import built
import npm
import pytest
from e2e.serving import Server
from e2e.town import Account, Town

NODE = Path(__file__).parent / "node"
SECONDS = 240  # a scenario's; the deadline of a test is later
PICTURES = os.environ.get("CHATD_TEST_PICTURES")  # a folder in which pictures of the pages are kept
USUAL = re.compile("dbus|scaling_(cur|max)_freq")  # what the browser always misses here, and does without
LAST_LINES = 12
CALM: dict[str, list[str]] = {"errors": [], "reports": [], "foreign": []}


def needs_browser() -> None:
    """Skips the test without chromium or a built client; in CI that is a failure."""
    built.client()
    needs_chromium()


def needs_chromium() -> None:
    if shutil.which("chromium") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is missing, and CI must not go without what needs it")
        pytest.skip("chromium is missing")


@contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[Server]:
    """A server whose pages need not be waited for when it stops."""
    needs_browser()
    server = Server(folder / "data", **{"drain_deadline": 0.5, **settings}).start()
    try:
        yield server
        assert server.stop() == 0, server.output()
    finally:
        server.kill()


def drive(script: str, server: Server, folder: Path, **asked: Any) -> Any:
    """What the script `node/<script>.cjs` says that it saw. It gets what is `asked`, an `Account` as an
    object with which the harness can sign in."""
    given = {
        "origin": f"http://127.0.0.1:{server.port}",
        "folder": PICTURES or str(folder),
        "pictures": PICTURES is not None,
        **{name: _plain(value) for name, value in asked.items()},
    }
    log = folder / "browser.log"
    done = subprocess.run(
        ["node", str(NODE / f"{script}.cjs"), json.dumps(given)],
        env={**npm.environment(NODE), "DEBUG": "pw:browser", "DEBUG_FILE": str(log)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{_last_words(log)}"
    return json.loads(done.stdout.splitlines()[-1])


def _last_words(log: Path) -> str:
    """What the browser said last: one that was gone in the middle of a test says by what."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join([line[:300] for line in lines if not USUAL.search(line)][-LAST_LINES:])


def _plain(value: Any) -> Any:
    if isinstance(value, Account):
        return attrs.asdict(value)
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def assert_calm(seen: Any) -> None:
    """No error, no report of the policy, and no request to another host, in any page."""
    assert {name: seen[name] for name in CALM} == CALM


__all__ = ["Account", "Server", "Town", "assert_calm", "drive", "serving"]
