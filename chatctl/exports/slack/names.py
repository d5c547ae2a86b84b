"""What people, rooms, files and times are called in an export of Slack's shape."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_ID: Final = re.compile(r"[^A-Za-z0-9]+")


def user_id(key: str) -> str:
    return f"U{_ID.sub('', key)}"


def file_id(key: str) -> str:
    return f"F{_ID.sub('', key)}"


def room_id(key: str, direct: bool) -> str:
    return f"{'D' if direct else 'C'}{_ID.sub('', key)}"


def ts(micro: int) -> str:
    return f"{micro // 1_000_000}.{micro % 1_000_000:06d}"


def day(micro: int) -> str:
    return datetime.fromtimestamp(micro // 1_000_000, UTC).strftime("%Y-%m-%d")
