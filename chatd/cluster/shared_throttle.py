"""A name's wrong passwords are counted in one place, whatever node they were tried on: on the name's owner.

When another node comes to own the name, its counters begin anew, as after a restart.
"""

from __future__ import annotations

import secrets
from functools import partial
from typing import Annotated, Final, Literal

from cachetools import LRUCache
from msgspec import Meta, Struct

from chatd.auth.login_throttle import WRONG, Attempt, LoginThrottle
from chatd.auth.rate_limits import too_often
from chatd.cluster.complaints import Complaints
from chatd.cluster.net import Net
from chatd.cluster.node_message import NodeMessage, encode
from chatd.cluster.owners import Owners
from chatd.contract.errors import Refusal

ASK, ENDED = "brake", "brake-ended"  # as nodes of older versions have it
SECONDS: Final = 2.0  # for the answer of the owner
OPEN: Final = 10_000  # attempts of other nodes, of which the end may still be told
Short = Annotated[str, Meta(max_length=1024)]
How = Literal["void", "right"]


class _Guess(Struct, frozen=True, array_like=True):
    key: Short
    address: Short


class _Counted(Struct, frozen=True, array_like=True):
    """`wait`: seconds until the next attempt is allowed; 0: this one is counted, as `id`."""

    id: Short
    wait: float = 0.0


class _Ended(Struct, frozen=True, array_like=True):
    id: Short
    how: How


_GUESS: Final = NodeMessage(_Guess)
_COUNTED: Final = NodeMessage(_Counted)
_ENDED: Final = NodeMessage(_Ended)


class AttemptElsewhere(Attempt):
    """That it was wrong need not be told: it is counted as that."""

    def __init__(self, throttle: SharedThrottle, node: str, id_: str) -> None:
        super().__init__()
        self._tell = partial(throttle.end, node, id_)
        self._over = False

    def void(self) -> None:
        self._end("void")

    def right(self) -> None:
        self._end("right")

    def _end(self, how: How) -> None:
        if not self._over:
            self._over = True
            self._tell(how)


class SharedThrottle:
    def __init__(self, net: Net, owners: Owners, throttle: LoginThrottle) -> None:
        self._net = net
        self._owners = owners
        self._throttle = throttle
        self._open: LRUCache[str, Attempt] = LRUCache(OPEN)
        self._complaints = Complaints()
        net.answer(f"{ASK}.{net.node}", self._asked)
        net.listen(f"{ENDED}.{net.node}", self._heard)
        throttle.elsewhere = self._ask

    async def _ask(self, key: str, address: str) -> Attempt | Refusal | None:
        owner = self._owners.owner(f"{ASK}/{key}")
        if owner is None:
            return None
        node = owner[0]
        guess = encode(_Guess(key, address))
        found = await _COUNTED.ask(self._net, f"{ASK}.{node}", guess, SECONDS, self._complaints)
        if found is None:
            return None
        return too_often(found.wait, WRONG) if found.wait else AttemptElsewhere(self, node, found.id)

    def end(self, node: str, id_: str, how: How) -> None:
        self._net.publish(f"{ENDED}.{node}", encode(_Ended(id_, how)))

    async def _asked(self, data: bytes) -> bytes:
        if (guess := _GUESS.read(data, self._complaints)) is None:
            return b""
        attempt = self._throttle.guess(guess.key, guess.address)
        if isinstance(attempt, Refusal):
            return encode(_Counted("", (attempt.data or {})["retry_after"]))
        id_ = secrets.token_hex(8)
        self._open[id_] = attempt
        return encode(_Counted(id_))

    def _heard(self, data: bytes) -> None:
        if (ended := _ENDED.read(data, self._complaints)) is None:
            return
        attempt = self._open.pop(ended.id, None)
        if attempt is not None:
            attempt.right() if ended.how == "right" else attempt.void()
