"""Writes `chatctl/imports/emoji_names.txt`: which emoji the names mean that other chats write for them.

`python web/emoji_names.py` after a new version of emojibase-data (in `node_modules`), whose names these are.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from chatd.domain.emoji import qualified

HERE = Path(__file__).resolve().parent
DATA = HERE / "node_modules" / "emojibase-data"
NAMES = HERE.parent / "chatctl" / "imports" / "emoji_names.txt"
# Those that most chats have, and those of Rocket.Chat and others beyond them. Where two sets use one name for
# different emoji, the earlier is right.
USUAL, OTHER = ("iamcal", "github"), ("joypixels",)
TONED = re.compile(r"_tone\d|^regional_indicator_")


def emoji_names() -> str:
    version = read("package.json")["version"]
    emoji = {one["hexcode"]: qualified(one["unicode"]) for one in read("en/compact.json") if "group" in one}
    taken: set[str] = set()
    usual, other = named(USUAL, emoji, taken), named(OTHER, emoji, taken)
    lines = [
        " ".join([one, *usual.get(one, []), *([";", *other[one]] if one in other else [])])
        for one in emoji.values()
        if one in usual or one in other
    ]
    return "\n".join([f"# from emojibase-data {version}, MIT licence, (c) Miles Johnson", *lines, ""])


def named(sets: tuple[str, ...], emoji: dict[str, str], taken: set[str]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for one in sets:
        for code, found in read(f"en/shortcodes/{one}.json").items():
            for name in [found] if isinstance(found, str) else found:
                if code in emoji and name not in taken and not TONED.search(name):
                    names.setdefault(emoji[code], []).append(name)
                    taken.add(name)
    return names


def read(name: str) -> Any:
    return json.loads((DATA / name).read_text())


if __name__ == "__main__":
    NAMES.write_text(emoji_names())
