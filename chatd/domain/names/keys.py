"""Names of accounts: when two are the same name, and when one can be taken for another."""

from __future__ import annotations

import unicodedata
from typing import Final

from chatd.domain.names.confusables import SEEN_AS

# Who is written to with an @, and who stands in the log as `by`: no account is called that.
MEANINGFUL: Final = ("here", "room", "everyone", "system")


def name_key(name: str) -> str:
    """The name as it is compared: `Ann`, `ann` and fullwidth `Ａｎｎ` share one key.

    Casefolding can undo normalization and the other way round, so both are done twice, which is
    where it settles (The Unicode Standard, 3.13, D146: compatibility caseless matching).
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded).casefold()


def skeleton(name: str) -> str:
    """The name as it is seen: Latin `admin` and Cyrillic `аdmin` share one, and so do `lan` and `Ian`.

    After UTS 39, section 4. What a letter looks like depends on its case, which is folded only then. Where
    that table writes `m` as `rn`, here `rn` is `m`.
    """
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name))
    seen = letters.translate(SEEN_AS).casefold()
    return unicodedata.normalize("NFD", seen).replace("rn", "m")


def means_something(name: str) -> bool:
    """Whether a reader could take it for a word that is no account's name."""
    return name_key(name) in MEANINGFUL or skeleton(name) in _MEANINGFUL_LOOKS


_MEANINGFUL_LOOKS: Final = frozenset(skeleton(name) for name in MEANINGFUL)
