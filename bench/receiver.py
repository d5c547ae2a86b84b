"""The receiver: counts what arrives on thousands of connections, cheaply enough not to be the limit.

One epoll, non-blocking sockets, one buffer for all. WebSocket frames are walked by their headers, so that
pings are answered and nothing is mistaken for a header; deliveries and answers are counted by a byte pattern;
the ages of deliveries are read on some of the connections only (`Tap.timed`). Whatever is cut in two by
the end of a read (a header, a pattern, a stamp) is carried over to the next.

All servers of a run share one receiver, so that the one that waits for its turn still gets its pongs.
"""

from __future__ import annotations

import itertools
import select
import socket
import time
from collections.abc import Callable

from bench.speech import STAMP, STAMP_SIZE, Speech
from bench.websocket import CLOSE, CONTROL, PING, PONG, TEXT, ConnectionEnded, Dialogue, masked_frame

BUFFER = 1 << 18
RESERVE = 256  # room before each read for what was carried over: a whole control frame fits
FIRST_SIZE = RESERVE + 1  # where a frame's size stands when a read begins with the frame
MOST_READY = 256
SMALL = 8  # a text message this short may be a heartbeat
STALLED_AFTER = 30.0
POSTS_OF_ONE = 10_000_000  # numbers set apart for each connection: a nonce is never used twice in a run


class Stalled(Exception):
    """Nothing arrived for a long time though something was due."""


class Tap:
    """One connection under load, and what came out of it so far."""

    __slots__ = (
        "answered",
        "carry",
        "crowd",
        "delivered",
        "number",
        "on_answer",
        "outgoing",
        "plain",
        "posts",
        "skip",
        "sock",
        "timed",
        "unread",
    )

    _numbers = itertools.count(POSTS_OF_ONE, POSTS_OF_ONE)

    def __init__(self, dialogue: Dialogue, crowd: Crowd) -> None:
        self.sock: socket.socket = dialogue.sock
        self.unread = bytes(dialogue.unread)
        self.crowd = crowd
        self.skip = 0  # where the next frame header is, counted from the end of the last read
        self.carry = b""
        self.delivered = 0
        self.answered = 0
        self.number = next(Tap._numbers)  # of the last post
        self.posts = False
        self.plain = False
        self.timed = True
        self.on_answer: Callable[[Tap, int], None] | None = None
        self.outgoing = bytearray()


class Crowd:
    """The connections to one server that belong together, and what they received in sum.

    `ages` are nanoseconds from sending to receiving, kept while `timing`. `complete` is how many messages
    have reached every connection, when all of them are in one room.
    """

    def __init__(self, speech: Speech, room: str = "") -> None:
        self.speech = speech
        self.pattern = speech.delivery
        self.room = room
        self.taps: list[Tap] = []
        self.delivered = 0
        self.answered = 0
        self.timing = False
        self.ages: list[int] = []
        self.complete = 0
        self.standing: dict[int, int] = {}

    def time_one_in(self, step: int) -> None:
        for index, tap in enumerate(self.taps):
            tap.timed = index % step == 0
            tap.plain = not (tap.timed or tap.posts)

    def level(self) -> None:
        """Starts to keep count of `complete`, from now on."""
        for tap in self.taps:
            tap.delivered = 0
        self.complete = 0
        self.standing = {0: len(self.taps)}

    def climbed(self, before: int, after: int) -> None:
        """A connection has `after` messages now: `complete` is the lowest rung that somebody stands on."""
        standing = self.standing
        standing[after] = standing.get(after, 0) + 1
        left = standing[before] - 1
        if left:
            standing[before] = left
            return
        del standing[before]
        if before == self.complete:
            while before not in standing:
                before += 1
            self.complete = before


