"""A way to a server of a test on loopback, that can be cut and mended."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any


class Wire:
    """`port` is its near end. `late`: seconds by which whoever connected there hears of everything later."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._whole = True
        self.late = 0.0
        self._pairs: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def cut(self) -> None:
        self._whole = False
        for one in tuple(self._pairs):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._whole = True

    def close(self) -> None:
        self.cut()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(60)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return
            if not self._whole:
                here.close()
                continue
            try:
                there = socket.create_connection(("127.0.0.1", self._to), 5)
            except OSError:
                here.close()
                continue
            there.settimeout(None)
            self._pairs |= {here, there}
            self._start(self._carry, here, there)

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        with here, there:
            back = threading.Thread(target=_pump, args=(there, here, lambda: self.late), daemon=True)
            back.start()
            _pump(here, there, lambda: 0.0)
            back.join()
        self._pairs -= {here, there}


def _pump(one: socket.socket, other: socket.socket, late: Callable[[], float]) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            time.sleep(late())
            other.sendall(data)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
