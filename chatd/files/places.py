"""Places for uploads under way: how many an account, and everybody together, may have at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from chatd.contract.errors import Refusal

OF_PERSON: Final = 8  # an account with its bots
OF_ALL: Final = 128
TOO_MANY_OF_PERSON: Final = Refusal(
    "overloaded",
    f"{OF_PERSON} uploads of your account are under way, and no more at once are allowed; wait until one has"
    " ended",
)
TOO_MANY: Final = Refusal("overloaded", "too many uploads are under way; try again in a moment")


class UploadPlaces:
    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextmanager
    def place(self, person: str) -> Iterator[Refusal | None]:
        """Why there is none; or none is refused, and one is taken meanwhile."""
        if self._taken[person] >= OF_PERSON:
            yield TOO_MANY_OF_PERSON
            return
        if self._taken.total() >= OF_ALL:
            yield TOO_MANY
            return
        self._taken[person] += 1
        try:
            yield None
        finally:
            self._taken[person] -= 1
            self._taken += Counter()  # forgets who has none
