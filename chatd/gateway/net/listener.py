"""Listening sockets, TCP and Unix, and what accepts connections on them."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NoReturn

import trio

from chatd.gateway.net.flusher import Flusher
from chatd.gateway.net.open_files import AGAIN, OpenFiles, is_short, spare_file
from chatd.gateway.net.stream import UNSENT, SocketStream
from chatd.settings import Settings

BACKLOG: Final = 4 * 1024  # connections that wait to be accepted; the kernel may have a lower bound
TOGETHER: Final = 4  # connections are accepted in a turn of the event loop, and between two waits at the door
# what befell one connection while it waited, accept(2); and a firewall's no
_OF_ONE: Final = frozenset(
    (
        *(errno.EPERM, errno.EPROTO, errno.ENOPROTOOPT, errno.EOPNOTSUPP, errno.ENONET, errno.ETIMEDOUT),
        *(errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.EINTR),
    )
)


class CannotListen(Exception):
    """The address cannot be had. The message says why, and how to mend it."""


class Listener(trio.abc.Listener[SocketStream]):
    """Accepts on a listening socket. `admin`: its peers are checked, and speak as operators; for one of them
    there is a file even when there are no others. `door`: waits until somebody may come in."""

    def __init__(
        self,
        sock: socket.socket,
        flusher: Flusher,
        open_files: OpenFiles,
        settings: Settings,
        admin: bool,
        door: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        sock.setblocking(False)
        self.socket = sock
        self.admin = admin
        self._flusher = flusher
        self._open_files = open_files
        self._spare = spare_file() if admin else None
        self._settings = settings
        self._door = door
        self._accepted = 0

    async def accept(self) -> SocketStream:
        while True:
            await trio.lowlevel.checkpoint_if_cancelled()
            self._accepted += 1
            if self._accepted % TOGETHER == 0:  # a few in a turn of the event loop, however many come at once
                await trio.lowlevel.checkpoint()
                if self._door is not None:
                    await self._door()
            try:
                sock, _ = self.socket.accept()
            except BlockingIOError:
                if self.admin and self._spare is None:
                    self._spare = spare_file()
                await trio.lowlevel.wait_readable(self.socket)
                continue
            except ConnectionError:
                continue  # it went away while it waited
            except OSError as error:
                if is_short(error):
                    await self._wait_for_file(error)
                elif error.errno not in _OF_ONE:
                    raise
                continue
            sock.setblocking(False)
            if sock.family != socket.AF_UNIX:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            stream = SocketStream(sock, self._flusher, self._settings.write_deadline)
            stream.bound_unsent(UNSENT)
            return stream

    async def _wait_for_file(self, error: OSError) -> None:
        await trio.lowlevel.wait_readable(self.socket)  # Linux has no file even for saying that nobody waits
        if self._spare is not None:
            os.close(self._spare)
            self._spare = None
            return
        self._open_files.explain(error)
        await trio.sleep(AGAIN)

    async def aclose(self) -> None:
        if self._spare is not None:
            os.close(self._spare)
            self._spare = None
        if self.socket.fileno() >= 0:
            trio.lowlevel.notify_closing(self.socket)
            self.socket.close()
        await trio.lowlevel.checkpoint()


@contextlib.contextmanager
def tcp_sockets(hosts: Sequence[str], port: int) -> Iterator[list[socket.socket]]:
    """A TCP socket for each host, all on one port; 0 picks it. They are bound; `listen` opens them.
    Raises CannotListen."""
    with contextlib.ExitStack() as opened:
        sockets: list[socket.socket] = []
        for host in hosts:
            sockets.append(opened.enter_context(_tcp_socket(host, port)))
            port = sockets[0].getsockname()[1]
        yield sockets


def listen(sockets: Sequence[socket.socket]) -> None:
    """Raises CannotListen: another program was quicker."""
    for sock in sockets:
        try:
            sock.listen(BACKLOG)
        except OSError as error:
            host, port = sock.getsockname()[:2]
            _refuse(host, port, error)


def _tcp_socket(host: str, port: int) -> socket.socket:
    try:
        with contextlib.ExitStack() as undone:
            sock = undone.enter_context(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if sock.family == socket.AF_INET6:
                both = host == "::" and socket.has_dualstack_ipv6()  # all addresses are those of IPv4, too
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not both)
            sock.bind((host, port))
            undone.pop_all()
            return sock
    except OSError as error:
        _refuse(host, port, error)


def _refuse(host: str, port: int, error: OSError) -> NoReturn:
    number = error.errno or 0
    why = os.strerror(number) if number > 0 else error.strerror  # below 0: no such name
    raise CannotListen(
        f"cannot listen on {host} port {port}: {why}; choose another with --host or --port"
    ) from error


@contextlib.contextmanager
def admin_socket(path: Path) -> Iterator[socket.socket]:
    """A listening Unix socket that only its owner can reach; the file goes with it. Raises OSError."""
    path.unlink(missing_ok=True)  # a server that was killed left it; a living one holds the folder's lock
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock, _short_path(path) as short:
        before = os.umask(0o177)
        try:
            sock.bind(str(short))
        finally:
            os.umask(before)
        sock.listen(BACKLOG)
        try:
            yield sock
        finally:
            with contextlib.suppress(OSError):  # what stays there goes with the next start
                path.unlink()


@contextlib.contextmanager
def _short_path(path: Path) -> Iterator[Path]:
    """A name for `path` that fits a socket address (108 bytes), however deep its folder lies."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield Path(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)
