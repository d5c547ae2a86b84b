"""Files from elsewhere are waited for as long as it is said, whatever their server does meanwhile."""

from __future__ import annotations

import io
from functools import partial

import pytest
import trio
from trio.testing import MockClock

from chatctl.failure import Failed
from chatctl.imports.fetching import SECONDS, Fetching

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"


async def fetched(*parts: bytes, pause: float) -> bytes | str:
    """From a server that makes a pause before each part of what it says; or why not."""

    async def say(peer: trio.SocketStream) -> None:
        async with peer:
            with trio.move_on_after(10 * SECONDS):  # who waits no longer has gone
                for part in parts:
                    await trio.sleep(pause)
                    await peer.send_all(part)

    target = io.BytesIO()
    async with trio.open_nursery() as nursery:
        [listener] = await nursery.start(partial(trio.serve_tcp, say, 0, host="127.0.0.1"))
        port = listener.socket.getsockname()[1]
        try:
            await Fetching((f"127.0.0.1:{port}",))(f"http://127.0.0.1:{port}/far.txt", target)
        except Failed as why:
            return str(why)
        finally:
            nursery.cancel_scope.cancel()
    return target.getvalue()


@pytest.fixture
def clock() -> MockClock:
    """It goes on by itself when everybody waits."""
    return MockClock(autojump_threshold=0.1)


async def test_a_server_that_is_slow_is_waited_for(clock: MockClock) -> None:
    assert await fetched(HEAD, b"hello", pause=SECONDS / 3) == b"hello"


async def test_a_server_that_is_too_slow_is_not(clock: MockClock) -> None:
    words = await fetched(HEAD, b"hel", b"lo", pause=SECONDS / 2.5)
    assert words == f"its server did not send it within {SECONDS:g} s"
