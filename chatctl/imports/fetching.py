"""Files that an export only has the addresses of: fetched when the admin says so, from public servers."""

from __future__ import annotations

from typing import BinaryIO, Final

import httpx2
import trio

from chatctl.failure import Failed
from chatd.outbound.guard import Guard, NoAddress, NotAllowed

SECONDS: Final = 60.0  # for one file
MOST_BYTES: Final = 1 << 28


class Fetching:
    """`allowed`: hosts that may be anywhere, as `Guard` takes them. Follows no redirect, sends no cookie."""

    def __init__(self, allowed: tuple[str, ...] = ()) -> None:
        self._guard = Guard(allowed)
        self._certificates = httpx2.create_ssl_context()

    async def __call__(self, url: str, target: BinaryIO) -> None:
        """Raises Failed."""
        try:
            with trio.fail_after(SECONDS):
                await self._fetch(url, target)
        except (NotAllowed, NoAddress) as error:
            raise Failed(f"it is not fetched: {error}") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Failed(f"its server cannot be asked: {type(error).__name__}") from error
        except trio.TooSlowError as error:
            raise Failed(f"its server did not send it within {SECONDS:g} s") from error

    async def _fetch(self, url: str, target: BinaryIO) -> None:
        address, headers, extensions = await self._guard.pinned(url)
        async with (
            httpx2.AsyncClient(verify=self._certificates, timeout=None, trust_env=False) as client,
            client.stream(
                "GET", address, headers={**headers, "Accept-Encoding": "identity"}, extensions=extensions
            ) as response,
        ):
            if response.status_code != 200:
                raise Failed(f"its server answers {response.status_code}")
            count = 0
            with trio.CancelScope() as reading:  # a `break` would leave the generators of httpx open
                async for chunk in response.aiter_raw():
                    count += len(chunk)
                    if count > MOST_BYTES:
                        reading.cancel()
                    target.write(chunk)
            if count > MOST_BYTES:
                raise Failed(f"it has more than {MOST_BYTES >> 20} MiB")
