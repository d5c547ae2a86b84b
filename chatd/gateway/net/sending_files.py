"""Sends files over a stream without reading them: sendfile(2) copies from the kernel to the socket."""

from __future__ import annotations

import os
from typing import Final

import trio

from chatd.gateway.net.stream import SocketStream

PIECE: Final = 512 * 1024  # bytes for one call; the loop serves others between two
AHEAD: Final = 8 * PIECE  # what the kernel is asked to read from the disk before it is needed


async def send_file(stream: SocketStream, file: int, start: int, count: int) -> None:
    """Sends `count` bytes of an open file from `start` on; nothing may be queued on the stream.

    Raises BrokenResourceError when the peer is gone, or the file has become shorter.
    """
    await stream.wait_send_all_might_not_block()
    end, asked = start + count, start
    while start < end:
        if asked - start < AHEAD // 2:  # a read from a disk would hold up the whole loop
            os.posix_fadvise(file, asked, AHEAD, os.POSIX_FADV_WILLNEED)
            asked += AHEAD
        piece = min(end - start, PIECE)
        try:
            sent = os.sendfile(stream.socket.fileno(), file, start, piece)
        except BlockingIOError:
            await stream.writable()
            continue
        except OSError as error:
            stream.abort()
            raise trio.BrokenResourceError("the peer is gone") from error
        if not sent:
            stream.reset()
            raise trio.BrokenResourceError("the file has become shorter")
        start += sent
        if sent < piece:
            await stream.writable()
        else:
            await trio.lowlevel.checkpoint()
