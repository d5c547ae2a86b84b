"""What a search text asks for. It is never handed to FTS5 as it is: it is read here, and what FTS5 gets is
made of folded words, which hold no character that means something to it.

- Words stand side by side: all of them must be in the message.
- `"…"` is a phrase: these words, in this order, with nothing but punctuation between them. What is written
  together, as `don't`, `a@b.org` or a run of Chinese characters, is a phrase too.
- `wor*` is every word that begins so. The last word of the text is taken for such a beginning as well, as
  long as nothing follows it, since its writer may be about to go on. One letter is too little for both.
- A quotation mark within a word, as in Hebrew abbreviations or behind a number of inches, quotes nothing.
- `-word` and `-"…"` must not be in the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from chatd.contract.errors import Refusal
from chatd.views.tokenizer import SEPARATOR, WORD_CHARACTER, fold

MOST_CLAUSES: Final = 20
LEAST_BEGINNING: Final = 2  # characters

NOTHING: Final = Refusal("invalid", "text: there is no word in it to search for")
ONLY_EXCLUDED: Final = Refusal("invalid", "text: say at least one word that the messages have, without -")
TOO_MANY: Final = Refusal("invalid", f"text: at most {MOST_CLAUSES} words and phrases")

_QUOTES: Final = str.maketrans("“”„‟«»＂", '"""""""')
_PIECE: Final = re.compile(r'(?P<not>-?)"(?P<phrase>[^"]*)"?(?P<begins>\*?)|(?P<word>[^\s"]\S*)')


class Clause(msgspec.Struct, frozen=True):
    """Folded words in a row; with `begins`, the last one may go on."""

    words: tuple[str, ...]
    begins: bool = False

    def match(self) -> str:
        """The clause as FTS5 reads it."""
        return f'"{" ".join(self.words)}"' + (" *" if self.begins else "")

    def pattern(self) -> re.Pattern[str]:
        """The clause as `Reading.find` looks for it."""
        end = "" if self.begins else f"(?!{WORD_CHARACTER})"
        rest = f"{WORD_CHARACTER}*" if self.begins else ""
        return re.compile(f"{SEPARATOR}+".join(map(re.escape, self.words)) + rest + end)


class Wanted(msgspec.Struct, frozen=True):
    """What must be in a message, and what must not."""

    clauses: tuple[Clause, ...] = ()
    excluded: tuple[Clause, ...] = ()

    def patterns(self) -> list[re.Pattern[str]]:
        return [clause.pattern() for clause in self.clauses]

    def match(self, *tags: str) -> str | None:
        """The expression for FTS5, None when there is nothing that must be there. `tags` are expressions
        that must hold as well."""
        needed = [*tags, *(clause.match() for clause in self.clauses)]
        if not needed:
            return None
        found = " AND ".join(needed)
        if not self.excluded:
            return found
        return f"({found}) NOT ({' OR '.join(clause.match() for clause in self.excluded)})"


def parse_query(text: str) -> Wanted | Refusal:
    clauses: dict[Clause, None] = {}
    excluded: dict[Clause, None] = {}
    for clause, without in _clauses(text.translate(_QUOTES)):
        (excluded if without else clauses)[clause] = None
    if len(clauses) + len(excluded) > MOST_CLAUSES:
        return TOO_MANY
    if not clauses:
        return ONLY_EXCLUDED if excluded else NOTHING
    return Wanted(tuple(clauses), tuple(excluded))


def _clauses(text: str) -> Iterator[tuple[Clause, bool]]:
    """Each clause, and whether it is excluded."""
    for piece in _PIECE.finditer(text):
        said = piece["word"]
        if said is None:
            words, without = fold(piece["phrase"]).split(), bool(piece["not"])
            begins = bool(piece["begins"])
        else:
            without = said[0] == "-" and fold(said[1:2]) != ""
            words = fold(said).split()
            begins = said[-1] == "*" or (piece.end() == len(text) and not without)
        if words:
            yield Clause(tuple(words), begins and len(words[-1]) >= LEAST_BEGINNING), without
