"""Code in Markdown-like texts of other chats, which is left as it stands when the rest is changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from chatctl.imports.records import mention

LONGEST: Final = 200_000  # characters of a text that is changed; the chats themselves allow fewer

# A fence to its end or that of the text, and a run of backticks to the next that is as long. None begins
# behind a backslash.
_CODE: Final = re.compile(
    r"(^ {0,3}(```+|~~~+).*?(?:^ {0,3}\2[`~]*[ \t]*$|\Z)"
    r"|\\[\\`]|(?<!`)(`+)(?!`)[^\n]{1,2000}?(?<!`)\3(?!`))",
    re.MULTILINE | re.DOTALL,
)
_AT_NAME: Final = re.compile(r"(?<![\w@/])@([\w][\w.-]{0,63})")


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with `change` of each piece that is no code."""
    if len(text) > LONGEST:
        return text
    parts, at = [], 0
    for code in _CODE.finditer(text):
        parts += [change(text[at : code.start()]), code[0]]
        at = code.end()
    return "".join([*parts, change(text[at:])])


def with_mentions(text: str, key_of: Callable[[str], str | None]) -> str:
    """Mentions for each `@name` that `key_of` knows: the longest such, for a dot may end the name or the
    sentence."""

    def mentioned(found: re.Match[str]) -> str:
        name = known = found[1]
        while known:
            key = key_of(known)
            if key is not None:
                return mention(key) + name[len(known) :]
            shorter = known.rstrip("._-")
            known = shorter if shorter != known else known[: max(known.rfind(sign) for sign in "._-") + 1]
        return f"@{name}"

    return _AT_NAME.sub(mentioned, text) if "@" in text else text
