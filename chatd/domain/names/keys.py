"""Keys of names: when two names are equal, and when they look alike."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from chatd.contract.shown import plain
from chatd.domain.names.confusables import PROTOTYPES

# Group mentions and the log's own author: no account may have these names.
RESERVED_NAMES: Final = ("here", "room", "everyone", "system")
_DOTTED: Final = re.compile("([ij])\u0307+")


def as_read(name: str) -> str:
    """The name of an account without the white space around it, which telephones' keyboards put there."""
    return name.strip()


def name_key(name: str) -> str:
    """The key for comparing names: `Ann`, `ann` and fullwidth `Ａｎｎ` have the same key.

    Casefolding can undo normalization and the reverse, so both are applied twice; after that nothing
    changes (The Unicode Standard, 3.13, D146: compatibility caseless matching).
    """
    if name.isascii():
        return name.lower()
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded).casefold()


def skeleton(name: str) -> str:
    """The key for look-alikes: Latin `admin` and Cyrillic `аdmin` have the same, as do `lan` and `Ian`.

    After UTS 39, section 4. The look of a letter depends on its case, so case is folded afterwards. Where
    that table writes `m` as `rn`, here `rn` is `m`. A dot over an `i` or a `j` makes no difference.
    """
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name))
    prototypes = letters.translate(PROTOTYPES).casefold()
    return _DOTTED.sub(r"\1", unicodedata.normalize("NFD", prototypes)).replace("rn", "m")


def shown_keys(name: str) -> tuple[str, str]:
    """The keys of a name that people are shown, of a room, a space or a person: the one by which it is equal
    to another, the one by which it looks like it. What nobody sees makes no difference."""
    return name_key(plain(name)), skeleton(plain(name))


def is_reserved(name: str) -> bool:
    """Whether the name equals a reserved name or looks like one."""
    return name_key(name) in RESERVED_NAMES or skeleton(name) in _RESERVED_SKELETONS


_RESERVED_SKELETONS: Final = frozenset(skeleton(name) for name in RESERVED_NAMES)
