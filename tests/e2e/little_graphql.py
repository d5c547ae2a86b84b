"""A chatd in which GraphQL has a millisecond of the processor in 15 minutes: who asks once more waits."""

from __future__ import annotations

from chatd.cli import main
from chatd.gateway.graphql import budget
from chatd.settings import Rate

PROGRAM = (__file__,)

if __name__ == "__main__":
    budget.RATE = Rate(0.001, 1)  # type: ignore[misc]
    main()
