"""Starts a standby: reads the token, and refuses what would give it away."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import trio

from chatd.concurrency.first_error import first_error
from chatd.gateway.net.listener import CannotListen
from chatd.log import log
from chatd.ports import StoreError
from chatd.settings import is_loopback
from chatd.shortage import shortage
from chatd.standby.follower import follow
from chatd.standby.source import Refused
from chatd.store.ops import ownership
from chatd.store.ops.data_folder import DATABASE

VARIABLE: Final = "CHATD_TOKEN"


def start(
    url: str,
    token_file: Path | None,
    folder: Path,
    host: str,
    port: int,
    plain: bool,
    announce: Callable[[str], None],
) -> str | None:
    """Follows until it is told to stop. Why it cannot, or could not go on; None when it was stopped."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or "@" in parts.netloc:
        return f"{url} is no address such as https://chat.example.org"
    if parts.scheme == "http" and not is_loopback(url) and not plain:
        return f"{url} is not encrypted; use https://, or in a network of yours --plain"
    try:
        token = os.environ.get(VARIABLE, "") if token_file is None else token_file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text"
        return f"{token_file} cannot be read: {said}"
    if not token:
        return f"give the token of an admin of that server in {VARIABLE}, or in a file with --token-file"
    problem: BaseException | None = None
    try:
        # as root, not as the owner, who may not be able to load what is loaded late
        with ownership.given(folder):
            if (warning := ownership.warning(folder)) is not None:
                log.warning("data_folder_of_another", problem=warning)
            trio.run(follow, url, token, folder, host, port, announce)
    except* (StoreError, CannotListen, Refused, OSError, sqlite3.Error) as errors:
        problem = first_error(errors)
    except* (MemoryError, RuntimeError) as errors:
        if shortage(errors) is None:
            raise
        problem = first_error(errors)
    if isinstance(problem, sqlite3.Error):
        return f"{folder / DATABASE} cannot be used: {problem}"
    return None if problem is None else shortage(problem) or str(problem)
