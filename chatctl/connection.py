"""The connection of a command to its server. Each failure becomes one clear line.

The client library is imported when it is needed, so that help and completion are quick.
"""

from __future__ import annotations

import errno
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import attrs
import rich_click as click

from chatctl.failure import OTHER_VERSION, Failed
from chatd.path_kind import is_there
from chatd.shortage import shortage

if TYPE_CHECKING:
    from chatctl.lookup import N
    from chatd.client import Client, Disconnected, Refused, Tokens

ANSWER_SECONDS = 30.0
RECONNECT_SECONDS = 1.5  # the longest wait of who follows before the next try

T = TypeVar("T")


@attrs.frozen
class Connection:
    """How to reach the server. `chatctl.server_options` makes one of the options; each command gets it.

    With `url`: as the account of `token`, or as who has signed in at that address.
    """

    data: str
    url: str | None
    token: str | Tokens | None = attrs.field(repr=False)
    json: bool

    def ask(self, request: object, result: type[T], *, seconds: float | None = ANSWER_SECONDS) -> T:
        """The result of one request of the contract; `result` is the type that its row declares."""
        return self.run(lambda client: client.ask(request, result), seconds=seconds)

    def do(self, request: object) -> None:
        """Asks with a request that has no result."""
        from chatd.contract.spec import Done

        self.ask(request, Done)

    def ask_about(
        self,
        find: Callable[[Client, str], Awaitable[N]],
        wanted: str,
        request: Callable[[str], object],
        result: type[T],
    ) -> tuple[N, T]:
        """Asks with the request for the id of what is found; returns what was found, and the result."""

        async def work(client: Client) -> tuple[N, T]:
            found = await find(client, wanted)
            return found, await client.ask(request(found.id), result)

        return self.run(work)

    def change(
        self, find: Callable[[Client, str], Awaitable[N]], wanted: str, request: Callable[[str], object]
    ) -> N:
        """The same for a request that has no result; returns what was found."""
        from chatd.contract.spec import Done

        return self.ask_about(find, wanted, request, Done)[0]

    def run(
        self,
        work: Callable[[Client], Awaitable[T]],
        *,
        seconds: float | None = ANSWER_SECONDS,
        patient: bool = False,
        on_lost: Callable[[Exception], None] | None = None,
    ) -> T:
        """Returns what `work` returns, given a client. `patient`: reconnect instead of giving up, at once
        when the server is back; `on_lost` is told why that is to be done.

        Raises Failed, also when `seconds` are over.
        """

        async def connected() -> T:
            async with self.client(patient=patient, on_lost=on_lost) as client:
                return await work(client)

        return self._attempt(connected, seconds)

    @asynccontextmanager
    async def client(
        self, *, patient: bool, on_lost: Callable[[Exception], None] | None = None
    ) -> AsyncGenerator[Client, None]:
        """One more client, for who works with several at once. Raises what `connect` raises."""
        from chatd.client import connect

        async with connect(
            self.url or Path(self.data, "admin.sock"),
            self._credentials(),
            patient=patient,
            on_refresh=self._keep,
            on_lost=on_lost,
            newest=self._saved,
            longest_delay=RECONNECT_SECONDS,
        ) as client:
            yield client

    def sign_in(self, name: str, password: str, device: str, code: str | None = None) -> Tokens | None:
        """Tokens for an account; None when the account wants a code, or another one. Raises Failed."""
        from chatd.client import Refused, sign_in

        async def signed_in() -> Tokens | None:
            try:
                return await sign_in(self.url or "", name, password, device=device, code=code)
            except Refused as refusal:
                if refusal.data.get("second_factor"):
                    return None
                raise Failed(refusal.message) from refusal

        return self._attempt(signed_in, ANSWER_SECONDS)

    def signed_in_as(self, tokens: Tokens) -> Connection:
        return attrs.evolve(self, token=tokens)

    def access_token(self) -> str:
        """For requests over plain HTTP: one that is good now. Raises Failed."""
        from chatd.contract.file import FileUsage, GetFileUsage

        if isinstance(self.token, str):
            return self.token
        self.ask(GetFileUsage(), FileUsage)  # refreshes what has expired
        tokens = self._credentials()
        return tokens.access_token if tokens is not None and not isinstance(tokens, str) else tokens or ""

    def address(self) -> str:
        """Where the server is reached over HTTP. Raises Failed."""
        if self.url:
            return self.url.rstrip("/")
        from chatd.contract.server import GetServerStatus, ServerStatus

        return self.ask(GetServerStatus(), ServerStatus).address

    def _credentials(self) -> str | Tokens | None:
        if self.url is None and self.token is not None:
            raise click.UsageError("a token needs --url; without it chatctl asks as the operator")
        if self.url is None or self.token is not None:
            return self.token
        from chatctl.saved_tokens import load_tokens

        try:
            saved = load_tokens(self.url)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        if saved is None:
            raise click.UsageError(
                f"nobody is signed in at {self.url}: use `chatctl sign-in --url {self.url}`, "
                "or give --token, --token-file or CHATD_TOKEN"
            )
        return saved

    def _saved(self) -> Tokens | None:
        """The tokens of who has signed in, as another chatctl may have refreshed them meanwhile."""
        if self.url and not self.token:
            from chatctl.saved_tokens import load_tokens

            return load_tokens(self.url)
        return None

    def _keep(self, tokens: Tokens) -> None:
        """Refreshed tokens replace the saved ones that they come from."""
        if self.url and not self.token:
            from chatctl.saved_tokens import save_tokens

            save_tokens(self.url, tokens)

    def _attempt(self, work: Callable[[], Awaitable[T]], seconds: float | None) -> T:
        """Runs it; every failure of the client becomes a line."""
        import trio

        from chatd.client import Disconnected, Refused, Unreadable

        async def in_time() -> T:
            with trio.fail_after(float("inf") if seconds is None else seconds):
                return await work()

        try:
            return trio.run(in_time)
        except Refused as refusal:
            raise Failed(self._in_words(refusal)) from refusal
        except Disconnected as error:
            raise Failed(self._unreachable(error)) from error
        except Unreadable as error:
            raise Failed(f"{error}; {OTHER_VERSION}") from error
        except trio.TooSlowError as error:
            raise Failed(f"no answer within {seconds:.0f} seconds; look at the server's log") from error
        except ValueError as error:
            if self.url and "not an address" in str(error):
                raise click.UsageError(str(error)) from error
            raise

    def _in_words(self, refusal: Refused) -> str:
        match refusal.code:
            case "unauthenticated" if "disabled" in refusal.message:
                return refusal.message
            case "unauthenticated" if self.url and not self.token:
                why = refusal.message.removesuffix("; sign in again")
                return f"{why}; sign in again with `chatctl sign-in --url {self.url}`"
            case "unauthenticated":
                why = refusal.message.removesuffix("; sign in again")
                return f"{why}; `chatctl account token NAME` on the server makes a good token"
            case "unavailable" | "overloaded":
                # most refusals say after a semicolon what to do
                return refusal.message if ";" in refusal.message else f"{refusal.message}; try again shortly"
        return refusal.message

    def _unreachable(self, error: Disconnected) -> str:
        from chatd.client import Unreadable, Untrusted

        if isinstance(error, Untrusted):
            return str(error)
        if error.__cause__ is not None and (short := shortage(error.__cause__)) is not None:
            return short
        if isinstance(error.__cause__, Unreadable):
            return f"{error}; {OTHER_VERSION}"
        if self.url:
            return f"{error}; is the address right, and does chatd run there?"
        cause = error.__cause__.errno if isinstance(error.__cause__, OSError) else None
        if cause in (errno.EACCES, errno.EPERM):
            return f"you may not open {self.data}/admin.sock; run chatctl as the user that runs chatd"
        if cause in (errno.ENOENT, errno.ECONNREFUSED, errno.ENOTDIR):
            if not is_there(Path(self.data, "chatd.db")):
                return (
                    f"there is no chatd in {self.data}; give the folder of the one that runs with --data,"
                    f" or make a new one there with `chatd serve --data {self.data}`"
                )
            return f"no chatd is running on {self.data}; start it with `chatd serve --data {self.data}`"
        return str(error)
