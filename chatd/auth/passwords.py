"""Password hashing: argon2id with the low-memory profile of RFC 9106, off the loop, two at a time.

One verification costs about 64 MiB and a tenth of a second, so how many run and how many wait are both
bounded, and who waits is served in turns (`chatd.concurrency.fair_queue`): no address keeps the others
from signing in.
An unknown account costs the same as a wrong password: a hash is verified either way.

zxcvbn estimates how easily a password is guessed. It is loaded with the first password, because its
dictionaries take 14 MiB. Its time grows steeply with the length, so it gets the two ends of a long password,
and one strong end is enough.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import argon2
import trio

from chatd.concurrency.fair_queue import FairQueue, Share, ShareFull

T = TypeVar("T")

ESTIMATED: Final = 20  # characters at either end of a password
GOOD_SCORE: Final = 2  # of zxcvbn's 0 to 4: more than a million guesses
AT_ONCE: Final = 2
SHARE: Final = Share(waiting_account=8, waiting_address=64, waiting=512)
WEAK_ADVICE: Final = "Add another word or two. Uncommon words are better."


def prepared(password: str) -> str:
    """The password as it is hashed, after the OpaqueString profile (RFC 8265, 4.2): one system composes
    an accent, another does not, and a Japanese keyboard has a space of its own."""
    spaces = "".join(" " if unicodedata.category(letter) == "Zs" else letter for letter in password)
    return unicodedata.normalize("NFC", spaces)


class Overloaded(Exception):
    """Too many passwords are waiting to be checked, of one account or address, or of everybody."""


class Passwords:
    def __init__(self) -> None:
        self._hasher = argon2.PasswordHasher.from_parameters(argon2.profiles.RFC_9106_LOW_MEMORY)
        self._turns = FairQueue(AT_ONCE, SHARE)
        self._threads = trio.CapacityLimiter(AT_ONCE)  # apart from those that others of the process use
        self._decoy: str | None = None
        self._estimator_lock = threading.Lock()

    async def weakness(self, password: str, about: Sequence[str] = ()) -> str | None:
        """Why this password is easily guessed and what would be better; None if it is strong enough. `about`:
        words that a guesser would try, such as the name. Raises Overloaded."""
        return await self._in_thread(self._estimate, password, *about)

    async def hash(self, password: str) -> str:
        """The PHC string of a new hash. Raises Overloaded."""
        return await self._in_thread(self._hasher.hash, prepared(password))

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether this is the password; False for None, after the same time. Raises Overloaded."""
        if password_hash is None:
            await self._in_thread(self._verify, await self._some_hash(), prepared(password))
            return False
        return await self._in_thread(self._verify, password_hash, prepared(password))

    async def _some_hash(self) -> str:
        if self._decoy is None:
            self._decoy = await self._in_thread(self._hasher.hash, "nobody's password")
        return self._decoy

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False

    def _estimate(self, password: str, *about: str) -> str | None:
        from zxcvbn import zxcvbn

        problem = None
        for part in dict.fromkeys((password[:ESTIMATED], password[-ESTIMATED:])):
            with self._estimator_lock:  # zxcvbn keeps `user_inputs` in a module global
                found = zxcvbn(part, user_inputs=list(about))
            if found["score"] >= GOOD_SCORE:
                return None
            feedback = found["feedback"]
            problem = problem or " ".join(filter(None, (feedback["warning"], *feedback["suggestions"])))
        return problem or WEAK_ADVICE

    async def _in_thread(self, work: Callable[..., T], *args: str) -> T:
        try:
            async with self._turns.place():
                return await trio.to_thread.run_sync(work, *args, limiter=self._threads)
        except ShareFull:
            raise Overloaded from None
