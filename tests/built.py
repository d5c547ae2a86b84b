"""The browser client as `make web` built it, for tests that need it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chatd.gateway.http import web_client

SAID = "the browser client is not built (make web)"


def client() -> Path:
    """Its folder. Skips the test without a build; in CI that is a failure."""
    if not (web_client.FOLDER / "index.html").exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{SAID}, and CI must not go without what needs it")
        pytest.skip(SAID)
    return web_client.FOLDER