class Receiver:
    """Reads for all crowds. `turn` handles what is ready; `until` turns until something holds."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._taps: dict[int, Tap] = {}
        self._clogged: set[Tap] = set()
        self._buffer = bytearray(BUFFER + RESERVE)
        self._fresh = memoryview(self._buffer)[RESERVE:]
        self.last_arrival = time.perf_counter()

    def adopt(self, crowd: Crowd, dialogue: Dialogue) -> Tap:
        """Takes the connection over from its blocking life."""
        tap = Tap(dialogue, crowd)
        tap.sock.setblocking(False)
        crowd.taps.append(tap)
        self._taps[tap.sock.fileno()] = tap
        if tap.unread:
            size = len(tap.unread)
            if size > BUFFER:
                raise ValueError("too much was left unread")
            self._fresh[:size] = tap.unread
            self._taken(tap, size)
        self._epoll.register(tap.sock.fileno(), select.EPOLLIN)
        return tap

    def dismiss(self, crowd: Crowd) -> None:
        for tap in crowd.taps:
            self._epoll.unregister(tap.sock.fileno())
            del self._taps[tap.sock.fileno()]
            self._clogged.discard(tap)
            tap.sock.close()
        crowd.taps.clear()

    def dismiss_all(self) -> None:
        for crowd in {tap.crowd for tap in self._taps.values()}:
            self.dismiss(crowd)

    def post(self, tap: Tap, count: int = 1) -> None:
        """Sends `count` stamped posts into the crowd's room."""
        self.post_to(tap, tap.crowd.room, count)

    def post_to(self, tap: Tap, room: str, count: int = 1) -> None:
        speech = tap.crowd.speech
        first = tap.number + 1
        tap.number += count
        tap.posts = True
        tap.plain = False
        posts = [speech.post(room, number) for number in range(first, first + count)]
        self.send(tap, b"".join(map(masked_frame, speech.messages(posts))))

    def send(self, tap: Tap, data: bytes) -> None:
        """Sends what the socket takes; the rest follows in later turns, in order."""
        if tap.outgoing:
            tap.outgoing += data
            return
        try:
            sent = tap.sock.send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            tap.outgoing += data[sent:]
            self._clogged.add(tap)

    def turn(self, timeout: float) -> None:
        """Waits at most `timeout` seconds for something to read, then reads once from all that is ready."""
        if self._clogged:
            self._unclog()
            timeout = min(timeout, 0.001)
        taps = self._taps
        fresh = self._fresh
        buffer = self._buffer
        ready = self._epoll.poll(timeout, MOST_READY)
        for fd, _ in ready:
            tap = taps[fd]
            try:
                size = tap.sock.recv_into(fresh)
            except BlockingIOError:
                continue
            if not size:
                raise ConnectionEnded("the server hung up under load")
            # The commonest read by far when little is coalesced, spelled out because it bounds what can
            # be measured: one frame, whose size takes two bytes, on a connection that only listens.
            if (
                tap.plain
                and not tap.skip
                and buffer[FIRST_SIZE] == 126
                and ((buffer[FIRST_SIZE + 1] << 8) | buffer[FIRST_SIZE + 2]) + 4 == size
            ):
                crowd = tap.crowd
                if found := buffer.count(crowd.pattern, RESERVE, RESERVE + size):
                    crowd.delivered += found
                    before = tap.delivered
                    tap.delivered = after = before + found
                    standing = crowd.standing
                    if standing:
                        crowd.climbed(before, after)
                continue
            self._taken(tap, size)
        if ready:
            self.last_arrival = time.perf_counter()

    def until(self, holds: Callable[[], bool], between: Callable[[], object] = lambda: None) -> None:
        """Turns, with a call of `between` after each turn, until `holds()`. Raises Stalled."""
        self.last_arrival = time.perf_counter()
        while not holds():
            self.turn(0.05)
            between()
            if time.perf_counter() - self.last_arrival > STALLED_AFTER:
                raise Stalled("nothing arrived for half a minute")

    def until_quiet(self, seconds: float) -> None:
        """Turns until nothing has arrived for `seconds`."""
        self.last_arrival = time.perf_counter()
        while time.perf_counter() - self.last_arrival < seconds:
            self.turn(seconds)

    def _unclog(self) -> None:
        for tap in list(self._clogged):
            try:
                sent = tap.sock.send(tap.outgoing)
            except BlockingIOError:
                continue
            del tap.outgoing[:sent]
            if not tap.outgoing:
                self._clogged.discard(tap)

    def _taken(self, tap: Tap, size: int) -> None:
        """`size` new bytes of `tap` stand in the buffer from RESERVE on."""
        buffer = self._buffer
        crowd = tap.crowd
        speech = crowd.speech
        end = RESERVE + size
        start = RESERVE
        if tap.carry:
            start -= len(tap.carry)
            buffer[start:RESERVE] = tap.carry
        header = self._walk(tap, RESERVE + tap.skip, end)
        tap.skip = header - end

        pattern = speech.delivery
        if found := buffer.count(pattern, max(start, RESERVE - len(pattern) + 1), end):
            before = tap.delivered
            tap.delivered = after = before + found
            crowd.delivered += found
            if crowd.standing:
                crowd.climbed(before, after)
            if tap.timed and crowd.timing:
                now = time.perf_counter_ns()
                crowd.ages += [now - int(stamp) for stamp in STAMP.findall(buffer, start, end)]
        if tap.posts:  # only those who posted are answered
            pattern = speech.answer
            if found := buffer.count(pattern, max(start, RESERVE - len(pattern) + 1), end):
                tap.answered += found
                crowd.answered += found
                if tap.on_answer is not None:
                    tap.on_answer(tap, found)
            if (at := buffer.find(speech.describe_error, start, end)) >= 0:
                raise ConnectionEnded(f"refused: {bytes(buffer[max(start, at - 20) : at + 200])!r}")

        if header == end:
            tap.carry = b""
        elif header < end:  # a header, or a short frame, that is not there as a whole
            tap.carry = bytes(buffer[header:end])
        else:
            tap.carry = bytes(buffer[max(start, end - STAMP_SIZE + 1) : end])

    def _walk(self, tap: Tap, at: int, end: int) -> int:
        """Goes from header to header; gives where the next one is, which may be beyond the end."""
        buffer = self._buffer
        while at < end:
            if end - at < 2:
                return at
            size = buffer[at + 1]
            body = at + 2
            if size > 125:
                body += 2 if size == 126 else 8
                if body > end:
                    return at
                size = int.from_bytes(buffer[at + 2 : body], "big")
            elif size <= SMALL or buffer[at] & CONTROL:
                if body + size > end:
                    return at
                self._answer_small(tap, buffer[at] & 0x0F, bytes(buffer[body : body + size]))
            at = body + size
        return at

    def _answer_small(self, tap: Tap, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self.send(tap, masked_frame(payload, PONG))
        elif opcode == CLOSE:
            reason = payload[2:].decode(errors="replace")
            raise ConnectionEnded(f"closed under load: {int.from_bytes(payload[:2], 'big')} {reason}")
        elif opcode == TEXT and (reply := tap.crowd.speech.reply_to_text(payload)):
            self.send(tap, masked_frame(reply))
