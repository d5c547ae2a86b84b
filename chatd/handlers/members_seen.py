"""What a guest is told of the owners of its spaces: nothing of an owner with whom it shares no room."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from chatd.domain.event import space_stream
from chatd.ports import MemberReader, Row


async def owner_seen(reader: MemberReader, account: str, owner: str | None) -> str | None:
    """The owner, if the account sees it. Raises StoreUnavailable."""
    if owner is None:
        return None
    return owner if await reader.acquainted(account, [owner]) else None


async def with_owners_seen(
    reader: MemberReader, account: str, guest_in: Collection[str], spaces: Sequence[Row]
) -> list[Row]:
    """`spaces`, without the owners that the account does not see; `guest_in`: streams of those in which it is
    a guest. Raises StoreUnavailable."""
    owners = {row["owner"] for row in spaces if row["owner"] and space_stream(row["id"]) in guest_in}
    if not owners:
        return list(spaces)
    unseen = owners - set(await reader.acquainted(account, sorted(owners)))
    return [
        {**row, "owner": None} if row["owner"] in unseen and space_stream(row["id"]) in guest_in else row
        for row in spaces
    ]
