"""Who is signed in where: tokens by address, in `$XDG_CONFIG_HOME/chatctl/tokens.json`, mode 0600.

`chatctl sign-in` writes it, every command with `--url` and no token reads it, a refresh replaces a pair.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatctl.failure import Failed

if TYPE_CHECKING:
    from chatd.client import Tokens

Saved = dict[str, Any]


def tokens_file() -> Path:
    """Where the XDG base directory specification puts it; that ignores paths that are not absolute."""
    base = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".config") / "chatctl" / "tokens.json"


def load_tokens(url: str) -> Tokens | None:
    """The tokens of whoever is signed in at this address. Raises Failed when the file makes no sense."""
    from chatd.client import Tokens

    found = _read().get(_key(url))
    if found is None:
        return None
    left = max(0.0, found["expires_at"] - time.time())
    return Tokens(found["access_token"], found["refresh_token"], left, found["account"])


def save_tokens(url: str, tokens: Tokens) -> None:
    with _changing() as saved:
        saved[_key(url)] = {
            "account": tokens.account,
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
            "expires_at": int(time.time() + (tokens.expires_in or 0)),
        }


def forget_tokens(url: str) -> None:
    with _changing() as saved:
        saved.pop(_key(url), None)


def _key(url: str) -> str:
    """One key for an address, however it is written. Raises ValueError for what is none."""
    from chatd.client.address import parse_address

    address = parse_address(url)
    return f"{address}{address.path.removesuffix('/ws')}"


def _read() -> dict[str, Saved]:
    file = tokens_file()
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
        fields = ("account", "access_token", "refresh_token", "expires_at")
        if all(field in tokens for tokens in saved.values() for field in fields):
            return dict(saved)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise Failed(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, AttributeError, TypeError):
        pass
    raise Failed(f"{file} is damaged; delete it, then sign in again")


@contextmanager
def _changing() -> Generator[dict[str, Saved], None, None]:
    """What is saved, to be changed by one process at a time; the file is replaced as a whole."""
    file = tokens_file()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (file.parent / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            saved = _read()
            yield saved
            _replace(file, json.dumps(saved, indent=2))
    except OSError as error:
        raise Failed(f"{file} cannot be written: {error.strerror}") from error


def _replace(file: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text + "\n")
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise
