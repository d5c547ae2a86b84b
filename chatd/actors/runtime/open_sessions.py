"""How many sessions each account has open, and the most that one may have."""

from __future__ import annotations

from collections import Counter

from chatd.contract.errors import Refusal


class OpenSessions:
    """`most`: of one account; None: any number."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    def of(self, account: str) -> int:
        return self._open[account]

    def enter(self, account: str) -> Refusal | None:
        """Counts one more, or says why there cannot be one."""
        if self._most is not None and self._open[account] >= self._most:
            return Refusal(
                "overloaded",
                f"this account has {self._most} sessions open, and no more are allowed; end some first",
            )
        self._open[account] += 1
        return None

    def leave(self, account: str) -> None:
        """One of them has ended."""
        self._open[account] -= 1
        if not self._open[account]:
            del self._open[account]
