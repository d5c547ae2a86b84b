"""The connection of a command to its server. Each failure becomes one clear line.

The client library is imported when it is needed, so that help and completion are quick.
"""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import attrs
import rich_click as click

from chatctl.failure import Failed

if TYPE_CHECKING:
    from chatd.client import Client, Disconnected, Refused

ANSWER_SECONDS = 30.0

T = TypeVar("T")


@attrs.frozen
class Connection:
    """How to reach the server. The root command makes one from its options; each command gets it."""

    data: str
    url: str | None
    token: str | None = attrs.field(repr=False)
    json: bool

    def ask(self, request: object, result: type[T], *, seconds: float | None = ANSWER_SECONDS) -> T:
        """The result of one request of the contract; `result` is the type that its row declares."""

        async def work(client: Client) -> T:
            return await client.ask(request, result)

        return self.run(work, seconds=seconds)

    def run(
        self,
        work: Callable[[Client], Awaitable[T]],
        *,
        seconds: float | None = ANSWER_SECONDS,
        patient: bool = False,
    ) -> T:
        """Returns what `work` returns, given a client. `patient`: reconnect instead of giving up.

        Raises Failed, also when `seconds` are over.
        """
        import trio

        from chatd.client import Disconnected, Refused, connect
        from chatd.client.address import parse_address

        async def connected() -> T:
            place = parse_address(self.url) if self.url else Path(self.data, "admin.sock")
            with trio.fail_after(float("inf") if seconds is None else seconds):
                async with connect(place, self.token if self.url else None, patient=patient) as client:
                    return await work(client)

        try:
            return trio.run(connected)
        except Refused as refusal:
            raise Failed(_in_words(refusal)) from refusal
        except Disconnected as error:
            raise Failed(self._unreachable(error)) from error
        except trio.TooSlowError as error:
            raise Failed(f"no answer within {seconds:.0f} seconds; look at the server's log") from error
        except ValueError as error:
            if self.url and "not an address" in str(error):
                raise click.UsageError(str(error)) from error
            raise

    def _unreachable(self, error: Disconnected) -> str:
        if self.url:
            return f"{error}; is the address right, and does chatd run there?"
        cause = error.__cause__.errno if isinstance(error.__cause__, OSError) else None
        if cause in (errno.EACCES, errno.EPERM):
            return f"{self.data}/admin.sock may not be opened; run chatctl as the user that runs chatd"
        if cause in (errno.ENOENT, errno.ECONNREFUSED, errno.ENOTDIR):
            return f"no chatd is running on {self.data}; start it with `chatd serve --data {self.data}`"
        return str(error)


def _in_words(refusal: Refused) -> str:
    match refusal.code:
        case "unauthenticated":
            return f"{refusal.message}; a good token comes from `chatctl account token NAME` on the server"
        case "unavailable" | "overloaded":
            # most refusals say after a semicolon what to do
            return refusal.message if ";" in refusal.message else f"{refusal.message}; try again shortly"
        case "internal":
            return f"{refusal.message}; the server's log says more"
    return refusal.message
