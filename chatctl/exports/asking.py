"""Asks the server for the pages of a place, and writes them as lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from chatctl.exports.lines import Place, Writing
from chatctl.output import plain

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.export import ExportRoom, ExportSpace

PAGE: Final = 500  # items


async def write_place(
    client: Client, of: Place, id_: str, into: Writing, told: Callable[[int], None] = lambda _: None
) -> int:
    """Writes what is missing; the number of items in all. `told` hears of it after each page."""
    from chatd.contract.export import PlaceExport

    request = _pages(of, id_)
    count, after = into.standing.items, into.standing.after
    if into.standing.whole:
        return count
    while True:
        page = await client.ask(request(after), PlaceExport)
        if after is None:
            into.write("export", {**into.head, "position": page.position})
        for item in page.items:
            into.write(item.kind, plain(item.data))
        count, after = count + len(page.items), page.next
        if after is None:
            into.write("end", {"items": count})
        else:
            into.write("page", {"next": after})
        into.out.flush()
        told(count)
        if after is None:
            return count


def _pages(of: Place, id_: str) -> Callable[[str | None], ExportRoom | ExportSpace]:
    from chatd.contract.export import ExportRoom, ExportSpace

    if of == "room":
        return lambda after: ExportRoom(id_, after, PAGE)
    return lambda after: ExportSpace(id_, after, PAGE)
