"""Sockets that the service manager opened and keeps: socket activation, sd_listen_fds(3).

Whoever connects while the server restarts waits in such a socket instead of being refused.
"""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from typing import Final

from chatd.gateway.net.listener import CannotListen

FIRST: Final = 3  # the first descriptor that is handed over
MOST: Final = 64  # sockets
TAKEN: Final = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID")


def inherited_sockets() -> list[socket.socket]:
    """The sockets that this process was started with; none unless they are for this very process. No process
    that it starts takes them for its own. Raises CannotListen for one that chatd cannot serve on."""
    given = {name: os.environ.pop(name, "") for name in TAKEN}
    count = given["LISTEN_FDS"]
    if given["LISTEN_PID"] != str(os.getpid()) or not (count.isascii() and count.isdigit()):
        return []
    with ExitStack() as undone:
        sockets = [undone.enter_context(_socket(FIRST + number)) for number in range(min(int(count), MOST))]
        undone.pop_all()
        return sockets


def _socket(descriptor: int) -> socket.socket:
    try:
        os.set_inheritable(descriptor, False)
        sock = socket.socket(fileno=descriptor)
    except OSError as error:
        raise CannotListen(
            f"the service manager hands over {descriptor}, which is no socket: {error.strerror}"
        ) from error
    listens = sock.type == socket.SOCK_STREAM and sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    if sock.family not in (socket.AF_INET, socket.AF_INET6) or not listens:
        sock.close()
        raise CannotListen(
            "the service manager hands over a socket that is not for TCP:"
            " the socket unit needs a line such as ListenStream=127.0.0.1:8400"
        )
    return sock
