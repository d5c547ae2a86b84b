"""A load of HTTP: connections that are kept, each with one request under way, asked again as soon as the
answer is there.
"""

from __future__ import annotations

import selectors
import socket
import time

from bench.load import WARM_UP, Reading, percentile
from bench.machine import cpu_seconds
from bench.process import Server

CONNECTIONS = 16
PIECE = 64 * 1024


class NotAnswered(AssertionError):
    """An answer was not the one that is measured."""


class _Connection:
    def __init__(self, server: Server, request: bytes) -> None:
        self.socket = socket.create_connection(server.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = request
        self._answer = b""
        self.asked = 0

    def ask(self) -> None:
        self._answer = b""
        self.asked = time.perf_counter_ns()
        self.socket.sendall(self._request)

    def answered(self) -> bool:
        """Reads what has come; whether that is the whole answer, which has a length."""
        data = self.socket.recv(PIECE)
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not data or (end and not head.startswith(b"HTTP/1.1 200 ")):
            raise NotAnswered(head.decode("latin-1")[:300])
        return bool(end) and len(body) >= _length(head)


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])


def get(path: str, token: str) -> bytes:
    """A request as a client sends it."""
    lines = (f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}", "Accept: */*")
    return "\r\n".join([*lines, "User-Agent: bench/1.0", "", ""]).encode()


def closed_loop(server: Server, request: bytes, seconds: float) -> Reading:
    """Asks for so long, after a second of warming up."""
    connections = [_Connection(server, request) for _ in range(CONNECTIONS)]
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask()
        _turn(selector, WARM_UP)
        server_cpu, load_cpu, started = cpu_seconds(server.pid), time.process_time(), time.perf_counter()
        ages = _turn(selector, seconds)
        took = time.perf_counter() - started
        reading = Reading(
            seconds=took,
            deliveries=len(ages),
            answers=len(ages),
            server_cpu=cpu_seconds(server.pid) - server_cpu,
            busy=(time.process_time() - load_cpu) / took,
            p50=percentile(ages, 50) / 1e6,
            p99=percentile(ages, 99) / 1e6,
        )
    for connection in connections:
        connection.socket.close()
    return reading


def _turn(selector: selectors.BaseSelector, seconds: float) -> list[int]:
    """Nanoseconds that each answer took."""
    ages = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for key, _ in selector.select(1):
            connection: _Connection = key.data
            if connection.answered():
                ages.append(time.perf_counter_ns() - connection.asked)
                connection.ask()
    return ages
