"""All dialects, and which one a file has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chatctl.imports.irc.bracketed import TEXTUAL, ZNC
from chatctl.imports.irc.irssi import IRSSI
from chatctl.imports.irc.lines import Dialect
from chatctl.imports.irc.supybot import SUPYBOT
from chatctl.imports.irc.weechat import WEECHAT

DIALECTS: Final = (IRSSI, WEECHAT, ZNC, SUPYBOT, TEXTUAL)


def dialect_of(lines: Sequence[str]) -> Dialect | None:
    """Of the file that begins with these lines; None if most of them are of no dialect."""
    written = [line for line in lines if line.strip()]
    counted = [(sum(1 for line in written if each.head.match(line)), each) for each in DIALECTS]
    most, best = max(counted, key=lambda pair: pair[0])
    return best if most * 2 > len(written) else None
