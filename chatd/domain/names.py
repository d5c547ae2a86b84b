"""Names of accounts, and when two of them are the same name."""

from __future__ import annotations

import unicodedata


def name_key(name: str) -> str:
    """The name as it is compared: `Ann`, `ann` and fullwidth `Ａｎｎ` share one key.

    Casefolding can undo normalization and the other way round, so both are done twice, which is
    where it settles (The Unicode Standard, 3.13, D146: compatibility caseless matching).
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded).casefold()
