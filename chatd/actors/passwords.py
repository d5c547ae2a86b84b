"""Password hashing: argon2id with the low-memory profile of RFC 9106, off the loop, two at a time.

One verification costs about 64 MiB and a tenth of a second, so how many run and how many wait are both
bounded. An unknown account costs the same as a wrong password: a hash is verified either way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import argon2
import trio

T = TypeVar("T")

AT_ONCE: Final = 2
WAITING: Final = 64


class Overloaded(Exception):
    """Too many passwords are waiting to be checked."""


class Passwords:
    def __init__(self) -> None:
        self._hasher = argon2.PasswordHasher.from_parameters(argon2.profiles.RFC_9106_LOW_MEMORY)
        self._threads = trio.CapacityLimiter(AT_ONCE)
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """The PHC string of a new hash. Raises Overloaded."""
        return await self._in_thread(self._hasher.hash, password)

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether this is the password; never for None, which takes as long. Raises Overloaded."""
        if password_hash is None:
            await self._in_thread(self._verify, await self._some_hash(), password)
            return False
        return await self._in_thread(self._verify, password_hash, password)

    async def _some_hash(self) -> str:
        if self._decoy is None:
            self._decoy = await self._in_thread(self._hasher.hash, "nobody's password")
        return self._decoy

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False

    async def _in_thread(self, work: Callable[..., T], *args: str) -> T:
        if self._threads.statistics().tasks_waiting >= WAITING:
            raise Overloaded
        return await trio.to_thread.run_sync(work, *args, limiter=self._threads)
