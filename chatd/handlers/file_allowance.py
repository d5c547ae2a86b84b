"""How much a caller may upload: the size of a file, and what the quotas leave."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.auth.quotas import DailyUsage
from chatd.contract.errors import Refusal
from chatd.contract.quota import Quotas
from chatd.ports import Caller, Condition, Reader, StoredBytesBelow

OPERATOR_UPLOADS_NOTHING: Final = Refusal(
    "forbidden", "an operator has no account to upload as; use the token of an account (--url, --token)"
)


class FileAllowance(msgspec.Struct, frozen=True, eq=False):
    """`largest`: bytes of one file. The quotas count bots with their owner; None: there are none. They do not
    bind an operator, who uploads for somebody else."""

    reader: Reader
    daily: DailyUsage
    quotas: Quotas | None
    largest: int

    async def bytes(self, caller: Caller) -> int:
        """How many bytes the caller's next file may have. Raises StoreUnavailable."""
        if caller.account is None or (not caller.operator and self.daily.refuse_upload(caller)):
            return 0
        if self.quotas is None or caller.operator:
            return self.largest
        return max(0, min(self.largest, self.quotas.stored_bytes - await self.stored(caller)))

    async def refusal(self, caller: Caller, size: int) -> Refusal | None:
        """Why the caller may not upload so many bytes. Raises StoreUnavailable."""
        if caller.account is None:
            return OPERATOR_UPLOADS_NOTHING
        if size > self.largest:
            return Refusal("too_large", f"a file has at most {_size(self.largest)}")
        if caller.operator:
            return None
        if refusal := self.daily.refuse_upload(caller):
            return refusal
        if self.quotas is not None and await self.stored(caller) + size > self.quotas.stored_bytes:
            return self.full()
        return None

    def full(self) -> Refusal:
        most = 0 if self.quotas is None else self.quotas.stored_bytes
        return Refusal(
            "too_large",
            f"your files would have more than the {_size(most)} that an account may store; delete some first"
            " (file.list, file.delete)",
        )

    def conditions(self, caller: Caller, size: int) -> tuple[Condition, ...]:
        """What must be so when the file is written: other uploads may have come first."""
        if self.quotas is None or caller.operator:
            return ()
        return (StoredBytesBelow(_person(caller), self.quotas.stored_bytes - size),)

    async def stored(self, caller: Caller) -> int:
        """Bytes of all files of the caller and its bots, or of its owner and its bots."""
        return await self.reader.stored_bytes(_person(caller))


def _person(caller: Caller) -> str:
    return caller.owner or caller.by


def _size(size: int) -> str:
    for unit, each in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if size >= each:
            return f"{size / each:.4g} {unit}"
    return f"{size} bytes"
