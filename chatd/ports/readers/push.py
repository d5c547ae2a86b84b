"""Devices that are notified by web push, and of what."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class PushReader(Protocol):
    async def any_push(self) -> bool:
        """Whether any device is notified by web push."""

    async def pushes(self, account: str) -> list[Row]:
        """`{device, endpoint, p256dh, auth, at, expires_at}` of the account's devices, the newest first."""

    async def notified(self, after: int, upto: int) -> list[Row]:
        """`{position, at, account, notification, kind, room, seq, thread, by, reason, author, room_name,
        space, space_name, text, files, preview: bool}` of the notifications made after a position, up to
        another one, that an account with such a device should still see, in the order of the log: nothing
        that is quiet, read, deleted or out of its reach, nor from whom it blocks. `seq` is None where the
        kind is `scheduled`; `room_name` is None in a direct room without one and, as
        `space_name`, where the account is not in the room any more; `files` counts."""
