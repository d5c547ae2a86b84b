"""All that is an account's own, in pages."""

from __future__ import annotations

from typing import Final, Protocol

from msgspec import Struct

from chatd.contract.fields import ExportKind
from chatd.ports.rows import Row


class ExportPlace(Struct, frozen=True):
    """Where an export stands: the section, and in it the key of the last item that was given."""

    kind: str
    a: str
    b: int
    c: str


START: Final = ExportPlace("", "", -1, "")  # before the first item
# the sections of an export, in their order
EXPORTED: Final[tuple[ExportKind, ...]] = (
    *("account", "name", "device", "push", "identity", "bot", "membership", "preferences", "subscription"),
    *("block", "direct"),
    *("read", "bookmark", "draft", "scheduled", "report", "invite", "message", "reaction", "file"),
)


class Exported(Struct, frozen=True):
    """Something that is an account's own."""

    kind: ExportKind
    data: Row


class ExportReader(Protocol):
    async def export(
        self, account: str, after: ExportPlace, limit: int
    ) -> list[tuple[ExportPlace, Exported]]:
        """What is the account's own and comes after a place, each with its place; none at the end. What it
        was notified of is known to the view `notifications`."""
